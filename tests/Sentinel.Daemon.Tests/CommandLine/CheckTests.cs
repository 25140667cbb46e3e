using System.Runtime.Versioning;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using Sentinel.Daemon.CommandLine;
using Sentinel.Daemon.Tests.Configuration;
using Sentinel.Daemon.Tests.Lab;

namespace Sentinel.Daemon.Tests.CommandLine;

/// <summary><c>sentinel check</c>: what it finds, how it says so, and what it leaves alone.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class CheckTests : IDisposable
{
    private const string Me = "0123456789abcdef0123456789abcdef01234567";
    private const string Peer1 = "aaaaaaaaaabbbbbbbbbbccccccccccdddddddddd";
    private const string Peer2 = "aaaaaaaaaabbbbbbbbbbccccccccccdddddddddE";

    /// <summary>Of which there is nothing to be said: three Sentinels, a password, sensible numbers.</summary>
    private const string Good = $"""
        requirepass secret
        sentinel myid {Me}
        sentinel monitor m 10.0.0.1 6379 2
        sentinel down-after-milliseconds m 5000
        sentinel known-sentinel m 10.0.0.2 26379 {Peer1}
        sentinel known-sentinel m 10.0.0.3 26379 {Peer2}

        """;

    private const string Local = "bind 127.0.0.1\nsentinel monitor m 127.0.0.1 6379 2\n";

    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string, string> Findings => new()
    {
        { "even-number-of-sentinels", Good.Replace($"sentinel known-sentinel m 10.0.0.3 26379 {Peer2}\n", "", StringComparison.Ordinal) },
        { "quorum-of-one", Good.Replace("6379 2\n", "6379 1\n", StringComparison.Ordinal) },
        { "quorum-out-of-reach", Good.Replace("6379 2\n", "6379 4\n", StringComparison.Ordinal) },
        { "quorum-above-majority", Good.Replace("6379 2\n", "6379 3\n", StringComparison.Ordinal) },
        { "quorum-below-majority", Good + $"sentinel known-sentinel m 10.0.0.4 26379 {new string('c', 40)}\nsentinel known-sentinel m 10.0.0.5 26379 {new string('d', 40)}" },
        { "down-after-short", Good + "sentinel monitor n 10.0.0.9 6379 2\nsentinel down-after-milliseconds n 499" },
        { "down-after-long", Good + "sentinel monitor n 10.0.0.9 6379 2\nsentinel down-after-milliseconds n 120001" },
        { "failover-timeout-short", Good + "sentinel failover-timeout m 9999" },
        { "parallel-syncs-zero", Good + "sentinel parallel-syncs m 0" },
        { "parallel-syncs-large", Good + "sentinel parallel-syncs m 11" },
        { "parallel-syncs-large", Good + "sentinel parallel-syncs m 2\nsentinel known-replica m 10.0.0.2 6379\nsentinel known-replica m 10.0.0.3 6379" },
        { "name-with-comma", Good + "sentinel monitor a,b 10.0.0.9 6379 2" },
        { "name-with-blank", Good + "sentinel monitor 'a b' 10.0.0.9 6379 2" },
        { "user-without-password", Good + "sentinel auth-user m me" },
        { "user-without-password", Good + "sentinel sentinel-user me" },
        { "master-port-zero", Good + "sentinel monitor n 10.0.0.9 0 2" },
        { "master-on-loopback", Good.Replace("m 10.0.0.1 6379", "m 127.0.0.1 6379", StringComparison.Ordinal) },
        { "own-identity", Good.Replace(Peer1, Me, StringComparison.Ordinal) },
        { "peers-at-one-address", Good.Replace("10.0.0.3", "10.0.0.2", StringComparison.Ordinal) },
        { "masters-at-one-address", Good + "sentinel monitor n 10.0.0.1 6379 2" },
        { "script-is-folder", Good + "sentinel notification-script m /etc" },
        { "no-port", Good + "port 0" },
        { "open-to-all", Good.Replace("requirepass secret", "user default on nopass ~* &* +@all", StringComparison.Ordinal) },
        { "protected-mode-shuts-out-peers", Good.Replace("requirepass secret", "protected-mode yes", StringComparison.Ordinal) },
        { "maxclients-low", Good + "maxclients 49" },
        { "bound-to-loopback", Good + "bind 127.0.0.1 ::1" },
        { "announces-loopback", Good + "sentinel announce-ip 127.0.0.1" },
        { "announces-port-only", Good + "sentinel announce-port 26400" },
        { "announces-names-it-does-not-take", Good + "sentinel announce-hostnames yes" },
        { "no-master", "requirepass secret" },
        { "said-twice", Good + "port 1\nport 2" },
        { "said-twice", Good + "sentinel down-after-milliseconds m 6000" },
        { "unknown-to-redis", Good + "sentinel webhook ops https://example.com/" },
        { "unknown-to-redis", Good + "log-format logfmt" },
        { "unknown-to-redis", Good + "log-timestamp-format iso8601" },
        { "unknown-to-redis", Good + "loglevel nothing" },
        { "unknown-to-redis", Good + "sentinel primary-reboot-down-after-period m 0" },
        { "unknown-to-redis", Good + "user bob on nopass +ping +sentinel|explain" },
        { "number-cut", Good.Replace("m 5000", "m 5000ms", StringComparison.Ordinal) },
        { "mistake", Good + "user bob on >x +nonsense" },
        { "mistake", Good + "user bob on >x +@nonsense" },
        { "mistake", Good + "aclfile /nope/users.acl" },
        { "mistake", Good + "aclfile s.conf" },
        { "tls-unusable", Good + "tls-port 26380\ntls-cert-file cert.pem\ntls-key-file other.pem\ntls-ca-cert-file cert.pem" },
        { "tls-unusable", Good + "tls-port 26380\ntls-cert-file cert.pem\ntls-key-file key.pem\ntls-ca-cert-file cert.pem\ntls-protocols SSLv3" },
        { "mistake", Good + "port x" },
        { "mistake", Good + "sentinel down-after-milliseconds nobody 5000" },
        { "mistake", Good + "sentinel monitor n redis.example.com 6379 2" },
        { "mistake", Good + "sentinel notification-script m /nonexistent" },
        { "mistake", Good + "dir /nonexistent" },
        { "mistake", Good + "logfile /nonexistent/log" },
        { "mistake", Good + "include /nonexistent.conf" },
        { "tls-file-missing", Good + "tls-port 26380\ntls-cert-file cert.pem\ntls-key-file key.pem" },
        { "tls-file-unreadable", Good + "tls-replication yes\ntls-cert-file cert.pem\ntls-key-file nonexistent.pem\ntls-ca-cert-file cert.pem" },
        { "tls-file-unreadable", Good + "tls-port 26380\ntls-cert-file key.pem\ntls-key-file key.pem\ntls-ca-cert-file cert.pem" },
        { "tls-certificate-expired", Good + "tls-port 26380\ntls-cert-file expired.pem\ntls-key-file key.pem\ntls-ca-cert-file cert.pem" },
        { "tls-certificate-expires-soon", Good + "tls-port 26380\ntls-cert-file soon.pem\ntls-key-file key.pem\ntls-ca-cert-file cert.pem" },
        { "tls-certificate-not-yet-valid", Good + "tls-port 26380\ntls-cert-file later.pem\ntls-key-file key.pem\ntls-ca-cert-file cert.pem" },
        { "tls-key-readable-by-all", Good + "tls-port 26380\ntls-cert-file cert.pem\ntls-key-file open.pem\ntls-ca-cert-file cert.pem" },
    };

    public static TheoryData<string> Unobjectionable =>
    [
        Good,
        Local,
        Good.Replace("requirepass secret", $"user default on sanitize-payload #{new string('a', 64)} ~* &* +@all", StringComparison.Ordinal),
        Good + "tls-port 26380\ntls-cert-file cert.pem\ntls-key-file key.pem\ntls-ca-cert-file cert.pem",
        Good + "tls-port 26380\ntls-cert-file cert.pem\ntls-key-file key.pem\ntls-auth-clients no",
        Good + "user bob on >x +sentinel|masters +@admin",
        Good + "sentinel down-after-milliseconds m 5000",    // twice the same
        Good + "sentinel parallel-syncs m 2\nsentinel known-replica m 10.0.0.2 6379",
    ];

    /// <summary>What is found about lines that only we know, which are noted as such, too.</summary>
    public static TheoryData<string, string> FindingsOfOurs => new()
    {
        { "crash-down-after-long", Good + "sentinel crash-down-after-milliseconds m 5000" },
        { "fence-after-late", Good + "sentinel monitor n 10.0.0.9 6379 2\nsentinel down-after-milliseconds n 2000\nsentinel fence-after-milliseconds n 2000" },
        { "fence-after-short", Good + "sentinel monitor n 10.0.0.9 6379 2\nsentinel fence-after-milliseconds n 199" },
        { "paused", Good + "sentinel pause m \"new kernel\"" },
    };

    public void Dispose() => _folder.Dispose();

    [Theory, MemberData(nameof(FindingsOfOurs))]
    public void A_risk_of_a_line_that_only_we_know_is_found_where_it_is(string code, string text)
    {
        (int exit, JsonElement report) = Check(text);
        Assert.Equal(0, exit);
        JsonElement[] findings = [.. report.GetProperty("findings").EnumerateArray()];
        Assert.Equal([code, "unknown-to-redis"], findings.Select(finding => finding.GetProperty("code").GetString()).Order(StringComparer.Ordinal));
        Assert.All(findings, finding => Assert.Equal(text.Count(c => c == '\n') + 1, finding.GetProperty("line").GetInt32()));
    }

    [Theory, MemberData(nameof(Findings))]
    public void Each_problem_risk_and_note_is_found_where_it_is_and_alone(string code, string text)
    {
        (int exit, JsonElement report) = Check(text);
        JsonElement finding = Assert.Single(report.GetProperty("findings").EnumerateArray());
        Assert.Equal(code, finding.GetProperty("code").GetString());
        Assert.NotEmpty(finding.GetProperty("problem").GetString()!);
        Assert.NotEmpty(finding.GetProperty("cure").GetString()!);
        bool isProblem = finding.GetProperty("severity").GetString() == "problem";
        Assert.Equal(isProblem ? 1 : 0, exit);
        Assert.Equal(!isProblem, report.GetProperty("starts").GetBoolean());
        if (finding.TryGetProperty("line", out JsonElement line))
            Assert.Equal(_folder.File("s.conf"), line.GetInt32() > 0 ? finding.GetProperty("file").GetString() : null);
    }

    [Theory, MemberData(nameof(Unobjectionable))]
    public void Of_a_good_file_nothing_is_said(string text)
    {
        (int exit, JsonElement report) = Check(text, "--strict");
        Assert.Empty(report.GetProperty("findings").EnumerateArray());
        Assert.Equal(0, exit);
    }

    [Fact]
    public void All_that_is_wrong_is_said_at_once_and_what_follows_from_it_is_not()
    {
        _folder.Write("more.conf", $"\nhz x\ninclude {_folder.File("s.conf")}\n");
        (int exit, JsonElement report) = Check($"""
            port x
            foo "bar
            include {_folder.File("more.conf")}
            sentinel monitor m 127.0.0.1 6379 0
            sentinel auth-pass m secret
            sentinel known-replica m 127.0.0.1 6380
            sentinel nothing
            """);
        Assert.Equal(1, exit);
        JsonElement[] found = [.. report.GetProperty("findings").EnumerateArray().Where(finding => finding.GetProperty("severity").GetString() == "problem")];
        Assert.Equal(
            [
                "s.conf:1: argument couldn't be parsed into an integer",
                "s.conf:2: Unbalanced quotes in configuration line",
                "more.conf:2: argument couldn't be parsed into an integer",
                "more.conf:3: Too many nested includes.",
                "s.conf:4: Quorum must be 1 or greater.",
                "s.conf:7: Unrecognized sentinel configuration statement.",
            ],
            found.Select(finding => $"{Path.GetFileName(finding.GetProperty("file").GetString())}:{finding.GetProperty("line")}: {finding.GetProperty("problem")}"));
    }

    [Fact]
    public void Of_a_master_whose_line_is_a_duplicate_the_other_mistakes_are_said_too()
    {
        (_, JsonElement report) = Check($"""
            {Good}sentinel monitor m 10.0.0.9 6379 2
            sentinel quorum m 0
            sentinel fence-after-milliseconds m -5
            sentinel notification-script m /nope.sh
            """);
        Assert.Equal(
            ["Duplicate master name.", "Unrecognized sentinel configuration statement.", "negative time parameter.", "Notification script seems non existing or non executable."],
            report.GetProperty("findings").EnumerateArray().Where(finding => finding.GetProperty("severity").GetString() == "problem").Select(finding => finding.GetProperty("problem").GetString()));
    }

    [Fact]
    public void Of_a_file_that_cannot_be_read_nothing_but_that_is_said()
    {
        foreach (string file in (string[])[_folder.File("nonexistent.conf"), _folder.Path, _folder.File("nonexistent/s.conf")])
        {
            JsonElement finding = Assert.Single(Parse(Run(file, "--json").Said).GetProperty("findings").EnumerateArray());
            Assert.StartsWith("Fatal error, can't open config file", finding.GetProperty("problem").GetString());
        }
    }

    [Fact]
    public void Where_the_state_cannot_be_kept_it_starts_and_that_is_a_risk()
    {
        string[] options = ["--bind", "127.0.0.1", "--sentinel", "monitor", "m", "127.0.0.1", "6379", "2"];
        (int exit, string said) = Run(["/dev/null", "--json", .. options]);
        Assert.Equal(0, exit);
        JsonElement finding = Assert.Single(Parse(said).GetProperty("findings").EnumerateArray());
        Assert.Equal(("risk", "not-a-file"), (finding.GetProperty("severity").GetString(), finding.GetProperty("code").GetString()));
        Assert.EndsWith("the Sentinel would start, watch and answer, but give no vote and lead no failover", finding.GetProperty("problem").GetString());
        Assert.Equal(2, Run(["/dev/null", "--strict", .. options]).Exit);
    }

    [Fact]
    public async Task In_a_folder_that_is_read_only_it_starts_and_that_is_a_risk()
    {
        string file = _folder.Write("s.conf", Local);
        File.SetUnixFileMode(file, (UnixFileMode)0b110_110_110);
        File.SetUnixFileMode(_folder.Path, (UnixFileMode)0b101_101_101);
        await using var sentinel = new Daemon { Program = Environment.IsPrivilegedProcess ? "setpriv" : Daemon.Executable };    // root may write everywhere
        string[] asNobody = Environment.IsPrivilegedProcess ? ["--reuid=65534", "--regid=65534", "--clear-groups", Daemon.Executable] : [];
        Assert.Equal(0, await sentinel.RunAsync([.. asNobody, "check", file]));
        Assert.Contains(sentinel.Output, line => line.StartsWith($"{file}: risk: nothing can be written to {_folder.Path} (Permission denied)", StringComparison.Ordinal) && line.EndsWith("[folder-not-writable]", StringComparison.Ordinal));
        Assert.EndsWith("1 risk, no notes; a Sentinel starts on it", sentinel.Output[^1]);

        await using var started = new Daemon { Program = sentinel.Program };
        started.Start([.. asNobody, file, "--port", $"{started.Port}", "--dir", "/"]);
        await started.AnswersAsync();
        File.SetUnixFileMode(_folder.Path, (UnixFileMode)0b111_000_000);
    }

    [Fact]
    public void A_mistake_on_standard_input_is_placed_there()
    {
        using var output = new MemoryStream();
        string file = _folder.Write("s.conf", Local);
        Assert.Equal(1, CheckCommand.Answer(["check", file, "-"], _folder.Path, new StringReader("bnid x\n"), output, TimeProvider.System));
        Assert.StartsWith("standard input: problem: ", Encoding.UTF8.GetString(output.ToArray()));
    }

    [Fact]
    public void People_read_place_problem_line_and_cure()
    {
        string file = _folder.Write("s.conf", "bind 127.0.0.1\nsentinel monitor m 127.0.0.1 6379 0\n");
        (int exit, string said) = Run(file);
        Assert.Equal(1, exit);
        Assert.Equal(
            $"""
            {file}:2: problem: Quorum must be 1 or greater. [mistake]
                sentinel monitor m 127.0.0.1 6379 0
                cure: quorum of 'm' is 0; it must be at least 1
            {file}: 1 problem, no risks, no notes; a Sentinel would not start on it

            """,
            said);
    }

    [Fact]
    public void Of_many_that_are_alike_people_read_five_and_the_number_of_the_others()
    {
        string file = _folder.Write("s.conf", string.Concat(Enumerable.Range(0, 20).Select(i => $"sentinel monitor m{i} 10.0.0.{i} 6379 1\n")));
        string said = Run(file).Said;
        Assert.Equal(5, said.Split('\n').Count(line => line.StartsWith($"{file}:", StringComparison.Ordinal) && line.EndsWith("[quorum-of-one]", StringComparison.Ordinal) && !line.Contains(" more of ", StringComparison.Ordinal)));
        Assert.Contains($"{file}: risk: 15 more of the same; --json shows all [quorum-of-one]\n", said, StringComparison.Ordinal);
        Assert.Equal(20, Codes(Parse(Run(file, "--json").Said)).Count(code => code == "quorum-of-one"));
    }

    [Fact]
    public void No_secret_is_shown()
    {
        string file = _folder.Write("s.conf", """
            requirepass hunter1
            requirepass hunter2
            user a on >hunter3 +@nonsense ~*
            user b >hunterB on nonsense
            masterauth hunter4 x
            sentinel monitor m 10.0.0.1 6379 1
            sentinel auth-pass nobody hunter5
            sentinel auth-pass m hunter6
            sentinel auth-pass m hunter7
            sentinel sentinel-pass hunter8 x
            sentinel webhook ops https://host/hunter9
            sentinel webhook dev ftp://host/hunterC
            tls-key-file-pass hunterA x
            """);
        Assert.DoesNotContain("hunter", Run(file).Said, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter", Run(file, "--json").Said, StringComparison.Ordinal);
        Assert.Contains("sentinel auth-pass nobody ***", Run(file).Said, StringComparison.Ordinal);
    }

    [Fact]
    public void Passwords_that_all_may_read_and_links_are_told()
    {
        string file = _folder.Write("real.conf", Good);
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.OtherRead);
        File.CreateSymbolicLink(_folder.File("s.conf"), "real.conf");
        Assert.Equal(["readable-by-all", "file-is-link"], Codes(Parse(Run(_folder.File("s.conf"), "--json").Said)));
    }

    [Fact]
    public void Statements_in_an_included_file_are_told()
    {
        string[] lines = Good.Split('\n');
        _folder.Write("more.conf", lines[2]);
        (_, JsonElement report) = Check($"include {_folder.File("more.conf")}\n{string.Join('\n', lines.Except([lines[2]]))}");
        Assert.Equal(["statement-in-include"], Codes(report));
    }

    [Fact]
    public void Risks_fail_only_a_strict_check()
    {
        string file = _folder.Write("s.conf", Local.Replace("6379 2", "6379 1", StringComparison.Ordinal));
        Assert.Equal(0, Run(file).Exit);
        Assert.Equal(2, Run(file, "--strict").Exit);
        Assert.Equal(1, Run(file, "--strict", "--port", "x").Exit);
    }

    [Fact]
    public void Options_count_as_at_a_start_and_without_a_file_it_would_not_start()
    {
        string file = _folder.Write("s.conf", Local);
        Assert.Equal(0, Run(file, "--port", "1234", "--sentinel", "monitor", "n", "127.0.0.1", "6380", "2").Exit);
        (int exit, string said) = Run(file, "--port", "x");
        Assert.Equal(1, exit);
        Assert.StartsWith("command line: problem: argument couldn't be parsed into an integer", said, StringComparison.Ordinal);
        Assert.Contains("Sentinel needs config file on disk", Run("--port", "1").Said, StringComparison.Ordinal);
        Assert.Equal(1, Run(_folder.File("nonexistent.conf")).Exit);
        Assert.Equal(1, Run(_folder.Path).Exit);
    }

    [Fact]
    public void Nothing_is_written()
    {
        string file = _folder.Write("s.conf", Local + $"logfile {_folder.File("log")}\npidfile {_folder.File("pid")}\n");
        string before = File.ReadAllText(file);
        Assert.Equal(0, Run(file).Exit);
        Assert.Equal(before, File.ReadAllText(file));
        Assert.Equal(["s.conf"], _folder.Names());
    }

    [Fact]
    public void The_program_itself_answers()
    {
        string file = _folder.Write("s.conf", Local + "port x\n");
        using var sentinel = System.Diagnostics.Process.Start(new System.Diagnostics.ProcessStartInfo(OurExecutable.FullPath, ["check", file, "--json"])
        {
            RedirectStandardOutput = true,
            UseShellExecute = false,
        })!;
        JsonElement report = Parse(sentinel.StandardOutput.ReadToEnd());
        sentinel.WaitForExit();
        Assert.Equal(1, sentinel.ExitCode);
        Assert.Equal(["mistake"], Codes(report));
    }

    private (int Exit, JsonElement Report) Check(string text, params string[] options)
    {
        WriteCertificates();
        string file = _folder.Write("s.conf", text);
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        (int exit, string said) = Run([file, "--json", .. options, "--dir", _folder.Path]);
        return (exit, Parse(said));
    }

    private static (int Exit, string Said) Run(params string[] arguments)
    {
        using var output = new MemoryStream();
        int? exit = CheckCommand.Answer(["check", .. arguments], Environment.CurrentDirectory, TextReader.Null, output, TimeProvider.System);
        return (exit!.Value, Encoding.UTF8.GetString(output.ToArray()));
    }

    private static JsonElement Parse(string json) => JsonDocument.Parse(json).RootElement;

    private static IEnumerable<string?> Codes(JsonElement report) => report.GetProperty("findings").EnumerateArray().Select(finding => finding.GetProperty("code").GetString());

    private void WriteCertificates()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var other = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        WriteKey("key.pem", UnixFileMode.UserRead);
        File.SetUnixFileMode(_folder.Write("other.pem", other.ExportPkcs8PrivateKeyPem()), UnixFileMode.UserRead);
        WriteKey("open.pem", UnixFileMode.UserRead | UnixFileMode.OtherRead);
        WriteCertificate("cert.pem", -1, 365);
        WriteCertificate("expired.pem", -2, -1);
        WriteCertificate("soon.pem", -1, 20);
        WriteCertificate("later.pem", 2, 365);

        void WriteKey(string name, UnixFileMode mode) => File.SetUnixFileMode(_folder.Write(name, key.ExportPkcs8PrivateKeyPem()), mode);

        void WriteCertificate(string name, int fromDay, int toDay)
        {
            DateTimeOffset now = DateTimeOffset.UtcNow;
            using X509Certificate2 certificate = new CertificateRequest("CN=test", key, HashAlgorithmName.SHA256).CreateSelfSigned(now.AddDays(fromDay), now.AddDays(toDay));
            _folder.Write(name, certificate.ExportCertificatePem());
        }
    }
}
