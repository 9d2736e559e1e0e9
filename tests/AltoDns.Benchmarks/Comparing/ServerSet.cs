// Starts the servers of a group one after the other, each on one processor, and ends them together.

using AltoDns.Benchmarks.Output;
using AltoDns.Benchmarks.Servers;
using AltoDns.Benchmarks.Traffic;
using AltoDns.Harness;
using AltoDns.Protocol.Names;

namespace AltoDns.Benchmarks.Comparing;

internal sealed class ServerSet : IAsyncDisposable
{
    /// <summary>What takes longer to load its data than this is left out.</summary>
    public static readonly TimeSpan LoadTimeout = TimeSpan.FromSeconds(100);

    private const string Processor = "0";

    private readonly List<(Contender Contender, RunningServer Server)> _started = [];

    public IReadOnlyList<(Contender Contender, RunningServer Server)> Started => _started;

    /// <summary>The names of those that could not load the data.</summary>
    public List<string> Failed { get; } = [];

    public async Task StartAsync(IEnumerable<Contender> contenders, DataSet data)
    {
        foreach (var contender in contenders)
        {
            try
            {
                var server = await RunningServer.StartAsync(contender.Recipe(data).PinnedTo(Processor), ZonesOf(contender, data), LoadTimeout);
                _started.Add((contender, server));
                Figures.Note($"  {contender.Name} answers after {server.ReadyAfter.TotalSeconds:F2} s");
            }
            catch (InvalidOperationException exception)
            {
                Failed.Add(contender.Name);
                Figures.Note($"  {contender.Name} is left out: {exception.Message}");
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var (_, server) in _started)
        {
            await server.DisposeAsync();
        }
    }

    // Where rbldnsd's one zone stands for all, only that has an SOA record.
    private static IReadOnlyList<ServedZone> ZonesOf(Contender contender, DataSet data) => contender.Style == AnswerStyle.AddressList
        ? [.. data.Lists.Select(list => new ServedZone(DomainName.Parse($"{list.Origin}."), list.File))]
        : data.Zones;
}
