using System.Diagnostics;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Sentinel.Benchmarks.Macro;

namespace Sentinel.Benchmarks.Servers;

/// <summary>Hosts with a network card each on one switch, as namespaces of this machine, which can be cut off.</summary>
/// <remarks>A host that is cut off loses its frames, while its card stays up: nobody is told. Needs root and iproute2.</remarks>
internal sealed class NetworkNamespaces : IDisposable
{
    private const int NewNetwork = 0x40000000;

    private readonly string _tag = $"sb{Environment.ProcessId}";
    private readonly int _hosts;

    /// <exception cref="NotPossibleException">This machine does not let us.</exception>
    public NetworkNamespaces(int hosts)
    {
        _hosts = hosts;
        if (!Environment.IsPrivilegedProcess)
            throw new NotPossibleException("network namespaces need root");
        try
        {
            Ip("netns", "add", Switch);
            Ip("-n", Switch, "link", "add", "br0", "type", "bridge");
            Ip("-n", Switch, "link", "set", "br0", "up");
            for (int i = 0; i < hosts; i++)
            {
                Ip("netns", "add", Name(i));
                Ip("link", "add", "card", "netns", Name(i), "type", "veth", "peer", "name", $"port{i}", "netns", Switch);
                Ip("-n", Name(i), "addr", "add", $"{Address(i)}/24", "dev", "card");
                Ip("-n", Name(i), "link", "set", "lo", "up");
                Ip("-n", Name(i), "link", "set", "card", "up");
                Ip("-n", Switch, "link", "set", $"port{i}", "master", "br0", "up");
            }
        }
        catch (NotPossibleException)
        {
            Dispose();
            throw;
        }
    }

    private string Switch => $"{_tag}sw";

    public static string Address(int host) => $"10.77.0.{host + 1}";

    /// <summary>The words before a program's own that let it run on a host.</summary>
    public string[] Enter(int host) => ["netns", "exec", Name(host)];

    /// <summary>Cuts a host off, or connects it again.</summary>
    public void Cut(int host, bool isCut) => Ip(["-n", Switch, "link", "set", $"port{host}", .. isCut ? (string[])["nomaster"] : ["master", "br0"]]);

    /// <summary>Does something on a host, in which it opens sockets: they stay those of that host.</summary>
    public T On<T>(int host, Func<T> open)
    {
        T? opened = default;
        Exception? failure = null;
        // A thread of its own, for the namespace is the thread's; it ends with it.
        var thread = new Thread(() =>
        {
            try
            {
                using SafeFileHandle name = File.OpenHandle($"/run/netns/{Name(host)}");
                if (setns(name, NewNetwork) != 0)
                    throw new NotPossibleException($"cannot enter a network namespace: error {Marshal.GetLastPInvokeError()}");
                opened = open();
            }
            catch (Exception thrown)
            {
                failure = thrown;
            }
        });
        thread.Start();
        thread.Join();
        return failure is null ? opened! : throw new IOException(failure.Message, failure);
    }

    public void Dispose()
    {
        foreach (string name in Enumerable.Range(0, _hosts).Select(Name).Append(Switch))
        {
            if (File.Exists($"/run/netns/{name}"))
                Ip("netns", "del", name);
        }
    }

    private string Name(int host) => $"{_tag}h{host}";

    private static void Ip(params string[] words)
    {
        try
        {
            using Process ip = Process.Start(new ProcessStartInfo("ip", words) { RedirectStandardError = true, UseShellExecute = false })!;
            string said = ip.StandardError.ReadToEnd();
            ip.WaitForExit();
            if (ip.ExitCode != 0)
                throw new NotPossibleException($"ip {string.Join(' ', words)}: {said.Trim()}");
        }
        catch (System.ComponentModel.Win32Exception missing)
        {
            throw new NotPossibleException($"iproute2 is needed: {missing.Message}");
        }
    }

    [DllImport("libc", SetLastError = true)]
    private static extern int setns(SafeFileHandle name, int kind);
}
