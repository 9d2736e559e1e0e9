// A made-up zone: its records as data for making questions, and its text for servers to load.

using AltoDns.Protocol.Names;
using AltoDns.Protocol.Records;

namespace AltoDns.Interop.Tests.Differential;

/// <summary>What a zone has that some servers refuse to load.</summary>
public enum ZonePeculiarity
{
    /// <summary>Every server loads it.</summary>
    None,

    /// <summary>Every server loads it; it has no DNAME.</summary>
    NoDname,

    /// <summary>An NS RRset at a wildcard (RFC 4592 §4.2 leaves its meaning open). BIND refuses it.</summary>
    WildcardNameServers,

    /// <summary>Names below a DNAME (RFC 6672 §2.4 forbids them). NSD and Knot refuse it.</summary>
    OccludedByDname,
}

/// <summary>One record in presentation form.</summary>
/// <param name="TimeToLive">Seconds; the same in the whole RRset (RFC 2181 §5.2).</param>
/// <param name="Data">The data, all names absolute.</param>
public sealed record GeneratedRecord(DomainName Owner, uint TimeToLive, RecordType Type, string Data);

/// <param name="Origin">The apex.</param>
/// <param name="Records">The SOA first; owners in any case and order.</param>
public sealed record GeneratedZone(DomainName Origin, IReadOnlyList<GeneratedRecord> Records, ZonePeculiarity Peculiarity)
{
    /// <summary>Whether no name needs an escape.</summary>
    public bool HasPlainNames { get; init; }
}
