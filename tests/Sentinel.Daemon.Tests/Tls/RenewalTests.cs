using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Sentinel.Daemon.Configuration;
using Sentinel.Daemon.Logging;
using Sentinel.Daemon.Tests.Configuration;
using Sentinel.Daemon.Tests.Lab;
using Sentinel.Daemon.Tls;

namespace Sentinel.Daemon.Tests.Tls;

/// <summary>Certificates, keys and authorities are replaced while we run.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class RenewalTests : IDisposable
{
    private static readonly TimeSpan OneSecond = TimeSpan.FromSeconds(1);

    private readonly TemporaryFolder _files = new();
    private readonly TestAuthority _authority = TestAuthority.Root();
    private readonly SteppedTime _time = new();

    public RenewalTests()
    {
        _files.Write("ca.crt", _authority.Pem);
        _authority.CertifyInto(_files.Path, "server", "first");
    }

    [Fact]
    public async Task Whoever_connects_after_a_renewal_meets_the_new_certificate()
    {
        await using TlsServer server = await StartAsync();
        Assert.Equal("CN=first", (await server.GreetedAsync()).Subject);
        _authority.CertifyInto(_files.Path, "server", "second");
        Assert.Equal("CN=first", (await server.GreetedAsync()).Subject);    // looked at less than a second ago
        _time.Move(OneSecond);
        Assert.Equal("CN=second", (await server.GreetedAsync()).Subject);
        await server.LogsAsync("The TLS files have changed and are in use now: CN=second");
    }

    [Fact]
    public async Task While_only_one_of_the_two_files_is_replaced_the_former_pair_stays_and_this_is_said_once()
    {
        await using TlsServer server = await StartAsync();
        (string certificate, var key) = _authority.Certify("second");
        _files.Write("server.crt", certificate);
        for (int i = 0; i < 3; i++)
        {
            _time.Move(OneSecond);
            Assert.Equal("CN=first", (await server.GreetedAsync()).Subject);
        }
        _files.Write("server.key", key.ExportPkcs8PrivateKeyPem());
        _time.Move(OneSecond);
        Assert.Equal("CN=second", (await server.GreetedAsync()).Subject);
        await server.LogsAsync("are in use now");
        Assert.Single(server.Log.Split('\n'), line => line.Contains("cannot be used; the former ones stay in use", StringComparison.Ordinal));
    }

    /// <summary>Kubernetes: the files are links through a link <c>..data</c>, which is replaced.</summary>
    [Fact]
    public async Task A_mounted_secret_that_is_replaced_by_way_of_a_link_in_its_path_is_noticed()
    {
        foreach (string version in (string[])["first", "second"])
            _authority.CertifyInto(Directory.CreateDirectory(_files.File($"..{version}")).FullName, "tls", version);
        File.CreateSymbolicLink(_files.File("..data"), "..first");
        foreach (string name in (string[])["tls.crt", "tls.key"])
            File.CreateSymbolicLink(_files.File(name), Path.Combine("..data", name));
        await using TlsServer server = await TlsServer.StartAsync(_files, options => options with
        {
            ClientCertificates = TlsClientCertificates.No,
            Server = new KeyPairFiles(_files.File("tls.crt"), _files.File("tls.key")),
        }, _time);
        Assert.Equal("CN=first", (await server.GreetedAsync()).Subject);

        File.CreateSymbolicLink(_files.File("..data_tmp"), "..second");
        Assert.Null(Posix.Rename(_files.File("..data_tmp"), _files.File("..data")));
        _time.Move(OneSecond);
        Assert.Equal("CN=second", (await server.GreetedAsync()).Subject);
    }

    [Fact]
    public void A_folder_of_authorities_that_cannot_be_read_changes_nothing_and_this_is_said_once()
    {
        const uint Nobody = 65534;
        const UnixFileMode Entered = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;
        string folder = Directory.CreateDirectory(_files.File("authorities")).FullName;
        _files.Write("authorities/one.pem", _authority.Pem);
        File.SetUnixFileMode(_files.Path, (UnixFileMode)0x1ED);    // 0755
        var options = new TlsOptions { Server = new KeyPairFiles(_files.File("server.crt"), _files.File("server.key")), AuthoritiesFolder = folder };
        using var log = new RedisLog(LogThreshold.Debug, _files.File("log"), TimeProvider.System);
        TlsContext? tls = TlsContext.Create(options, log, _time, out string? problem);
        Assert.Null(problem);
        File.SetUnixFileMode(folder, Entered);
        uint me = setfsuid(Nobody);    // this thread alone: an administrator may read all folders
        try
        {
            for (int i = 0; i < 3; i++)
            {
                _time.Move(OneSecond);
                Assert.Equal("CN=first", tls!.ServerOptions(tls.CheckOfClient()).ServerCertificateContext!.TargetCertificate.Subject);
            }
            Assert.Null(TlsContext.Create(options, log, _time, out problem));
            Assert.StartsWith("Failed to configure CA certificate(s) file/directory: ", problem, StringComparison.Ordinal);
        }
        finally
        {
            _ = setfsuid(me);
            File.SetUnixFileMode(folder, Entered | UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }
        log.Dispose();
        Assert.Single(File.ReadLines(_files.File("log")), line => line.Contains("The TLS files cannot be looked at; the former ones stay in use", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_new_authority_is_trusted_and_a_former_one_no_more(bool inFolder)
    {
        string folder = Directory.CreateDirectory(_files.File("authorities")).FullName;
        string file = inFolder ? Path.Combine(folder, "one.pem") : _files.File("ca.crt");
        File.WriteAllText(file, _authority.Pem);
        await using TlsServer server = await TlsServer.StartAsync(
            _files,
            options => options with { AuthoritiesFile = inFolder ? null : file, AuthoritiesFolder = inFolder ? folder : null },
            _time);
        TestAuthority other = TestAuthority.Root("other");
        var (former, latter) = (_authority.Shown("client"), other.Shown("client"));
        await server.GreetedAsync(former);
        await Assert.ThrowsAnyAsync<IOException>(() => server.GreetedAsync(latter));

        if (inFolder)
            File.Delete(file);
        File.WriteAllText(inFolder ? Path.Combine(folder, "two.pem") : file, other.Pem);
        _time.Move(OneSecond);
        await server.GreetedAsync(latter);
        await Assert.ThrowsAnyAsync<IOException>(() => server.GreetedAsync(former));
    }

    public void Dispose() => _files.Dispose();

    private Task<TlsServer> StartAsync() => TlsServer.StartAsync(_files, options => options with { ClientCertificates = TlsClientCertificates.No }, _time);

    [DllImport("libc")]
    private static extern uint setfsuid(uint user);
}
