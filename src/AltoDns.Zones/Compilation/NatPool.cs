// The addresses of a NAT within a zone, divided until one set of rules holds for all addresses of a part.

using System.Globalization;
using System.Text;
using AltoDns.Protocol.Names;
using AltoDns.Zones.Configuration;

namespace AltoDns.Zones.Compilation;

/// <summary>Addresses with the same default and the same rules.</summary>
/// <param name="Default">The assignment that holds for IDs and ports that match nothing; -1 for none.</param>
/// <param name="Ports">Ports and their server, without overlap, in ascending order.</param>
internal sealed record NatPool(IPPrefix Prefix, int Default, IReadOnlyList<NatPorts> Ports)
{
    /// <summary>The parts of a NAT's addresses.</summary>
    /// <param name="addresses">The NAT's prefix, or the part of it that is in a zone.</param>
    /// <param name="customers">What the customers of a MAP-E domain are assigned; not looked at where there is none.</param>
    public static IEnumerable<NatPool> Divide(NatDocument nat, IPPrefix addresses, AssignmentTable assignments, AssignmentTable customers)
    {
        if (assignments.DividesInside(addresses)
            || (nat.Map is { } map && !addresses.IsSingleAddress && customers.DividesInside(map.Rule.CustomersOf(addresses))))
        {
            return PrefixExpander.Split(addresses, addresses.Length + 1).SelectMany(half => Divide(nat, half, assignments, customers));
        }

        return [new NatPool(addresses, assignments.LongestCovering(addresses), NatPorts.Of(nat, addresses, customers))];
    }

    /// <summary>Where the names stand that all addresses of the part share, such as <c>_nat-0-26.100.51.198.in-addr.arpa.</c></summary>
    public DomainName SharedName(ReverseZone zone)
    {
        var step = ReverseName.BitsPerLabel(Prefix.IsIPv6);
        var above = zone.IsClassless ? zone.Prefix : Prefix.Truncate(Prefix.Length / step * step);
        var isWhole = !zone.IsClassless && above.Length == Prefix.Length;
        zone.NameOf(above).TryPrepend(isWhole ? "_nat"u8 : Encoding.ASCII.GetBytes(PartLabel(Prefix)), out var name);
        return name;
    }

    // The label that the first address has where the part ends, as RFC 2317 names parts with a hyphen.
    private static string PartLabel(IPPrefix prefix)
    {
        var step = ReverseName.BitsPerLabel(prefix.IsIPv6);
        var end = (prefix.Length + step - 1) / step * step;
        var value = (int)(byte)(prefix.Bits >> (128 - end)) & ((1 << step) - 1);
        return prefix.IsIPv6
            ? string.Create(CultureInfo.InvariantCulture, $"_nat-{value:x}-{prefix.Length}")
            : string.Create(CultureInfo.InvariantCulture, $"_nat-{value}-{prefix.Length}");
    }
}

/// <summary>Ports and who guides the peers that have them.</summary>
/// <param name="Server">Index into <see cref="PolicyDocument.Servers"/>.</param>
internal readonly record struct NatPorts(PortRange Range, int Server)
{
    /// <summary>The ports of addresses that all have the same, neighbours with one server put together.</summary>
    public static IReadOnlyList<NatPorts> Of(NatDocument nat, IPPrefix addresses, AssignmentTable customers)
    {
        var ports = nat.Map is { } map
            ? OfCustomers(map.Rule, addresses, customers)
            : nat.Ports.Select(ports => new NatPorts(new PortRange(ports.First, ports.Last), ports.Server));
        var joined = new List<NatPorts>();
        foreach (var entry in ports.OrderBy(entry => entry.Range.First))
        {
            if (joined.Count > 0 && joined[^1] is var last && last.Server == entry.Server && last.Range.Last + 1 == entry.Range.First)
            {
                joined[^1] = last with { Range = new PortRange(last.Range.First, entry.Range.Last) };
            }
            else
            {
                joined.Add(entry);
            }
        }

        return joined;
    }

    private static List<NatPorts> OfCustomers(MapRule rule, IPPrefix addresses, AssignmentTable customers)
    {
        if (!addresses.IsSingleAddress || !customers.DividesInside(rule.CustomersOf(addresses)))
        {
            var assignment = customers.LongestCovering(rule.CustomersOf(addresses));
            return assignment < 0 ? [] : [new NatPorts(new PortRange((ushort)rule.FirstPort, ushort.MaxValue), customers.ServerOf(assignment))];
        }

        var ports = new List<NatPorts>();
        var start = 0;
        var server = ServerOf(0);
        for (var identifier = 1; identifier <= rule.PortSets; identifier++)
        {
            var next = identifier == rule.PortSets ? -2 : ServerOf(identifier);
            if (next == server)
            {
                continue;
            }

            if (server >= 0)
            {
                ports.AddRange(rule.PortsOf(start, identifier - 1).Select(range => new NatPorts(range, server)));
            }

            (start, server) = (identifier, next);
        }

        return ports;

        int ServerOf(int identifier)
        {
            var assignment = customers.LongestCovering(rule.CustomerOf(addresses, identifier));
            return assignment < 0 ? -1 : customers.ServerOf(assignment);
        }
    }
}
