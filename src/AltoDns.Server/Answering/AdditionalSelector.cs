// Picks addresses that save the client a further question: glue of referrals, hosts that records name.

using AltoDns.Protocol.Names;
using AltoDns.Protocol.Records;
using AltoDns.Zones.Serving;

namespace AltoDns.Server.Answering;

/// <summary>Not safe for several threads; each worker has its own.</summary>
internal sealed class AdditionalSelector
{
    private readonly LookupName _host = new();

    /// <summary>Adds the addresses of the hosts that an RRset names, where its type asks for that (RFC 1035 §3.3, RFC 2782, RFC 3403 §4.3, RFC 9460 §4.1).</summary>
    public void Select(ZoneSnapshot zone, int rrset, AnswerPlan plan)
    {
        var type = zone.RRset(rrset).Type;
        if (type is not (RecordType.NS or RecordType.MX or RecordType.SRV or RecordType.NAPTR or RecordType.SVCB or RecordType.HTTPS))
        {
            return;
        }

        foreach (var data in new RRsetDataEnumerator(zone.DataOf(zone.RRset(rrset))))
        {
            var host = HostOf(type, data);
            if (!host.IsEmpty)
            {
                AddHost(zone, host, plan, type, type == RecordType.NAPTR && IsFlag(data, 's'));
            }
        }
    }

    /// <summary>Adds the addresses of a cut's name servers; those below the cut are required (RFC 9471 §3.1).</summary>
    public void SelectGlue(ZoneSnapshot zone, int cut, int ns, AnswerPlan plan)
    {
        var depth = zone.Node(cut).Depth;
        Span<byte> cutName = stackalloc byte[DomainName.MaxLength];
        cutName = cutName[..zone.WriteName(cut, cutName)];

        // Required glue first, so that sibling glue does not crowd it out.
        for (var required = true; ; required = false)
        {
            foreach (var host in new RRsetDataEnumerator(zone.DataOf(zone.RRset(ns))))
            {
                _host.Set(host);
                var isBelowCut = _host.Depth >= depth && _host.Suffix(depth).SequenceEqual(cutName);
                if (isBelowCut == required)
                {
                    AddAddresses(zone, plan, required, allowsGlue: true);
                }
            }

            if (!required)
            {
                return;
            }
        }
    }

    private void AddHost(ZoneSnapshot zone, ReadOnlySpan<byte> host, AnswerPlan plan, RecordType type, bool isService)
    {
        _host.Set(host);
        if (!isService)
        {
            AddAddresses(zone, plan, required: false, allowsGlue: type == RecordType.NS);
            return;
        }

        // RFC 3403 §4.3: a terminal "s" leads to SRV records.
        var node = FindInZone(zone, allowsGlue: false);
        var srv = node < 0 ? -1 : zone.FindRRset(node, RecordType.SRV);
        if (srv >= 0)
        {
            AddOnce(zone, node, srv, plan, required: false);
            Select(zone, srv, plan);
        }
    }

    private void AddAddresses(ZoneSnapshot zone, AnswerPlan plan, bool required, bool allowsGlue)
    {
        var node = FindInZone(zone, allowsGlue);
        if (node < 0)
        {
            return;
        }

        AddOnce(zone, node, zone.FindRRset(node, RecordType.A), plan, required);
        AddOnce(zone, node, zone.FindRRset(node, RecordType.AAAA), plan, required);
    }

    private static void AddOnce(ZoneSnapshot zone, int node, int rrset, AnswerPlan plan, bool required)
    {
        if (rrset >= 0 && !plan.Contains(zone, rrset))
        {
            plan.Add(Section.Additional, zone, node, rrset, required);
        }
    }

    private int FindInZone(ZoneSnapshot zone, bool allowsGlue)
    {
        if (_host.Depth < zone.OriginDepth || !_host.Suffix(zone.OriginDepth).SequenceEqual(zone.Origin.Wire))
        {
            return -1;
        }

        var node = zone.FindNode(_host);
        return node < 0 || IsUsable(zone, node, allowsGlue) ? node : -1;
    }

    // RFC 2181 §5.4.1: glue is for name servers alone; what stands below a DNAME is of no use to anyone (RFC 6672 §2.4).
    private static bool IsUsable(ZoneSnapshot zone, int node, bool allowsGlue)
    {
        var occluder = zone.FindOccluder(node);
        var isGlue = (zone.Node(occluder).Flags & NodeFlags.Cut) != 0;
        return isGlue ? allowsGlue : occluder == node;
    }

    /// <summary>The host that a record names, empty where it names none.</summary>
    private static ReadOnlySpan<byte> HostOf(RecordType type, ReadOnlySpan<byte> data) => type switch
    {
        RecordType.NS => data,
        RecordType.MX => data[sizeof(ushort)..],
        RecordType.SRV => data[(3 * sizeof(ushort))..],
        RecordType.SVCB or RecordType.HTTPS => TargetOfService(data),
        RecordType.NAPTR when IsFlag(data, 's') || IsFlag(data, 'a') => ReplacementOf(data),
        _ => default,
    };

    // RFC 9460 §2.5: "." as the target stands for the owner, whose addresses the client asks for itself.
    private static ReadOnlySpan<byte> TargetOfService(ReadOnlySpan<byte> data)
    {
        var target = data[sizeof(ushort)..];
        return target[0] == 0 ? default : target[..WireName.Measure(target)];
    }

    // RFC 3403 §4.1: order, preference, flags, services, regexp, replacement.
    private static bool IsFlag(ReadOnlySpan<byte> naptr, char flag) =>
        naptr[4] == 1 && (naptr[5] | 0x20) == flag;

    private static ReadOnlySpan<byte> ReplacementOf(ReadOnlySpan<byte> naptr)
    {
        var position = 4;
        for (var strings = 0; strings < 3; strings++)
        {
            position += naptr[position] + 1;
        }

        return naptr[position] == 0 ? default : naptr[position..];
    }
}
