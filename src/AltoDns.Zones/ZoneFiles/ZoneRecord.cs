// A record as a zone file or a compiler gives it, with the place it came from.

using AltoDns.Protocol.Names;
using AltoDns.Protocol.Records;
using AltoDns.Zones.Configuration;

namespace AltoDns.Zones.ZoneFiles;

/// <summary>One record of class IN.</summary>
/// <param name="TimeToLive">Seconds, 0 to 2^31 - 1 (RFC 2181 §8).</param>
public readonly record struct ZoneRecord(DomainName Owner, uint TimeToLive, RecordData Data, SourcePosition Position);
