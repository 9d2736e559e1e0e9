// Puts the NATs of a policy into one zone: rules below the name of an address, or once for all addresses that have the same.
//
//   1.100.51.198              one address: the names of its rules stand below it
//   64 … 127.100.51.198       a pool: each address has a DNAME to _nat-64-26.100.51.198, and the names stand there (RFC 6672)

using AltoDns.Protocol.Names;
using AltoDns.Protocol.Records;
using AltoDns.Zones.Configuration;
using AltoDns.Zones.Serving;

namespace AltoDns.Zones.Compilation;

/// <summary>First adds the names of the addresses, so that they inherit as all do; then the names below them. Used once.</summary>
internal sealed class NatCompiler(
    ZoneBuilder builder, ReverseZone zone, PolicyDocument policy, Lazy<AssignmentTable> assignments, ProblemList problems)
{
    private readonly List<Part> _parts = [];
    private readonly HashSet<NatDocument> _hidden = [];
    private readonly HashSet<NatDocument> _withoutDefault = [];

    /// <summary>Adds the names of the addresses that are not hidden by a cut or an alias; before <see cref="Inheritance.Apply"/>.</summary>
    public void AddAddresses()
    {
        foreach (var nat in policy.Nats)
        {
            if (nat.Prefix.Contains(zone.Prefix) || zone.Prefix.Contains(nat.Prefix))
            {
                AddAddresses(nat, nat.Prefix.Contains(zone.Prefix) ? zone.Prefix : nat.Prefix);
            }
        }
    }

    /// <summary>Adds the names of the rules; after <see cref="Inheritance.Apply"/>.</summary>
    /// <param name="servers">For each server of the policy what <see cref="ZoneBuilder.DefineShared"/> returned.</param>
    public void Publish(IReadOnlyList<int> servers)
    {
        var tree = new NatTree(builder, servers, policy.TimeToLive, problems);
        var parents = ParentsAmongAddresses();
        foreach (var part in _parts)
        {
            var byDefault = HasDefault(part.Pool) ? servers[policy.Assignments[part.Pool.Default].Server] : 0;
            if (part.Pool.Prefix.IsSingleAddress)
            {
                tree.Write(part.Addresses[0], part.Nat, part.Pool.Ports, byDefault);
            }
            else
            {
                PublishPool(part, byDefault, tree, parents);
            }
        }
    }

    private void AddAddresses(NatDocument nat, IPPrefix addresses)
    {
        var customers = nat.Map?.Assignments is { } own ? new AssignmentTable(own) : assignments.Value;
        var cuts = 0;
        var pools = NatPool.Divide(nat, addresses, assignments.Value, customers).ToList();
        WarnOfMissingCustomers(nat, pools);
        foreach (var pool in pools)
        {
            // A name without records at or below it does not exist (RFC 8020 §2).
            if (nat.Peers.Count + nat.Regions.Count + pool.Ports.Count == 0 && !HasDefault(pool))
            {
                continue;
            }

            var nodes = new List<int>();
            foreach (var address in PrefixExpander.Split(pool.Prefix, pool.Prefix.AddressLength))
            {
                var name = zone.NameOf(address);
                if (!IsHidden(name, nat))
                {
                    nodes.Add(builder.AddName(name));
                }
            }

            if (nodes.Count > 0)
            {
                _parts.Add(new Part(nat, pool, nodes));
                cuts++;
                WarnOfMissingDefault(nat, pool);
            }
        }

        foreach (var region in nat.Regions.Where(region => region.Ds.Count > 0 && cuts > 1))
        {
            problems.Error(
                region.Position,
                $"One DS record cannot fit the {cuts} zones that the region '{region.Id}' becomes, because its digest covers the zone's name.",
                "Divide the NAT's prefix where the assignments divide it (RFC 4034 §5.1.4).");
        }
    }

    private void PublishPool(Part part, int byDefault, NatTree tree, HashSet<int> parents)
    {
        var target = part.Pool.SharedName(zone);
        tree.Write(builder.AddName(target), part.Nat, part.Pool.Ports, byDefault);
        var redirected = new Dictionary<int, int>();
        foreach (var address in part.Addresses)
        {
            // RFC 6672 §2.4: nothing may stand below a DNAME, so an address that has names there gets the rules in full.
            if (parents.Contains(address))
            {
                tree.Write(address, part.Nat, part.Pool.Ports, byDefault);
                continue;
            }

            var shared = builder.SharedOf(address);
            if (!redirected.TryGetValue(shared, out var withRedirection))
            {
                IEnumerable<RecordData> records = shared == 0 ? [] : builder.Shared[shared - 1].Records;
                redirected[shared] = withRedirection = builder.DefineShared([.. records, new DnameData(target)], policy.TimeToLive);
            }

            builder.Share(address, withRedirection);
        }
    }

    // The addresses that have names below them already, from the base zone.
    private HashSet<int> ParentsAmongAddresses()
    {
        var addresses = _parts.SelectMany(part => part.Addresses).ToHashSet();
        var parents = new HashSet<int>();
        for (var node = 1; addresses.Count > 0 && node < builder.NodeCount; node++)
        {
            if (addresses.Contains(builder.ParentOf(node)))
            {
                parents.Add(builder.ParentOf(node));
            }
        }

        return parents;
    }

    private bool IsHidden(DomainName address, NatDocument nat)
    {
        for (var name = address; name != builder.Origin; name = name.Parent)
        {
            var node = builder.FindName(name);
            if (node >= 0 && ReasonToHide(node, name == address) is { } reason)
            {
                if (_hidden.Add(nat))
                {
                    problems.Warn(
                        nat.Position,
                        $"The NAT {nat.Prefix} is hidden, wholly or in part, so its IDs and ports there never match: {name} {reason}.",
                        "Let the operator of that zone publish it, or remove the delegation or the alias.");
                }

                return true;
            }
        }

        return false;
    }

    private string? ReasonToHide(int node, bool isAddress) =>
        builder.HasRecord(node, RecordType.NS) ? "is delegated to other name servers"
        : builder.HasRecord(node, RecordType.DNAME) ? "is redirected by a DNAME"
        : isAddress && builder.HasRecord(node, RecordType.CNAME) ? "is an alias"
        : null;

    // RFC 8686 looks up no name below an address: in that mode there is what the rules say, and no default.
    private bool HasDefault(NatPool pool) => policy.Publish == PublishMode.EveryName && pool.Default >= 0;

    private void WarnOfMissingCustomers(NatDocument nat, List<NatPool> pools)
    {
        if (nat.Map is { } map && pools.TrueForAll(pool => pool.Ports.Count == 0))
        {
            problems.Warn(
                map.Position,
                $"No customer of the MAP-E rule {map.Rule.IPv6} has an ALTO server, so all ports of {nat.Prefix} have the server of their address.",
                "Assign the rule's IPv6 prefix or parts of it, here or under the policy's 'assignments'.");
        }
    }

    private void WarnOfMissingDefault(NatDocument nat, NatPool pool)
    {
        if (pool.Default < 0 && _withoutDefault.Add(nat))
        {
            problems.Warn(
                nat.Position,
                $"The NAT {nat.Prefix} has no server for IDs and ports that match nothing, because no assignment covers {pool.Prefix}.",
                "Assign the prefix to the server that is to be the default.");
        }
    }

    private sealed record Part(NatDocument Nat, NatPool Pool, IReadOnlyList<int> Addresses);
}
