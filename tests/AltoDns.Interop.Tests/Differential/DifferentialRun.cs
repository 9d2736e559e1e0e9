// Loads the same zones into several servers, asks them the same questions and tells where they disagree.

using AltoDns.Harness;
using AltoDns.Protocol.Names;

namespace AltoDns.Interop.Tests.Differential;

/// <param name="Questions">Every question with its answers.</param>
/// <param name="TruncationFaults">What is wrong with the use of TC.</param>
public sealed record DifferentialResult(IReadOnlyList<AskedQuestion> Questions, IReadOnlyList<TruncationFault> TruncationFaults);

public static class DifferentialRun
{
    /// <summary>Asks every question of every participant.</summary>
    /// <param name="participants">Each is started once, with all zones that it loads.</param>
    /// <param name="zones">With distinct origins.</param>
    /// <param name="questionsPerZone">How many are asked about each.</param>
    /// <param name="seed">Of the questions and the way the files are written.</param>
    /// <param name="sign">Makes the file that is served of a zone, its number and its file; null to serve that file.</param>
    public static async Task<DifferentialResult> AskAsync(
        IReadOnlyList<Participant> participants, IReadOnlyList<GeneratedZone> zones, int questionsPerZone, int seed,
        Func<GeneratedZone, int, string, Task<string>>? sign = null)
    {
        using var folder = new TemporaryFolder();
        var random = new Random(seed);
        var questions = new QuestionGenerator(random, asksForDnssec: sign is not null);
        var served = new List<ServedZone>();
        foreach (var (index, zone) in zones.Index())
        {
            var file = folder.Write($"{index}.zone", sign is null ? GeneratedZoneText.Write(zone, random) : GeneratedZoneText.WriteForSigner(zone));
            served.Add(new ServedZone(zone.Origin, sign is null ? file : await sign(zone, index, file)));
        }

        var asked = zones.SelectMany(zone => questions.Make(zone, questionsPerZone).Select(query => (Zone: zone, Query: query))).ToList();
        var apexes = zones.ToDictionary(zone => zone.Origin);
        var origins = apexes.Keys.ToHashSet();

        var servers = new List<(Participant Participant, RunningServer Server)>();
        try
        {
            foreach (var participant in participants)
            {
                servers.Add((participant, await participant.Start([.. served.Where((_, index) => participant.Loads(zones[index].Peculiarity))])));
            }

            var exchange = await TruncatingExchange.AskAsync([.. servers.Select(pair => pair.Server)], [.. asked.Select(pair => pair.Query)]);
            return new DifferentialResult(
                [.. asked.Select((pair, index) => new AskedQuestion(pair.Zone, pair.Query, origins, Normalize(pair.Query, index)) { IsSigned = sign is not null })],
                exchange.Faults);

            // Who does not have the zone of a name has nothing to say about it.
            Dictionary<string, NormalAnswer> Normalize(Query query, int index) => servers
                .Where(pair => Enclosing(query.Name).All(zone => pair.Participant.Loads(zone.Peculiarity)))
                .ToDictionary(
                    pair => pair.Participant.Name,
                    pair => NormalAnswer.Of(exchange.Answers[pair.Server.Name][index], apexes.ContainsKey),
                    StringComparer.Ordinal);

            IEnumerable<GeneratedZone> Enclosing(DomainName name)
            {
                for (; !name.IsRoot; name = name.Parent)
                {
                    if (apexes.TryGetValue(name, out var zone))
                    {
                        yield return zone;
                    }
                }
            }
        }
        catch (TimeoutException exception)
        {
            var logs = servers.Select(pair => $"{pair.Server.Name} at {pair.Server.Endpoint}:\n{pair.Server.Log}");
            throw new InvalidOperationException($"{exception.Message}\n{string.Join('\n', logs)}", exception);
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
