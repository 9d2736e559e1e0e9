// Starts the servers of a group one after the other, each on one processor, and ends them together.

using AltoDns.Benchmarks.Measuring;
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

    // What a server does beside answering once it has loaded, such as looking at signatures, is not the cost of answers.
    private const double Idle = 0.02;
    private static readonly TimeSpan IdleFor = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan IdlePatience = TimeSpan.FromSeconds(60);

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

    /// <summary>Returns when no server is at work by itself any more, or after a minute.</summary>
    public async Task SettleAsync()
    {
        foreach (var (_, server) in _started)
        {
            var clock = ProcessorClock.OfTree(server.ProcessId);
            for (var waited = TimeSpan.Zero; waited < IdlePatience; waited += IdleFor)
            {
                var before = clock.Read();
                await Task.Delay(IdleFor);
                if (clock.Read() - before < Idle * IdleFor.TotalNanoseconds)
                {
                    break;
                }
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
