// Where two versions of a policy differ, when they differ in nothing but their assignments and what their servers publish.

using AltoDns.Protocol.Names;
using AltoDns.Protocol.Records;
using AltoDns.Zones.Configuration;
using AltoDns.Zones.Serving;

namespace AltoDns.Zones.Compilation;

/// <summary>What publishing a server puts at each of its names.</summary>
/// <param name="RRsets">In ascending order of type.</param>
internal sealed record ServerContent(IReadOnlyList<(RecordType Type, byte[] Run)> RRsets)
{
    public static ServerContent Of(AltoServerDocument server) => new(
        [.. DiscoveryRecords.Of(server).GroupBy(record => record.RecordType).OrderBy(group => group.Key).Select(group => (group.Key, RRsetContent.Run(group)))]);

    public bool HasSameRecords(ServerContent other) => RRsets.Count == other.RRsets.Count
        && RRsets.Zip(other.RRsets).All(pair => pair.First.Type == pair.Second.Type && pair.First.Run.AsSpan().SequenceEqual(pair.Second.Run));
}

internal static class PolicyDifference
{
    /// <summary>Whether all else is equal, so that the zones differ at most at the names of the changed assignments.</summary>
    public static bool IsOfAssignmentsOnly(PolicyDocument before, PolicyDocument after) =>
        before.File == after.File
        && before.Zones.Select(zone => zone.Value).SequenceEqual(after.Zones.Select(zone => zone.Value))
        && before.ForwardZones.Select(zone => zone.Value).SequenceEqual(after.ForwardZones.Select(zone => zone.Value))
        && before.Publish == after.Publish
        && before.TimeToLive == after.TimeToLive
        && before.Soa == after.Soa
        && before.Nameservers.Select(name => name.Value).SequenceEqual(after.Nameservers.Select(name => name.Value))
        && before.Bases.Select(SourceOf).SequenceEqual(after.Bases.Select(SourceOf))
        && before.Delegations.Count == after.Delegations.Count
        && before.Delegations.Zip(after.Delegations).All(pair => IsEqual(pair.First, pair.Second))
        && before.Nats.Count + after.Nats.Count == 0
        && (before.ForwardZones.Count == 0 || HaveSameHosts(before.Servers, after.Servers));

    /// <summary>The prefixes whose assignment was added, removed, or has a server with other records, in order.</summary>
    public static List<IPPrefix> ChangedPrefixes(CompiledPolicy before, AssignmentTable after, IReadOnlyList<AltoServerDocument> servers)
    {
        var changed = new List<IPPrefix>();
        var isSame = CompareServers(before.Document.Servers, servers);
        var rank = 0;
        foreach (var (prefix, server) in before.Assignments.Read())
        {
            while (rank < after.Count && after[rank].Prefix < prefix)
            {
                changed.Add(after[rank++].Prefix);
            }

            if (rank == after.Count || after[rank].Prefix != prefix)
            {
                changed.Add(prefix);
            }
            else if (!isSame(server, after[rank++].Server))
            {
                changed.Add(prefix);
            }
        }

        for (; rank < after.Count; rank++)
        {
            changed.Add(after[rank].Prefix);
        }

        return changed;
    }

    private static Func<int, int, bool> CompareServers(IReadOnlyList<AltoServerDocument> before, IReadOnlyList<AltoServerDocument> after)
    {
        ServerContent[] left = [.. before.Select(ServerContent.Of)];
        ServerContent[] right = [.. after.Select(ServerContent.Of)];
        var known = new Dictionary<(int, int), bool>();
        return (leftIndex, rightIndex) =>
        {
            if (!known.TryGetValue((leftIndex, rightIndex), out var isSame))
            {
                known[(leftIndex, rightIndex)] = isSame = left[leftIndex].HasSameRecords(right[rightIndex]);
            }

            return isSame;
        };
    }

    // Which primary a base comes from makes no difference to its records.
    private static (string Path, DomainName? Origin, bool IsTransferred) SourceOf(BaseZoneDocument document) =>
        (document.Path, document.Origin, document.Transfer is not null);

    private static bool IsEqual(DelegationDocument left, DelegationDocument right) =>
        left.Prefix == right.Prefix
        && left.Nameservers.Select(name => name.Value).SequenceEqual(right.Nameservers.Select(name => name.Value))
        && left.Glue.SequenceEqual(right.Glue)
        && left.Ds.SequenceEqual(right.Ds);

    // What a forward zone has of the servers, and the places that its problems name.
    private static bool HaveSameHosts(IReadOnlyList<AltoServerDocument> left, IReadOnlyList<AltoServerDocument> right) =>
        left.Count == right.Count && left.Zip(right).All(pair =>
            pair.First.Uris.SequenceEqual(pair.Second.Uris)
            && pair.First.Certificates.Count == pair.Second.Certificates.Count
            && pair.First.Certificates.Zip(pair.Second.Certificates).All(certificates =>
                certificates.First.Position == certificates.Second.Position
                && certificates.First.SubjectPublicKeyInfo.AsSpan().SequenceEqual(certificates.Second.SubjectPublicKeyInfo)));
}
