// Hands parts of a zone to other operators: cuts with NS, DS and glue, and the aliases of RFC 2317.

using AltoDns.Protocol.Names;
using AltoDns.Protocol.Records;
using AltoDns.Zones.Configuration;
using AltoDns.Zones.Serving;

namespace AltoDns.Zones.Compilation;

internal static class DelegationCompiler
{
    /// <summary>Adds one delegation's records to a zone that it lies in.</summary>
    public static void Add(ZoneBuilder builder, ReverseZone zone, DelegationDocument delegation, uint timeToLive, ProblemList problems)
    {
        if (!ReverseZone.IsClasslessLength(delegation.Prefix))
        {
            foreach (var part in PrefixExpander.ToLabelBoundary(delegation.Prefix))
            {
                AddCut(builder, ReverseName.FromPrefix(part), delegation, timeToLive, problems);
            }

            return;
        }

        var child = ReverseZone.Covering(delegation.Prefix).Single();
        AddCut(builder, child.Origin, delegation, timeToLive, problems);
        foreach (var address in PrefixExpander.Split(delegation.Prefix, 32))
        {
            AddAlias(builder, zone.NameOf(address), child.NameOf(address), delegation, timeToLive, problems);
        }
    }

    private static void AddCut(ZoneBuilder builder, DomainName cut, DelegationDocument delegation, uint timeToLive, ProblemList problems)
    {
        var node = builder.AddName(cut);

        // The policy says who serves the child; what the base zone says of it gives way.
        if (builder.HasRecord(node, RecordType.CNAME) || builder.HasRecord(node, RecordType.DNAME))
        {
            problems.Warn(
                delegation.Position,
                $"The delegation of {delegation.Prefix} takes the place of the alias that the base zone has at {cut}.",
                "Remove the alias from the base zone, or the delegation.");
        }

        builder.RemoveRecords(node, (type, _) => type is RecordType.NS or RecordType.DS or RecordType.CNAME or RecordType.DNAME);
        foreach (var nameserver in delegation.Nameservers)
        {
            builder.AddRecord(node, timeToLive, new NsData(nameserver.Value));
        }

        foreach (var ds in delegation.Ds)
        {
            builder.AddRecord(node, timeToLive, ds);
        }

        // RFC 9471: glue only where the name server is found below the cut.
        foreach (var glue in delegation.Glue.Where(glue => glue.Nameserver.IsSubdomainOf(cut)))
        {
            var bits = glue.Address.Bits;
            builder.AddRecord(
                builder.AddName(glue.Nameserver), timeToLive, glue.Address.IsIPv6 ? new AaaaData(bits) : new AData((uint)(bits >> 96)));
        }
    }

    // RFC 2317 §4: each address becomes an alias into the child's zone.
    private static void AddAlias(
        ZoneBuilder builder, DomainName owner, DomainName target, DelegationDocument delegation, uint timeToLive, ProblemList problems)
    {
        var node = builder.AddName(owner);
        var dropped = new SortedSet<string>(StringComparer.Ordinal);
        builder.RemoveRecords(node, (type, _) =>
        {
            dropped.Add(type.Mnemonic());
            return true;
        });
        if (dropped.Count > 0)
        {
            problems.Warn(
                delegation.Position,
                $"The delegation of {delegation.Prefix} makes {owner} an alias (RFC 2317), so its {string.Join(", ", dropped)} of the base zone is not served.",
                $"Move it to {target} in the customer's zone.");
        }

        builder.AddRecord(node, timeToLive, new CnameData(target));
    }
}
