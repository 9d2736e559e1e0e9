// Who may do what: by address, by key, or by both.

using System.Net;
using AltoDns.Protocol.Names;

namespace AltoDns.Server.Access;

/// <summary>One line of an access list.</summary>
/// <param name="Prefix">The clients it speaks of; null for all.</param>
/// <param name="Key">The TSIG key that the request has to be signed with; null where none is needed.</param>
public sealed record AccessRule(IPPrefix? Prefix, DomainName? Key);

/// <summary>A request is allowed where any rule matches it; an empty list allows nothing. Immutable.</summary>
public sealed record AccessList(IReadOnlyList<AccessRule> Rules)
{
    public static AccessList Nobody { get; } = new([]);

    /// <summary>Whether the request may go on.</summary>
    /// <param name="client">An IPv4 address that came in IPv6 form counts as IPv4.</param>
    /// <param name="key">The key whose signature was verified; null where there was none.</param>
    public bool Allows(IPAddress client, DomainName? key)
    {
        var address = IPPrefix.FromAddress(client.IsIPv4MappedToIPv6 ? client.MapToIPv4() : client);
        foreach (var rule in Rules)
        {
            if (rule.Prefix?.Contains(address) != false && (rule.Key is not { } needed || needed == key))
            {
                return true;
            }
        }

        return false;
    }
}
