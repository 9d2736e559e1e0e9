// Two network namespaces joined by a virtual Ethernet cable: a server's machine and a client's, as far as packets can tell.

using System.Globalization;
using System.Net;

namespace AltoDns.Harness.Network;

/// <summary>
/// Needs root and iproute2. The namespaces have names with this process's ID in them and are removed when disposed of;
/// those that a killed process left behind are removed when the next pair is made.
/// </summary>
public sealed class VethPair : IAsyncDisposable
{
    /// <summary>The server's end of the cable, in its namespace.</summary>
    public const string ServerInterface = "veth-server";

    /// <summary>The client's end of the cable, in its namespace.</summary>
    public const string ClientInterface = "veth-client";

    private const string Prefix = "altodns-";

    private static int _made;

    private VethPair(string name)
    {
        ServerNamespace = name + "-server";
        ClientNamespace = name + "-client";
    }

    public static IPAddress ServerAddress { get; } = IPAddress.Parse("10.77.0.1");

    public static IPAddress ClientAddress { get; } = IPAddress.Parse("10.77.0.2");

    public static IPAddress ServerAddressV6 { get; } = IPAddress.Parse("fd77::1");

    public static IPAddress ClientAddressV6 { get; } = IPAddress.Parse("fd77::2");

    public string ServerNamespace { get; }

    public string ClientNamespace { get; }

    /// <summary>Makes a pair with an IPv4 and an IPv6 address at each end. Skips the running test where iproute2 or the right is missing; see <see cref="ToolRunner.Require"/>.</summary>
    public static async Task<VethPair> CreateAsync()
    {
        await RemoveStaleAsync();
        var pair = new VethPair($"{Prefix}{Environment.ProcessId}-{Interlocked.Increment(ref _made)}");
        var first = await ToolRunner.RunAsync("ip", ["netns", "add", pair.ServerNamespace]);
        if (first.ExitCode != 0)
        {
            ToolRunner.SkipUnlessRequired($"A network namespace cannot be made: {first}");
        }

        try
        {
            await IpAsync("netns", "add", pair.ClientNamespace);
            await IpAsync("link", "add", "name", ServerInterface, "netns", pair.ServerNamespace, "type", "veth", "peer", "name", ClientInterface, "netns", pair.ClientNamespace);
            await SetUpAsync(pair.ServerNamespace, ServerInterface, ServerAddress, ServerAddressV6);
            await SetUpAsync(pair.ClientNamespace, ClientInterface, ClientAddress, ClientAddressV6);
            return pair;
        }
        catch
        {
            await pair.DisposeAsync();
            throw;
        }
    }

    /// <summary>Runs <c>ip</c>; arguments such as <c>-n NAMESPACE</c> come first.</summary>
    /// <exception cref="InvalidOperationException">It failed; the message has what it printed.</exception>
    public static async Task<string> IpAsync(params string[] arguments)
    {
        var result = await ToolRunner.RunAsync("ip", arguments);
        return result.ExitCode == 0 ? result.Output : throw new InvalidOperationException(result.ToString());
    }

    /// <summary>Runs a program on the client's side to its end.</summary>
    public Task<ToolResult> RunOnClientAsync(params string[] command) => ToolRunner.RunAsync("ip", ["netns", "exec", ClientNamespace, .. command]);

    /// <summary>A recipe whose server runs on the server's side; <c>ip netns exec</c> becomes the program, so its process ID is the server's.</summary>
    public IReadOnlyList<string> OnServer(params string[] command) => ["netns", "exec", ServerNamespace, .. command];

    /// <summary>Calls a function in the client's network: a socket that it makes stays there, wherever it is used.</summary>
    public T OnClient<T>(Func<T> function)
    {
        // The network belongs to a thread, which is not to go on with anything else.
        T? result = default;
        Exception? failure = null;
        var thread = new Thread(() =>
        {
            try
            {
                using var file = File.OpenHandle($"/run/netns/{ClientNamespace}");
                NamespaceCalls.Enter(file);
                result = function();
            }
            catch (Exception exception)
            {
                failure = exception;
            }
        });
        thread.Start();
        thread.Join();
        return failure is null ? result! : throw new InvalidOperationException("It failed in the client's network.", failure);
    }

    public async ValueTask DisposeAsync()
    {
        _ = await ToolRunner.RunAsync("ip", ["netns", "del", ServerNamespace]);
        _ = await ToolRunner.RunAsync("ip", ["netns", "del", ClientNamespace]);
    }

    private static async Task SetUpAsync(string space, string name, IPAddress address, IPAddress addressV6)
    {
        await IpAsync("-n", space, "address", "add", $"{address}/24", "dev", name);
        await IpAsync("-n", space, "address", "add", $"{addressV6}/64", "dev", name, "nodad");
        await IpAsync("-n", space, "link", "set", "lo", "up");
        await IpAsync("-n", space, "link", "set", name, "up");
    }

    private static async Task RemoveStaleAsync()
    {
        foreach (var line in (await IpAsync("netns", "list")).Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            var name = line.Split(' ')[0];
            if (name.StartsWith(Prefix, StringComparison.Ordinal)
                && int.TryParse(name[Prefix.Length..].Split('-')[0], NumberStyles.None, CultureInfo.InvariantCulture, out var process)
                && !Directory.Exists($"/proc/{process}"))
            {
                _ = await ToolRunner.RunAsync("ip", ["netns", "del", name]);
            }
        }
    }
}
