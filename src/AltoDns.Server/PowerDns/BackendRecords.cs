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
    /// <summary>Writes what a name has of a type; ANY, which PowerDNS asks for even where it wants one type, stands for all but those that it makes.</summary>
    /// <param name="name">In the zone.</param>
    public void WriteAt(LookupName name, RecordType type)
    {
        var node = zone.FindNode(name);
        var withSignatures = type is RecordType.RRSIG or RecordType.ANY;
        if (node >= 0)
        {
            WriteNode(node, type, withSignatures, isListing: false);
        }
        else if (withSignatures && FindHashedOwner(name) is var link and >= 0)
        {
            WriteSignatures(zone.Nsec3!.RRsetOf(link), zone.Nsec3.OwnerOf(link, zone.Origin).ToString());
        }
    }

    /// <summary>Writes the whole zone as a transfer has it.</summary>
    /// <param name="maxOctets">The listing is given up where it would become longer.</param>
    public bool TryWriteAll(long maxOctets)
    {
        foreach (var node in zone.InOrder)
        {
            WriteNode(node, RecordType.ANY, withSignatures: true, isListing: true);
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

    private void WriteNode(int node, RecordType wanted, bool withSignatures, bool isListing)
    {
        var flags = zone.Node(node).Flags;
        var isOccluded = (flags & NodeFlags.Occluded) != 0;
        if (isOccluded && (zone.Node(zone.FindOccluder(node)).Flags & NodeFlags.Cut) == 0)
        {
            // RFC 6672 §2.4: what stands below a DNAME is never answered; PowerDNS would.
            return;
        }

        var owner = zone.NameOf(node).ToString();
        var rrsets = zone.RRsetsOf(node);
        if (rrsets.IsEmpty && wanted == RecordType.ANY && !isOccluded)
        {
            WriteRow("", owner, "", 0, IsListed(node));
        }

        var first = zone.FirstRRset(node);
        for (var i = 0; i < rrsets.Length; i++)
        {
            var type = rrsets[i].Type;
            if ((wanted == RecordType.ANY ? IsAnswered(type) : wanted == type) && (!isOccluded || IsSeen(type, isListing)))
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

    private static bool IsAnswered(RecordType type) => type is not (RecordType.NSEC or RecordType.NSEC3PARAM);

    // Below a cut there may be glue; an NS RRset there PowerDNS would take for a nearer cut. A transfer has what the zone has.
    private static bool IsSeen(RecordType occluded, bool isListing) =>
        occluded is RecordType.A or RecordType.AAAA || (isListing && occluded != RecordType.DNAME);

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
