// Loads the same zones into several servers, asks them the same questions and tells where they disagree.

using System.Text;
using AltoDns.Interop.Tests.Harness;

namespace AltoDns.Interop.Tests.Differential;

/// <summary>A kind of server that takes part.</summary>
/// <param name="Name">As <see cref="RunningServer.Name"/> has it.</param>
/// <param name="Start">Starts it with zones.</param>
/// <param name="Loads">Whether it loads a zone with this peculiarity.</param>
public sealed record Participant(
    string Name,
    Func<IReadOnlyList<ServedZone>, Task<RunningServer>> Start,
    Func<ZonePeculiarity, bool> Loads)
{
    public static Participant Nsd { get; } = new(NsdServer.Name, NsdServer.StartAsync, peculiarity => peculiarity != ZonePeculiarity.OccludedByDname);

    public static Participant Knot { get; } = new(KnotServer.Name, KnotServer.StartAsync, peculiarity => peculiarity != ZonePeculiarity.OccludedByDname);

    public static Participant Bind { get; } = new(
        NamedServer.Name, zones => NamedServer.StartAsync(zones), peculiarity => peculiarity != ZonePeculiarity.WildcardNameServers);

    public static Participant AltoDns { get; } = new(AltoDnsServer.Name, AltoDnsServer.StartAsync, _ => true);

    public static IReadOnlyList<Participant> References { get; } = [Nsd, Knot, Bind];
}

/// <summary>A question and what each server that has the zone answered.</summary>
public sealed record AskedQuestion(GeneratedZone Zone, Query Query, IReadOnlyDictionary<string, NormalAnswer> Answers)
{
    /// <summary>The zone, the question and every answer, in presentation form.</summary>
    public override string ToString()
    {
        var text = new StringBuilder($"{Zone.Origin}: {Query}\n");
        foreach (var (server, answer) in Answers)
        {
            text.Append($" {server}: {answer}");
        }

        return text.ToString();
    }
}

public static class DifferentialRun
{
    /// <summary>Asks every question of every participant.</summary>
    /// <param name="participants">Each is started once, with all zones that it loads.</param>
    /// <param name="zones">With distinct origins.</param>
    /// <param name="questionsPerZone">How many are asked about each.</param>
    /// <param name="seed">Of the questions and the way the files are written.</param>
    /// <param name="truncationFaults">Receives what is wrong with the use of TC.</param>
    public static async Task<IReadOnlyList<AskedQuestion>> AskAsync(
        IReadOnlyList<Participant> participants, IReadOnlyList<GeneratedZone> zones, int questionsPerZone, int seed, ICollection<string> truncationFaults)
    {
        using var folder = new TemporaryFolder();
        var random = new Random(seed);
        var questions = new QuestionGenerator(random);
        var served = zones.Select((zone, index) => new ServedZone(zone.Origin, folder.Write($"{index}.zone", GeneratedZoneText.Write(zone, random)))).ToList();
        var asked = zones.SelectMany(zone => questions.Make(zone, questionsPerZone).Select(query => (Zone: zone, Query: query))).ToList();
        var apexes = zones.Select(zone => zone.Origin).ToHashSet();

        var servers = new List<(Participant Participant, RunningServer Server)>();
        try
        {
            foreach (var participant in participants)
            {
                servers.Add((participant, await participant.Start([.. served.Where((_, index) => participant.Loads(zones[index].Peculiarity))])));
            }

            var exchange = await TruncatingExchange.AskAsync([.. servers.Select(pair => pair.Server)], [.. asked.Select(pair => pair.Query)]);
            foreach (var fault in exchange.Faults)
            {
                truncationFaults.Add(fault);
            }

            return [.. asked.Select((pair, index) => new AskedQuestion(pair.Zone, pair.Query, Normalize(pair.Zone, index)))];

            Dictionary<string, NormalAnswer> Normalize(GeneratedZone zone, int index) => servers
                .Where(pair => pair.Participant.Loads(zone.Peculiarity))
                .ToDictionary(
                    pair => pair.Participant.Name,
                    pair => NormalAnswer.Of(exchange.Answers[pair.Server.Name][index], apexes),
                    StringComparer.Ordinal);
        }
        finally
        {
            foreach (var (_, server) in servers)
            {
                await server.DisposeAsync();
            }
        }
    }
}
