// A question of a workload and what the zones hold for it, from which each server's query and answer are made.

using AltoDns.Protocol.Messages;
using AltoDns.Protocol.Names;
using AltoDns.Protocol.Records;

namespace AltoDns.Benchmarks.Traffic;

/// <param name="ResponseCode">That of the answer.</param>
/// <param name="Value">The one record of the answer: an ALTO server's URI for NAPTR, a target for PTR; null where there is none.</param>
internal readonly record struct Asked(DomainName Name, RecordType Type, ResponseCode ResponseCode, string? Value = null);
