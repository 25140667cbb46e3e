using Microsoft.Win32.SafeHandles;
using Sentinel.Core;
using Sentinel.Daemon.Configuration;
using Sentinel.Daemon.Logging;

namespace Sentinel.Daemon.Scripts;

/// <summary>One run of a script: its process, and what it writes. Used by one thread.</summary>
internal sealed class ScriptProcess : IDisposable
{
    /// <summary>Reads in a row from one script, so that one which never stops writing does not keep us from the others.</summary>
    private const int ReadsMax = 16;

    private readonly ScriptOutput _text;

    private ScriptProcess(ScriptJob job, int id, SafeFileHandle output, RedisLog log)
    {
        (Job, Id, Output, End) = (job, id, output, ProcessCalls.Watch(id));
        _text = new ScriptOutput($"{Path.GetFileName(job.Path)}[{id}]", line => log.Write(EventLevel.Notice, line));
    }

    /// <summary>What it runs for; null: it has ended, and only what it left behind may write.</summary>
    public ScriptJob? Job { get; private set; }

    /// <summary>The process, and its group.</summary>
    public int Id { get; }

    /// <summary>Readable when it has written.</summary>
    public SafeFileHandle Output { get; }

    /// <summary>Readable when it has ended; invalid where the system has no such thing.</summary>
    public SafeFileHandle End { get; }

    /// <summary>Whether nobody is left who could write.</summary>
    public bool IsSilent { get; private set; }

    /// <summary>Starts it.</summary>
    /// <param name="job">What to run.</param>
    /// <param name="log">Where its output goes.</param>
    /// <param name="error">The system's number of what went wrong; 0: nothing.</param>
    /// <returns>Null: it could not be started.</returns>
    public static ScriptProcess? Start(ScriptJob job, RedisLog log, out int error)
    {
        error = ProcessCalls.Pipe(out SafeFileHandle read, out SafeFileHandle write);
        using (write)
        {
            int id = 0;
            if (error == 0)
                error = ProcessCalls.Spawn(Word(job.Path), [Word(job.Path), .. job.Arguments.Select(Word)], write, out id);
            if (error == 0)
                return new ScriptProcess(job, id, read, log);
        }
        read.Dispose();
        return null;
    }

    /// <summary>Logs what it has written.</summary>
    public void Read(byte[] buffer)
    {
        for (int i = 0; i < ReadsMax && !IsSilent; i++)
        {
            int count = ProcessCalls.Read(Output, buffer, out int error);
            _text.Take(buffer.AsSpan(0, count));
            if (count > 0)
                continue;
            IsSilent = error == 0;
            return;
        }
    }

    /// <summary>Takes in that it has ended. What it had written by then is all there.</summary>
    public void Ended(byte[] buffer)
    {
        Read(buffer);
        _text.End();
        Job = null;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Output.Dispose();
        End.Dispose();
    }

    private static byte[] Word(string text) => [.. FileText.Encode(text), 0];
}
