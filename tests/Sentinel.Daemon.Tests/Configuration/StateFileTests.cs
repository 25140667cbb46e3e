using System.Runtime.Versioning;
using System.Text;
using Sentinel.Daemon.Configuration;

namespace Sentinel.Daemon.Tests.Configuration;

/// <summary>The file is the old one or the new one, and what is said to be saved is.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class StateFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Who_only_reads_the_file_leaves_the_save_of_another_process_alone()
    {
        string path = _folder.Write("s.conf", "port 1\n");
        string unfinished = _folder.Write("s.conf.0123456789abcdef.tmp", "port 2\n");
        var file = new StateFile(path);
        Assert.True(File.Exists(unfinished));
        Assert.IsType<SaveResult.Saved>(file.Save(old => old));
        Assert.False(File.Exists(unfinished));    // who saves has the file alone: what is left is of a process that died
    }

    [Fact]
    public void What_is_saved_is_in_the_file_and_nothing_else_is_in_the_folder()
    {
        string path = _folder.Write("s.conf", "old\n");
        var file = new StateFile(path);
        Assert.Equal(SaveResult.Saved.Instance, file.Save(old => old + "new é\n"));
        Assert.Equal("old\nnew é\n", File.ReadAllText(path));
        Assert.Equal(["s.conf"], _folder.Names());
    }

    [Fact]
    public void A_reader_sees_a_whole_file_at_any_time()
    {
        string path = _folder.Write("s.conf", new string('0', 200_000));
        var file = new StateFile(path);
        using var reading = new ManualResetEventSlim();
        bool isOver = false;
        var torn = new List<string>();
        var reader = new Thread(() =>
        {
            while (!Volatile.Read(ref isOver))
            {
                string text = File.ReadAllText(path);
                if (text.Length != 200_000 || text.AsSpan().ContainsAnyExcept(text[0]))
                    torn.Add(text);
                reading.Set();
            }
        });
        reader.Start();
        reading.Wait();
        for (int i = 0; i < 100; i++)
            Assert.Equal(SaveResult.Saved.Instance, file.Save(_ => new string((char)('a' + i % 26), 200_000)));
        Volatile.Write(ref isOver, true);
        reader.Join();
        Assert.Empty(torn);
    }

    [Fact]
    public void Bytes_that_are_no_text_stay_what_they_are()
    {
        byte[] bytes = [.. "# M\xFCller: "u8, 0xFC, 0xFF, (byte)'\r', (byte)'\n', 0x00];
        File.WriteAllBytes(_folder.File("s.conf"), bytes);
        new StateFile(_folder.File("s.conf")).Save(old => old + "x");
        Assert.Equal([.. bytes, (byte)'x'], File.ReadAllBytes(_folder.File("s.conf")));
    }

    [Theory]
    [InlineData(0b110_000_000)]
    [InlineData(0b110_100_000)]
    [InlineData(0b110_110_110)]
    public void The_mode_of_the_file_stays(int mode)
    {
        string path = _folder.Write("s.conf", "old");
        File.SetUnixFileMode(path, (UnixFileMode)mode);
        new StateFile(path).Save(_ => "new");
        Assert.Equal((UnixFileMode)mode, File.GetUnixFileMode(path));
        Assert.Equal("new", File.ReadAllText(path));
    }

    [Fact]
    public void The_owner_of_the_file_stays_where_the_system_lets_us()
    {
        string path = _folder.Write("s.conf", "old");
        using (var handle = Posix.Open(path, out _))
            Posix.ChangeOwner(handle!, 12345, 54321);    // only the superuser can; for others the owner is who it was
        (uint User, uint Group) before = Owner(path);
        new StateFile(path).Save(_ => "new");
        Assert.Equal(before, Owner(path));

        static (uint, uint) Owner(string path) => (Posix.Stamp(path)!.Value.User, Posix.Stamp(path)!.Value.Group);
    }

    [Fact]
    public void A_file_that_was_not_there_is_for_its_owner_only()
    {
        string path = _folder.File("s.conf");
        Assert.Equal(SaveResult.Saved.Instance, new StateFile(path).Save(old => old + "new"));
        Assert.Equal("new", File.ReadAllText(path));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
    }

    [Fact]
    public void A_link_stays_and_the_file_behind_it_is_replaced()
    {
        Directory.CreateDirectory(_folder.File("real"));
        string real = _folder.Write("real/s.conf", "old");
        File.CreateSymbolicLink(_folder.File("real/link.conf"), "s.conf");
        File.CreateSymbolicLink(_folder.File("s.conf"), "real/link.conf");
        Assert.Equal(SaveResult.Saved.Instance, new StateFile(_folder.File("s.conf")).Save(old => old + " new"));
        Assert.Equal("real/link.conf", new FileInfo(_folder.File("s.conf")).LinkTarget);
        Assert.Null(new FileInfo(real).LinkTarget);
        Assert.Equal("old new", File.ReadAllText(real));
        Assert.Equal(["link.conf", "s.conf"], Directory.EnumerateFiles(_folder.File("real")).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void What_a_user_changes_while_we_run_is_what_is_rewritten()
    {
        string path = _folder.Write("s.conf", "one\n");
        var file = new StateFile(path);
        file.Save(old => old + "two\n");
        File.WriteAllText(path, "mine\ntwo\n");
        file.Save(old => old + "three\n");
        Assert.Equal("mine\ntwo\nthree\n", File.ReadAllText(path));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_file_that_was_deleted_or_emptied_comes_back_with_what_it_held(bool isDeleted)
    {
        string path = _folder.Write("s.conf", "# mine\n");
        var file = new StateFile(path);
        if (isDeleted)
            File.Delete(path);
        else
            File.WriteAllText(path, "");
        file.Save(old => old + "one\n");
        Assert.Equal("# mine\none\n", File.ReadAllText(path));
        File.Delete(path);
        file.Save(old => old);
        Assert.Equal("# mine\none\n", File.ReadAllText(path));
    }

    [Fact]
    public void What_was_saved_and_not_touched_is_not_written_again()
    {
        string path = _folder.Write("s.conf", "one");
        var file = new StateFile(path);
        ulong inode = Inode();
        file.Save(_ => "one");
        Assert.NotEqual(inode, inode = Inode());    // nobody knows whether what was found there had reached the disk
        Assert.Equal(SaveResult.Saved.Instance, file.Save(_ => "one"));
        Assert.Equal(inode, Inode());
        file.Save(_ => "two");
        Assert.NotEqual(inode, inode = Inode());
        File.WriteAllText(path, "two");    // the same, but not by us: it may not have reached the disk
        File.SetLastWriteTimeUtc(path, DateTime.UnixEpoch);
        file.Save(_ => "two");
        Assert.NotEqual(inode, Inode());

        ulong Inode() => Posix.Stamp(path)!.Value.Inode;
    }

    [Fact]
    public void What_a_crash_left_behind_is_removed_and_what_only_looks_like_it_is_not()
    {
        string path = _folder.Write("s.conf", "x");
        _folder.Write("s.conf.0123456789abcdef.tmp", "half");
        string[] others = ["s.conf.0123456789abcdeg.tmp", "s.conf.0123456789abcde.tmp", "s.conf.bak", "t.conf.0123456789abcdef.tmp", "s.conf.0123456789abcdef.tmp~", "s.conf.AbCdEf"];
        foreach (string other in others)
            _folder.Write(other, "mine");
        new StateFile(path).Save(old => old);
        Assert.Equal(others.Append("s.conf").Order(StringComparer.Ordinal), _folder.Names());
    }

    [Fact]
    public void Without_its_folder_nothing_is_saved_until_the_folder_is_back()
    {
        Directory.CreateDirectory(_folder.File("gone"));
        string path = _folder.Write("gone/s.conf", "old");
        var file = new StateFile(path);
        Directory.Delete(_folder.File("gone"), recursive: true);
        Assert.Equal(new SaveResult.Failed("No such file or directory"), file.Save(_ => "new"));
        Directory.CreateDirectory(_folder.File("gone"));
        Assert.Equal(SaveResult.Saved.Instance, file.Save(old => old + " new"));
        Assert.Equal("old new", File.ReadAllText(path));
    }

    [Fact]
    public void A_folder_in_the_place_of_the_file_is_no_file()
    {
        Directory.CreateDirectory(_folder.File("s.conf"));
        Assert.Equal(new SaveResult.Failed("Not a regular file"), new StateFile(_folder.File("s.conf")).Save(_ => "new"));
    }

    [Fact]
    public void A_name_that_leaves_no_room_for_a_temporary_file_is_told_in_the_words_of_the_system()
    {
        string path = _folder.Write(new string('x', 250), "old");
        Assert.Equal(new SaveResult.Failed("File name too long"), new StateFile(path).Save(_ => "new"));
        Assert.Equal("old", File.ReadAllText(path));
        Assert.Single(_folder.Names());
    }

    [Fact]
    public void Where_nobody_may_create_files_the_system_says_so() =>
        // not even the superuser may there, unlike in a folder without permissions
        Assert.Contains(
            Assert.IsType<SaveResult.Failed>(new StateFile("/proc/sentinel.conf").Save(_ => "new")).Error,
            new[] { "No such file or directory", "Permission denied", "Operation not permitted", "Read-only file system" });

    [Fact]
    public void A_full_disk_is_told_in_the_words_of_the_system()
    {
        using var full = Posix.OpenToAppend("/dev/full", UnixFileMode.None, out string? error);
        Assert.Null(error);
        Assert.Equal("No space left on device", Posix.WriteAll(full!, Encoding.ASCII.GetBytes("x")));
    }

    [Fact]
    public void Text_of_any_length_is_written_and_read()
    {
        string text = string.Concat(Enumerable.Range(0, 100_000).Select(i => $"line {i}\n"));
        string path = _folder.File("s.conf");
        new StateFile(path).Save(_ => text);
        string? found = null;
        new StateFile(path).Save(old => found = old);
        Assert.Equal(text, found);
    }
}
