// What a server has counted, by its control socket.

using AltoDns.Server.Control;

namespace AltoDns.Benchmarks.Soaking;

internal sealed class ServerCounters
{
    private readonly Dictionary<(string Group, string Name), long> _values;

    private ServerCounters(IEnumerable<CounterGroup> groups) => _values = groups
        .SelectMany(group => group.Counters.Select(counter => (Key: (group.Name, counter.Name), counter.Value)))
        .ToDictionary(entry => entry.Key, entry => entry.Value);

    public static async Task<ServerCounters> ReadAsync(string controlSocket) =>
        new((await ControlClient.AskAsync(controlSocket, new ControlRequest("stats"), CancellationToken.None)).Counters!);

    /// <exception cref="KeyNotFoundException">The server does not count that.</exception>
    public long this[string group, string name] => _values[(group, name)];
}
