using System.Runtime.InteropServices;

namespace Sentinel.Daemon.Configuration;

/// <summary>Which file stands at a path and how old its content is. Equal stamps: nobody touched it in between.</summary>
/// <param name="User">Owner.</param>
/// <param name="Group">Group.</param>
/// <param name="Mode">Permissions.</param>
/// <param name="IsRegular">No directory, device or pipe.</param>
/// <param name="IsPipe">An end of a pipe.</param>
/// <param name="Inode">Its number on its disk.</param>
/// <param name="Length">In bytes.</param>
/// <param name="WrittenAt">Seconds and nanoseconds of the file system's clock.</param>
internal readonly record struct FileStamp(
    uint User, uint Group, UnixFileMode Mode, bool IsRegular, bool IsPipe, ulong Inode, ulong Length, (long Seconds, uint Nanoseconds) WrittenAt)
{
    private const int TypeMask = 0xF000;    // S_IFMT
    private const int Regular = 0x8000;     // S_IFREG
    private const int Pipe = 0x1000;        // S_IFIFO

    /// <summary>Reads what statx(2) filled in; the offsets are those of its struct, in the byte order of this machine.</summary>
    public static FileStamp Read(ReadOnlySpan<byte> statx)
    {
        ushort mode = MemoryMarshal.Read<ushort>(statx[28..]);
        return new FileStamp(
            User: MemoryMarshal.Read<uint>(statx[20..]),
            Group: MemoryMarshal.Read<uint>(statx[24..]),
            Mode: (UnixFileMode)(mode & 0xFFF),
            IsRegular: (mode & TypeMask) == Regular,
            IsPipe: (mode & TypeMask) == Pipe,
            Inode: MemoryMarshal.Read<ulong>(statx[32..]),
            Length: MemoryMarshal.Read<ulong>(statx[40..]),
            WrittenAt: (MemoryMarshal.Read<long>(statx[112..]), MemoryMarshal.Read<uint>(statx[120..])));
    }
}
