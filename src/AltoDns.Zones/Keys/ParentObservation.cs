// What the parent zone was seen to say about a zone's keys.

using AltoDns.Protocol.Records;

namespace AltoDns.Zones.Keys;

/// <summary>The DS RRset as the parent's servers answered at one moment. Only whole observations are made: a server that is silent makes none.</summary>
/// <param name="OnEvery">Records that every server asked has.</param>
/// <param name="OnAny">Records that at least one has.</param>
/// <param name="TimeToLive">The greatest TTL seen; zero where no server has any record.</param>
public sealed record ParentObservation(DateTimeOffset At, IReadOnlyList<DsData> OnEvery, IReadOnlyList<DsData> OnAny, TimeSpan TimeToLive);
