// The names before and after another one in a zone's chain of denial, from which PowerDNS makes NSEC and NSEC3 records.

using System.Text.Json;
using AltoDns.Protocol.Messages;
using AltoDns.Protocol.Names;
using AltoDns.Protocol.Presentation;
using AltoDns.Protocol.Records;
using AltoDns.Protocol.Security;
using AltoDns.Zones.Serving;

namespace AltoDns.Server.PowerDns;

/// <summary>The next name is read from the signed record itself: what PowerDNS makes has to be what was signed.</summary>
internal static class BackendNeighbours
{
    /// <summary>Writes the neighbours of a name.</summary>
    /// <param name="name">Relative to the zone; for a zone with NSEC3 the base32hex text of a hash.</param>
    /// <returns>False, with nothing written, where the zone has no chain or the name is none of it.</returns>
    public static bool TryWrite(ZoneSnapshot zone, DomainName name, LookupName scratch, Utf8JsonWriter json) =>
        zone.Nsec3 is { } chain ? TryWriteHashes(zone, chain, name, json) : TryWriteNames(zone, name, scratch, json);

    private static bool TryWriteHashes(ZoneSnapshot zone, Nsec3Chain chain, DomainName name, Utf8JsonWriter json)
    {
        if (!chain.IsAffordable || name.LabelCount != 1 || !Base32Hex.TryDecode(name.FirstLabel, out var hash) || hash.Length != Nsec3Hash.Length)
        {
            return false;
        }

        var link = chain.Find(hash, out _);
        if (link < 0 || DataOf(zone, chain.RRsetOf(link)) is not Nsec3Data record)
        {
            return false;
        }

        var node = HashedNodes.NodeOf(zone, link);
        Write(json, Base32Hex.Encode(chain.HashOf(link)), Base32Hex.Encode(record.NextHash.Span), node < 0 ? "" : zone.NameOf(node).ToString());
        return true;
    }

    private static bool TryWriteNames(ZoneSnapshot zone, DomainName name, LookupName scratch, Utf8JsonWriter json)
    {
        if (!TryAppend(name, zone.Origin, out var whole))
        {
            return false;
        }

        scratch.Set(whole.Wire);
        var deepest = zone.FindDeepest(scratch);
        var link = zone.Node(deepest).Depth == scratch.Depth
            ? NsecLookup.Find(zone, deepest)
            : NsecLookup.FindCovering(zone, deepest, scratch.Label(zone.Node(deepest).Depth + 1));
        if (link.RRset < 0 || DataOf(zone, link.RRset) is not NsecData record || !record.NextName.IsSubdomainOf(zone.Origin))
        {
            return false;
        }

        var before = zone.NameOf(link.Node);
        Write(json, Relative(before, zone.Origin), Relative(record.NextName.ToLower(), zone.Origin), before.ToString());
        return true;
    }

    private static void Write(Utf8JsonWriter json, string before, string after, string unhashed)
    {
        json.WriteStartObject();
        json.WriteString("before"u8, before);
        json.WriteString("after"u8, after);
        json.WriteString("unhashed"u8, unhashed);
        json.WriteEndObject();
    }

    private static RecordData? DataOf(ZoneSnapshot zone, int rrset)
    {
        ref readonly var set = ref zone.RRset(rrset);
        var data = new RRsetDataEnumerator(zone.DataOf(set));
        _ = data.MoveNext();
        var reader = new WireReader(data.Current);
        return RecordTypes.TryReadData(set.Type, ref reader, out var record) ? record : null;
    }

    private static bool TryAppend(DomainName name, DomainName origin, out DomainName whole)
    {
        whole = default;
        return name.Length - 1 + origin.Length <= DomainName.MaxLength && DomainName.TryFromWire([.. name.Wire[..^1], .. origin.Wire], out whole);
    }

    // PowerDNS puts the zone's name behind; the apex is the empty name.
    private static string Relative(DomainName name, DomainName origin) =>
        name.Length == origin.Length || !DomainName.TryFromWire([.. name.Wire[..^origin.Length], 0], out var relative) ? "" : relative.ToString();
}
