using System.Text;

namespace Sentinel.Daemon.Scripts;

/// <summary>Makes log lines of what a script writes: bounded, and without anything that could pass for more than text.</summary>
/// <param name="name">What stands before each line.</param>
/// <param name="log">Takes a line.</param>
internal sealed class ScriptOutput(string name, Action<string> log)
{
    /// <summary>Bytes of a line beyond which it is cut.</summary>
    public const int LineMax = 1024;

    /// <summary>Lines of one run beyond which nothing is logged any more: a script in a loop must not fill the disk.</summary>
    public const int LinesMax = 100;

    private readonly byte[] _line = new byte[LineMax];
    private int _length;
    private bool _isCut;
    private int _lines;

    /// <summary>Takes in the next bytes. What is beyond the bounds is dropped.</summary>
    public void Take(ReadOnlySpan<byte> bytes)
    {
        while (_lines < LinesMax && !bytes.IsEmpty)
        {
            int end = bytes.IndexOf((byte)'\n');
            Gather(end < 0 ? bytes : bytes[..end]);
            if (end < 0)
                return;
            Tell();
            bytes = bytes[(end + 1)..];
        }
    }

    /// <summary>Nothing more comes: what is left is a line too.</summary>
    public void End()
    {
        if (_length > 0 && _lines < LinesMax)
            Tell();
    }

    private void Gather(ReadOnlySpan<byte> bytes)
    {
        int room = Math.Min(bytes.Length, LineMax - _length);
        bytes[..room].CopyTo(_line.AsSpan(_length));
        _length += room;
        _isCut |= room < bytes.Length;
    }

    private void Tell()
    {
        string text = Encoding.UTF8.GetString(_line, 0, _length).TrimEnd('\r');
        log($"{name}: {string.Concat(text.Select(character => char.IsControl(character) ? ' ' : character))}{(_isCut ? "..." : "")}");
        (_length, _isCut) = (0, false);
        if (++_lines == LinesMax)
            log($"{name}: (no more of this run is logged)");
    }
}
