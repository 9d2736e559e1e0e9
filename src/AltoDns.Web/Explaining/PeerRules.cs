// Which rule of a NAT a peer comes under, in words.

using AltoDns.Protocol.Names;
using AltoDns.Zones.Compilation;
using AltoDns.Zones.Configuration;

namespace AltoDns.Web.Explaining;

/// <summary>What tells a peer from others at its address: one of the two.</summary>
/// <param name="Id">One that <see cref="PeerName.IsId"/> takes.</param>
public sealed record PeerKey(string? Id, ushort? Port)
{
    /// <summary>The name that a tracker asks for.</summary>
    public DomainName NameBelow(DomainName address)
    {
        if (Id is null)
        {
            return PeerName.FromPort(address, Port.GetValueOrDefault());
        }

        return PeerName.TryFromId(address, Id, out var name) ? name : throw new InvalidOperationException($"'{Id}' is no peer ID.");
    }

    public override string ToString() => Id is null ? $"port {Port}" : $"peer {Id}";
}

public static class PeerRules
{
    /// <summary>What matched, as a sentence, and where that stands.</summary>
    /// <param name="policy">The policy that the address belongs to; null for none.</param>
    public static (string Why, string? Place) Explain(PolicyDocument? policy, IPPrefix address, PeerKey peer)
    {
        if (policy is null)
        {
            return ("No policy has a zone for the address.", null);
        }

        var matcher = new NatMatcher(policy);
        if (matcher.NatOf(address) is not { } nat)
        {
            return ("No NAT of the policy has the address: all its peers have the server of the address.", null);
        }

        var match = peer.Port is { } port ? matcher.MatchPort(nat, address, port) : matcher.MatchPeer(nat, address, peer.Id!);
        return (Sentence(policy, nat, peer, match), match.Position?.ToString());
    }

    private static string Sentence(PolicyDocument policy, NatDocument nat, PeerKey peer, NatMatch match)
    {
        if (match.Region is { } region)
        {
            var nameservers = string.Join(", ", region.Nameservers.Select(nameserver => nameserver.Value));
            return $"It comes under {match.Rule} of the NAT {nat.Prefix}, which is delegated to {nameservers}.";
        }

        var server = match.Server < 0 ? null : policy.Servers[match.Server].Name;
        if (match.Position is not null)
        {
            return $"It comes under {match.Rule} of the NAT {nat.Prefix}, which '{server}' guides.";
        }

        var what = peer.Id is null ? "port" : "ID";
        return server is null
            ? $"No rule of the NAT {nat.Prefix} matches the {what}, and there is no default: ask for the address alone."
            : $"No rule of the NAT {nat.Prefix} matches the {what}, so the default of the address holds: '{server}'.";
    }
}
