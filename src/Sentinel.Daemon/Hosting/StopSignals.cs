using System.Runtime.InteropServices;
using Sentinel.Core;
using Sentinel.Daemon.Logging;

namespace Sentinel.Daemon.Hosting;

/// <summary>The signals that end the process. It is made before anything else, so that one that comes early is not missed.</summary>
/// <remarks>
/// SIGTERM and the first SIGINT stop it in order; whoever presses Ctrl-C once more while it stops does not want to wait.
/// What follows at once is the same request: timeout(1) and the first processes of containers send a signal to us and to our
/// group, so that it comes twice.
/// SIGHUP is ignored, as in Redis: there is nothing to read anew. SIGPIPE the runtime ignores.
/// </remarks>
internal sealed class StopSignals : IDisposable
{
    /// <summary>How long a second signal is taken for the first: shorter than anyone presses a key twice.</summary>
    private static readonly TimeSpan Same = TimeSpan.FromMilliseconds(150);

    private readonly CancellationTokenSource _stopping = new();
    private readonly Lock _gate = new();
    private readonly List<string> _early = [];
    private readonly PosixSignalRegistration[] _registrations;
    private RedisLog? _log;
    private long? _signalledAt;

    public StopSignals() => _registrations =
    [
        PosixSignalRegistration.Create(PosixSignal.SIGTERM, signal => Stop(signal, isImpatient: false)),
        PosixSignalRegistration.Create(PosixSignal.SIGINT, signal => Stop(signal, isImpatient: true)),
        PosixSignalRegistration.Create(PosixSignal.SIGHUP, signal => signal.Cancel = true),
    ];

    /// <summary>Cancelled when the process is to stop.</summary>
    public CancellationToken Stopping => _stopping.Token;

    /// <summary>Begins to log signals; those that came before are logged now.</summary>
    public void LogTo(RedisLog log)
    {
        lock (_gate)
        {
            _log = log;
            foreach (string text in _early)
                log.Write(EventLevel.Warning, text, LogLineForm.Signal);
            _early.Clear();
        }
    }

    /// <summary>Stops without a signal.</summary>
    public void Stop()
    {
        lock (_gate)
            _signalledAt ??= TimeProvider.System.GetTimestamp();    // from now on Ctrl-C is impatience
        _stopping.Cancel();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (PosixSignalRegistration registration in _registrations)
            registration.Dispose();
        _stopping.Dispose();
    }

    private void Stop(PosixSignalContext signal, bool isImpatient)
    {
        signal.Cancel = true;
        lock (_gate)
        {
            if (_signalledAt is null)
            {
                _signalledAt = TimeProvider.System.GetTimestamp();
                Say($"Received {signal.Signal} scheduling shutdown...");
            }
            else if (isImpatient && TimeProvider.System.GetElapsedTime(_signalledAt.Value) > Same)
            {
                Say("You insist... exiting now.");
                _log?.Dispose();       // what it was told is written
                SystemCalls.Exit(1);   // all state is on disk since it changed
            }
        }
        _stopping.Cancel();
    }

    private void Say(string text)
    {
        if (_log is null)
            _early.Add(text);
        else
            _log.Write(EventLevel.Warning, text, LogLineForm.Signal);
    }
}
