// A question of a workload and what the zones hold for it, from which each server's query and answer are made.

using AltoDns.Protocol.Messages;
using AltoDns.Protocol.Names;
using AltoDns.Protocol.Records;

namespace AltoDns.Benchmarks.Traffic;

/// <param name="ResponseCode">That of the answer.</param>
/// <param name="Value">The one record of the answer: an ALTO server's URI for NAPTR, a target for PTR; null where there is none.</param>
internal readonly record struct Asked(DomainName Name, RecordType Type, ResponseCode ResponseCode, string? Value = null)
{
    /// <summary>Whether signatures and proofs are asked for, too.</summary>
    public bool DnssecOk { get; init; }

    /// <summary>RDATA of the signature that comes with <see cref="Value"/>; null where none is wanted.</summary>
    public byte[]? Signature { get; init; }

    /// <summary>How many records the authority section has at least.</summary>
    public int Authority { get; init; }
}
