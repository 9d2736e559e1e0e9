// The RRsets of a response's section with the signatures beside them.

using AltoDns.Protocol.Messages;
using AltoDns.Protocol.Names;
using AltoDns.Protocol.Records;

namespace AltoDns.Discovery.Validating;

/// <param name="Records">At least one.</param>
/// <param name="Signatures">RRSIG data at the owner that cover the type; possibly none.</param>
internal sealed record SignedSet(DomainName Owner, RecordType Type, IReadOnlyList<ResourceRecord> Records, IReadOnlyList<RrsigData> Signatures)
{
    /// <summary>Who signed it, by its own account; null where nobody did who could have.</summary>
    public DomainName? Signer => Signatures.FirstOrDefault(signature => Owner.IsSubdomainOf(signature.Signer))?.Signer;
}

internal static class ResponseSets
{
    // Proofs take one to three RRsets and an SOA record; a section with more is not read to its end.
    private const int MaxSets = 32;

    /// <summary>All RRsets but RRSIG ones, in the order of their first records.</summary>
    public static IReadOnlyList<SignedSet> Of(IReadOnlyList<ResourceRecord> section)
    {
        var signatures = section.Where(record => record.Data is RrsigData).ToList();
        return
        [
            .. section
                .Where(record => record.Data is not RrsigData)
                .GroupBy(record => (record.Owner, record.Type))
                .Take(MaxSets)
                .Select(group => new SignedSet(
                    group.Key.Owner,
                    group.Key.Type,
                    [.. group],
                    [.. signatures.Where(record => record.Owner == group.Key.Owner).Select(record => (RrsigData)record.Data).Where(data => data.TypeCovered == group.Key.Type)])),
        ];
    }
}
