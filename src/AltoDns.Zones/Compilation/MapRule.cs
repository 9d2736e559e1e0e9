// The mapping of MAP-E: which ports of which shared IPv4 address belong to which customer's IPv6 prefix (RFC 7597 §5).
//
//   IPv6 | rule prefix (n bits) | IPv4 suffix (p bits) | PSID (k bits) | subnet, interface |      EA bits = p + k
//   port | A (a bits, not 0)    | PSID (k bits)        | j (m bits)    |

using AltoDns.Protocol.Names;

namespace AltoDns.Zones.Compilation;

/// <summary>A basic or forwarding mapping rule (RFC 7597 §5.2, §5.3).</summary>
/// <param name="IPv6">The rule's IPv6 prefix.</param>
/// <param name="IPv4">The rule's IPv4 prefix.</param>
/// <param name="EmbeddedLength">EA bits, 0 to 48.</param>
/// <param name="PortOffset">The "a" bits of a port that no port set has all zero; 6 unless the domain says otherwise.</param>
/// <param name="PortSetLength">PSID bits where they are not among the EA bits but known from elsewhere, such as DHCP; else -1.</param>
public sealed record MapRule(IPPrefix IPv6, IPPrefix IPv4, int EmbeddedLength, int PortOffset = 6, int PortSetLength = -1)
{
    private const int PortBits = 16;

    /// <summary>Bits of the IPv4 address among the EA bits.</summary>
    public int SuffixLength => Math.Min(EmbeddedLength, 32 - IPv4.Length);

    /// <summary>Bits of a port set identifier; 0 where addresses are not shared.</summary>
    public int IdentifierLength => PortSetLength >= 0 ? PortSetLength : EmbeddedLength - SuffixLength;

    /// <summary>How many customers share an address: 2^k.</summary>
    public int PortSets => 1 << IdentifierLength;

    /// <summary>Bits of a port that follow the identifier.</summary>
    public int ContiguousLength => PortBits - PortOffset - IdentifierLength;

    /// <summary>The first port that belongs to somebody: with an offset the first ports of the range are nobody's (RFC 7597 §5.1).</summary>
    public int FirstPort => PortOffset == 0 ? 0 : 1 << (PortBits - PortOffset);

    /// <summary>The identifier of the set that a port is in; -1 for a port that belongs to nobody.</summary>
    public int IdentifierOf(ushort port) => port < FirstPort ? -1 : (port >> ContiguousLength) & (PortSets - 1);

    /// <summary>The ports of the customers from one identifier to another: a range for each value of A, in ascending order.</summary>
    public IEnumerable<PortRange> PortsOf(int firstIdentifier, int lastIdentifier)
    {
        var step = 1 << (PortBits - PortOffset);
        for (var start = FirstPort; start < 1 << PortBits; start += step)
        {
            yield return new PortRange(
                (ushort)(start | firstIdentifier << ContiguousLength),
                (ushort)(start | ((lastIdentifier + 1) << ContiguousLength) - 1));
        }
    }

    /// <summary>The IPv6 prefix that all customers behind some IPv4 addresses have in common: the rule's, and the suffix of the addresses.</summary>
    /// <param name="addresses">Within the rule's IPv4 prefix.</param>
    public IPPrefix CustomersOf(IPPrefix addresses)
    {
        var suffix = addresses.Bits << IPv4.Length;
        var known = Math.Min(addresses.Length - IPv4.Length, SuffixLength);
        return IPPrefix.Create(IPv6.Bits | suffix >> IPv6.Length, IPv6.Length + known, isIPv6: true);
    }

    /// <summary>The IPv6 prefix of the customer that has a port set of an address, as far as the rule says.</summary>
    public IPPrefix CustomerOf(IPPrefix address, int identifier)
    {
        var shared = CustomersOf(address);
        var embedded = EmbeddedLength - SuffixLength;
        return embedded == 0
            ? shared
            : IPPrefix.Create(shared.Bits | (UInt128)(uint)identifier << (128 - shared.Length - embedded), shared.Length + embedded, isIPv6: true);
    }
}
