// A network of a test's own: one loopback interface with addresses of its choosing, every port free, no packet gets out.

using System.Globalization;
using System.Net;

namespace AltoDns.Harness.Network;

/// <summary>
/// Needs root and iproute2. Its name has this process's ID in it, and it is removed when disposed of; those that a killed process
/// left behind are removed when the next one is made.
/// </summary>
public sealed class NetworkNamespace : IAsyncDisposable
{
    private const string Prefix = "altodns-net-";

    private static int _made;

    private NetworkNamespace(string name) => Name = name;

    public string Name { get; }

    /// <summary>Makes one. Skips the running test where iproute2 or the right is missing; see <see cref="ToolRunner.Require"/>.</summary>
    /// <param name="addresses">Beside those of 127.0.0.0/8.</param>
    public static async Task<NetworkNamespace> CreateAsync(params IPAddress[] addresses)
    {
        await RemoveStaleAsync();
        var network = new NetworkNamespace($"{Prefix}{Environment.ProcessId}-{Interlocked.Increment(ref _made)}");
        var made = await ToolRunner.RunAsync("ip", ["netns", "add", network.Name]);
        if (made.ExitCode != 0)
        {
            ToolRunner.SkipUnlessRequired($"A network namespace cannot be made: {made}");
        }

        try
        {
            await IpAsync("-n", network.Name, "link", "set", "lo", "up");
            foreach (var address in addresses)
            {
                await IpAsync("-n", network.Name, "address", "add", $"{address}/32", "dev", "lo");
            }

            return network;
        }
        catch
        {
            await network.DisposeAsync();
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

    /// <summary>Arguments of <c>ip</c> that start a program inside; <c>ip</c> becomes that program, so the process ID is the program's.</summary>
    public IReadOnlyList<string> Inside(IEnumerable<string> command) => ["netns", "exec", Name, .. command];

    /// <summary>Runs a program inside to its end.</summary>
    public Task<ToolResult> RunAsync(string program, IEnumerable<string> arguments, TimeSpan? timeout = null) =>
        ToolRunner.RunAsync("ip", Inside([ToolRunner.Require(program), .. arguments]), timeout);

    /// <summary>Calls a function inside: a socket that it makes stays there, wherever it is used.</summary>
    public T Call<T>(Func<T> function)
    {
        // The network belongs to a thread, which is not to go on with anything else.
        T? result = default;
        Exception? failure = null;
        var thread = new Thread(() =>
        {
            try
            {
                using var file = File.OpenHandle($"/run/netns/{Name}");
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
        return failure is null ? result! : throw new InvalidOperationException($"It failed in the network {Name}.", failure);
    }

    public async ValueTask DisposeAsync() => _ = await ToolRunner.RunAsync("ip", ["netns", "del", Name]);

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
