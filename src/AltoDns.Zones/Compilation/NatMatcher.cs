// Says which rule of a NAT holds for a peer, by reading the policy: for explanations, not for answers.

using AltoDns.Protocol.Names;
using AltoDns.Zones.Configuration;

namespace AltoDns.Zones.Compilation;

/// <summary>What holds for one ID or port.</summary>
/// <param name="Rule">As a noun: <c>the peers "*.north"</c>.</param>
/// <param name="Server">Index into <see cref="PolicyDocument.Servers"/>; -1 where no server is named.</param>
/// <param name="Region">The operator who answers in the server's place; null for none.</param>
/// <param name="Position">Where the rule stands; null where no rule matches and the address's default holds.</param>
public sealed record NatMatch(string Rule, int Server, NatRegionDocument? Region, SourcePosition? Position);

/// <summary>The NATs of one policy.</summary>
public sealed class NatMatcher(PolicyDocument policy)
{
    private readonly AssignmentTable _assignments = new(policy.Assignments);

    /// <summary>The NAT that an address belongs to; null for none.</summary>
    public NatDocument? NatOf(IPPrefix address) => policy.Nats.FirstOrDefault(nat => nat.Prefix.Contains(address));

    public NatMatch MatchPeer(NatDocument nat, IPPrefix address, string id) => PeerPattern.TreeOf(nat).Match(id) switch
    {
        ({ } peer, _) => new NatMatch(peer.Pattern.StartsWith('*') ? $"the peers \"{peer.Pattern}\"" : $"the peer {peer.Pattern}", peer.Server, null, peer.Position),
        (_, { } region) => new NatMatch($"the region {region.Id}", -1, region, region.Position),
        _ => Default(address),
    };

    public NatMatch MatchPort(NatDocument nat, IPPrefix address, ushort port)
    {
        if (nat.Map is { } map)
        {
            return MatchCustomer(map, address, port) ?? Default(address);
        }

        var entry = nat.Ports.FirstOrDefault(ports => ports.First <= port && port <= ports.Last);
        return entry is null ? Default(address) : new NatMatch($"the ports {new PortRange(entry.First, entry.Last)}", entry.Server, null, entry.Position);
    }

    private NatMatch? MatchCustomer(NatMapDocument map, IPPrefix address, ushort port)
    {
        var identifier = map.Rule.IdentifierOf(port);
        if (identifier < 0)
        {
            return null;
        }

        var customer = map.Rule.CustomerOf(address, identifier);
        var table = map.Assignments is { } own ? new AssignmentTable(own) : _assignments;
        var assignment = table.LongestCovering(customer);
        if (assignment < 0)
        {
            return null;
        }

        var entry = (map.Assignments ?? policy.Assignments)[assignment];
        return new NatMatch(
            $"the MAP-E customer {customer} (PSID {identifier}) in {entry.Prefix}", entry.Server, null, new SourcePosition(policy.File, entry.Line, entry.Column));
    }

    private NatMatch Default(IPPrefix address)
    {
        var assignment = policy.Publish == PublishMode.EveryName ? _assignments.LongestCovering(address) : -1;
        return new NatMatch("no rule", assignment < 0 ? -1 : policy.Assignments[assignment].Server, null, null);
    }
}
