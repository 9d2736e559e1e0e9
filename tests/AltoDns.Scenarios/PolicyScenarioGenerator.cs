// Random policies in a corner of the address space so small that prefixes, cuts, aliases and addresses meet often.

using AltoDns.Protocol.Names;
using FsCheck;
using FsCheck.Fluent;

namespace AltoDns.Scenarios;

public static class PolicyScenarioGenerator
{
    private static readonly IPPrefix IPv4Zone = IPPrefix.Parse("198.18.0.0/15").Truncate(8);
    private static readonly IPPrefix IPv6Zone = IPPrefix.Parse("2001:db8::/32");

    public static Arbitrary<PolicyScenario> Scenarios() => Arb.From(
        from isIPv6 in Gen.Elements(false, true)
        from assignments in Prefixes(isIPv6, isIPv6 ? 20 : 4).ListOf()
        from servers in Gen.Choose(0, PolicyScenario.Servers - 1).ListOf(assignments.Count)
        from delegations in Prefixes(isIPv6, isIPv6 ? 36 : 12).ListOf()
        from names in Prefixes(isIPv6, isIPv6 ? 36 : 12).ListOf()
        from kinds in Gen.Frequency(
            (6, Gen.Constant(BaseKind.Ptr)),
            (1, Gen.Constant(BaseKind.Cname)),
            (1, Gen.Constant(BaseKind.Dname)),
            (1, Gen.Constant(BaseKind.Cut)),
            (1, Gen.Constant(BaseKind.WildcardPtr))).ListOf(names.Count)
        from addresses in Prefixes(isIPv6, isIPv6 ? 128 : 32).ListOf(30)
        select Build(isIPv6 ? IPv6Zone : IPv4Zone, assignments, servers, delegations, names, kinds, addresses));

    private static PolicyScenario Build(
        IPPrefix zone,
        IList<IPPrefix> assignments,
        IList<int> servers,
        IList<IPPrefix> delegations,
        IList<IPPrefix> names,
        IList<BaseKind> kinds,
        IList<IPPrefix> addresses)
    {
        var separate = new List<IPPrefix>();
        foreach (var delegation in delegations)
        {
            if (separate.Count < 3 && !separate.Any(other => other.Contains(delegation) || delegation.Contains(other)))
            {
                separate.Add(delegation);
            }
        }

        var entries = names
            .Zip(kinds, (name, kind) => new BaseEntry(OnBoundary(name), kind))
            .Where(entry => entry.Kind != BaseKind.WildcardPtr || !entry.Name.IsSingleAddress)
            .Where(entry => entry.Kind == BaseKind.Ptr || entry.Name.Length > zone.Length)
            .DistinctBy(entry => entry.Name)
            .ToList();

        // What is asked about: the generated addresses, and the edges of all that was configured.
        var edges = assignments.Concat(separate).Concat(entries.Select(entry => entry.Name)).SelectMany(Edges);
        return new PolicyScenario(
            zone,
            [.. assignments.Zip(servers).DistinctBy(entry => entry.First)],
            separate,
            entries,
            [.. addresses.Concat(edges).Where(zone.Contains).Distinct()]);
    }

    // Bits are set in few places, so that prefixes nest and touch.
    private static Gen<IPPrefix> Prefixes(bool isIPv6, int minLength) =>
        from length in Gen.Choose(minLength, isIPv6 ? 128 : 32)
        from low in Gen.Choose(0, 255)
        from shift in isIPv6 ? Gen.Elements(0, 4, 30, 61, 64, 80) : Gen.Elements(0, 3, 7, 8, 12)
        select IPPrefix.Create(
            (isIPv6 ? IPv6Zone.Bits : IPv4Zone.Bits) | ((UInt128)(uint)low << shift) << (isIPv6 ? 0 : 96), length, isIPv6);

    private static IPPrefix OnBoundary(IPPrefix prefix) => prefix.Truncate(prefix.Length / ReverseName.BitsPerLabel(prefix.IsIPv6) * ReverseName.BitsPerLabel(prefix.IsIPv6));

    private static IEnumerable<IPPrefix> Edges(IPPrefix prefix)
    {
        var full = prefix.AddressLength;
        var size = UInt128.One << (128 - prefix.Length);
        var unit = UInt128.One << (128 - full);
        yield return IPPrefix.Create(prefix.Bits, full, prefix.IsIPv6);
        yield return IPPrefix.Create(prefix.Bits + size - unit, full, prefix.IsIPv6);
        yield return IPPrefix.Create(prefix.Bits + size, full, prefix.IsIPv6);
        yield return IPPrefix.Create(prefix.Bits - unit, full, prefix.IsIPv6);
    }
}
