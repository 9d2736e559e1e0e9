// Everything that metrics are told from, read once.

using System.Collections.Frozen;
using AltoDns.Server.Control;
using AltoDns.Server.Listening;
using AltoDns.Server.Observing;

namespace AltoDns.Web.Metrics;

/// <summary>A server at one moment. Its parts are read one after the other: what they count adds up once the server is at rest.</summary>
public sealed class ServerReading
{
    private readonly FrozenDictionary<string, FrozenDictionary<string, long>> _counters;

    /// <param name="answers">By transport, those of HTTPS as well.</param>
    /// <param name="counters">Of <see cref="ServerCounters"/> and whatever else counts.</param>
    public ServerReading(
        ServerStatus status,
        ServerCounters listening,
        IReadOnlyList<(string Transport, AnswerCounts Counts)> answers,
        IReadOnlyList<CounterGroup> counters,
        DateTimeOffset now,
        bool tellsZones)
    {
        Status = status;
        Listening = listening;
        Answers = answers;
        Now = now;
        TellsZones = tellsZones;
        _counters = counters.ToFrozenDictionary(
            group => group.Name, group => group.Counters.ToFrozenDictionary(counter => counter.Name, counter => counter.Value), StringComparer.Ordinal);
    }

    public ServerStatus Status { get; }

    public ServerCounters Listening { get; }

    public IReadOnlyList<(string Transport, AnswerCounts Counts)> Answers { get; }

    public DateTimeOffset Now { get; }

    /// <summary>Whether zones may be labels.</summary>
    public bool TellsZones { get; }

    /// <summary>A counter of a part of the server; null where that part is not at work.</summary>
    public long? Counter(string group, string name) => _counters.TryGetValue(group, out var counters) && counters.TryGetValue(name, out var value) ? value : null;

    /// <summary>Datagram counters by transport.</summary>
    public IEnumerable<(string Transport, UdpCounters Counters)> Datagrams =>
        Answers.Where(answer => answer.Transport is "udp" or "xdp").Select(answer => (answer.Transport, answer.Transport == "udp" ? Listening.Udp : Listening.Xdp));

    /// <summary>What was answered over streams, by transport.</summary>
    public IEnumerable<(string Transport, AnswerCounts Counts)> Streams => Answers.Where(answer => answer.Transport is not ("udp" or "xdp"));
}
