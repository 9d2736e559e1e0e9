// What is asked about: an address or prefix, and what tells a peer behind it.

using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using AltoDns.Discovery.Procedure;
using AltoDns.Protocol.Names;

namespace AltoDns.Web.Explaining;

/// <param name="Peers">Empty where only the address is known.</param>
public sealed record ExplainQuestion(IPPrefix Prefix, IReadOnlyList<PeerKey> Peers)
{
    /// <summary>Reads what a person wrote.</summary>
    /// <param name="peer">Empty for none; so <paramref name="port"/>.</param>
    /// <param name="fault">On failure what is wrong and how to write it.</param>
    public static bool TryRead(
        string address, string peer, string port, [NotNullWhen(true)] out ExplainQuestion? question, [NotNullWhen(false)] out string? fault)
    {
        question = null;
        fault = AddressFault(address) ?? (peer.Length == 0 ? null : PeerFault(peer)) ?? (port.Length == 0 ? null : PortFault(port));
        if (fault is not null)
        {
            return false;
        }

        IPPrefix.TryParse(address, out var prefix);
        if ((peer.Length > 0 || port.Length > 0) && !prefix.IsSingleAddress)
        {
            fault = $"A peer's ID and port are for one address, and {prefix} is a prefix.";
            return false;
        }

        var peers = new List<PeerKey>();
        if (peer.Length > 0)
        {
            peers.Add(new PeerKey(peer, null));
        }

        if (port.Length > 0)
        {
            TryReadPort(port, out var number);
            peers.Add(new PeerKey(null, number));
        }

        question = new ExplainQuestion(prefix, peers);
        return true;
    }

    /// <summary>What is wrong with an address or prefix; null where nothing is.</summary>
    public static string? AddressFault(string text) => IPPrefix.TryParse(text, out var prefix) switch
    {
        PrefixError.None when prefix.Length < LookupTable.ShortestPrefix(prefix.IsIPv6) =>
            $"{prefix} is too short to look up: RFC 8686 §3.2 supports /8 and longer in IPv4, /32 and longer in IPv6.",
        PrefixError.None => null,
        PrefixError.HostBits => $"'{text}' has bits set after its length. Did you mean {prefix}?",
        _ => $"'{text}' is not an address or prefix. Write one such as 192.0.2.77, 2001:db8::1 or 192.0.2.0/24.",
    };

    /// <summary>What is wrong with a peer's ID; null where nothing is.</summary>
    public static string? PeerFault(string text) => PeerName.IsId(text)
        ? null
        : $"'{text}' is not a peer ID. Write labels of letters, digits and inner hyphens with dots between them, at most {PeerName.MaxIdLength} characters.";

    /// <summary>What is wrong with a port; null where nothing is.</summary>
    public static string? PortFault(string text) => TryReadPort(text, out _) ? null : $"'{text}' is not a port. Write a number from 0 to 65535.";

    private static bool TryReadPort(string text, out ushort port) => ushort.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out port);
}
