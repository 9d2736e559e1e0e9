// Records in the form that PowerDNS wants: one JSON object each, with what it has to know to answer and to prove.

using System.Text.Json;
using AltoDns.Protocol.Names;
using AltoDns.Protocol.Presentation;
using AltoDns.Protocol.Records;
using AltoDns.Protocol.Security;
using AltoDns.Zones.Serving;

namespace AltoDns.Server.PowerDns;

/// <summary>
/// Writes the records of one zone. PowerDNS searches for closest enclosers, wildcards, cuts and DNAMEs by itself: it looks names up literally,
/// <c>*</c> among them, takes a name without any record for one that does not exist, and expects for an empty non-terminal one record
/// without a type. <c>auth</c> is false for what is on the other side of a cut. It makes NSEC, NSEC3 and NSEC3PARAM records itself, from
/// the names before and after and from the types that a name has; the signatures are ours.
/// </summary>
internal readonly ref struct BackendRecords(ZoneSnapshot zone, int number, Utf8JsonWriter json)
{
    /// <summary>Writes what a name has of a type; ANY stands for all types but those that PowerDNS makes or asks for apart.</summary>
    /// <param name="name">In the zone.</param>
    public void WriteAt(LookupName name, RecordType type)
    {
        var node = zone.FindNode(name);
        if (node >= 0)
        {
            WriteNode(node, zone.NameOf(node).ToString(), set => type == RecordType.ANY ? IsAnswered(set) : set == type, type == RecordType.RRSIG, type == RecordType.ANY);
        }
        else if (type == RecordType.RRSIG && FindHashedOwner(name) is var link and >= 0)
        {
            WriteSignatures(zone.Nsec3!.RRsetOf(link), zone.Nsec3.OwnerOf(link, zone.Origin).ToString());
        }
    }

    /// <summary>Writes the whole zone as a transfer has it.</summary>
    /// <param name="maxOctets">The listing is given up where it would become longer.</param>
    public bool TryWriteAll(long maxOctets)
    {
        for (var node = 0; node < zone.NodeCount; node++)
        {
            WriteNode(node, zone.NameOf(node).ToString(), IsAnswered, withSignatures: true, withEmpty: true);
            if (json.BytesCommitted + json.BytesPending > maxOctets)
            {
                return false;
            }
        }

        for (var link = 0; link < (zone.Nsec3?.Count ?? 0); link++)
        {
            WriteSignatures(zone.Nsec3!.RRsetOf(link), zone.Nsec3.OwnerOf(link, zone.Origin).ToString());
        }

        return json.BytesCommitted + json.BytesPending <= maxOctets;
    }

    private static bool IsAnswered(RecordType type) => type is not (RecordType.NSEC or RecordType.NSEC3PARAM);

    private void WriteNode(int node, string owner, Func<RecordType, bool> isWanted, bool withSignatures, bool withEmpty)
    {
        var flags = zone.Node(node).Flags;
        var isOccluded = (flags & NodeFlags.Occluded) != 0;
        if (isOccluded && (zone.Node(zone.FindOccluder(node)).Flags & NodeFlags.Cut) == 0)
        {
            // RFC 6672 §2.4: what stands below a DNAME is never answered; PowerDNS would.
            return;
        }

        var rrsets = zone.RRsetsOf(node);
        if (rrsets.IsEmpty && withEmpty && !isOccluded)
        {
            WriteRow("", owner, "", 0, IsListed(node));
        }

        var first = zone.FirstRRset(node);
        for (var i = 0; i < rrsets.Length; i++)
        {
            var type = rrsets[i].Type;
            if (isWanted(type) && !(isOccluded && type == RecordType.DNAME))
            {
                var isOurs = !isOccluded && ((flags & NodeFlags.Cut) == 0 || type is RecordType.DS or RecordType.NSEC);
                WriteData(type, owner, rrsets[i].TimeToLive, zone.DataOf(rrsets[i]), isOurs);
            }

            if (withSignatures)
            {
                WriteSignatures(first + i, owner);
            }
        }
    }

    // RFC 5155 §6: with opt-out the chain may leave out what is there only because of unsigned delegations, and then it proves nothing.
    private bool IsListed(int node)
    {
        if (zone.Nsec3 is not { IsAffordable: true } chain)
        {
            return true;
        }

        Span<byte> name = stackalloc byte[DomainName.MaxLength];
        Span<byte> hash = stackalloc byte[Nsec3Hash.Length];
        Nsec3Hash.Compute(name[..zone.WriteName(node, name)], chain.Parameters, hash);
        _ = chain.Find(hash, out var isExact);
        return isExact;
    }

    private int FindHashedOwner(LookupName name)
    {
        if (zone.Nsec3 is { } chain
            && name.Depth == zone.OriginDepth + 1
            && Base32Hex.TryDecode(name.Label(name.Depth)[1..], out var hash)
            && hash.Length == Nsec3Hash.Length)
        {
            var link = chain.Find(hash, out var isExact);
            return isExact ? link : -1;
        }

        return -1;
    }

    private void WriteSignatures(int rrset, string owner) =>
        WriteData(RecordType.RRSIG, owner, zone.RRset(rrset).TimeToLive, zone.SignaturesOf(rrset), isOurs: true);

    private void WriteData(RecordType type, string owner, uint timeToLive, ReadOnlySpan<byte> data, bool isOurs)
    {
        foreach (var wire in new RRsetDataEnumerator(data))
        {
            var (name, content) = PowerDnsText.Of(type, wire);
            WriteRow(name, owner, content, timeToLive, isOurs);
        }
    }

    private void WriteRow(string type, string owner, string content, uint timeToLive, bool isOurs)
    {
        json.WriteStartObject();
        json.WriteString("qtype"u8, type);
        json.WriteString("qname"u8, owner);
        json.WriteString("content"u8, content);
        json.WriteNumber("ttl"u8, timeToLive);
        json.WriteNumber("domain_id"u8, number);
        json.WriteNumber("auth"u8, isOurs ? 1 : 0);
        json.WriteEndObject();
    }
}
