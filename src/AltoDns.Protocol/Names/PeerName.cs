// Names below an address for the hosts that share it: by the ID that a peer was given, or by its external port.
//
//   c1f3.north._peer.1.100.51.198.in-addr.arpa.    the peer with the ID c1f3.north
//   b.b.c.9._port.1.100.51.198.in-addr.arpa.       the peer with port 0x9CBB, 40123

using System.Text;

namespace AltoDns.Protocol.Names;

/// <summary>Builds the names of docs/peer-labels.md.</summary>
public static class PeerName
{
    /// <summary>Nibbles of a port.</summary>
    public const int PortLabels = 4;

    /// <summary>The most characters that an ID may have, dots included: then its name is short enough wherever it stands.</summary>
    public const int MaxIdLength = 128;

    /// <summary>The label above all IDs (RFC 8552 §2: it begins with an underscore, so no host has it).</summary>
    public static ReadOnlySpan<byte> PeerLabel => "_peer"u8;

    /// <summary>The label above all ports.</summary>
    public static ReadOnlySpan<byte> PortLabel => "_port"u8;

    /// <summary>The name of a peer by its ID; false where the ID is none or the name would be too long.</summary>
    /// <param name="address">The name of the external address in the reverse tree.</param>
    /// <param name="id">Labels of letters, digits and inner hyphens with dots between them, most specific first; at most <see cref="MaxIdLength"/> characters.</param>
    public static bool TryFromId(DomainName address, string id, out DomainName name)
    {
        name = default;
        return IsId(id)
            && address.TryPrepend(PeerLabel, out var parent)
            && DomainName.TryParse(Encoding.ASCII.GetBytes(id), parent, out name) == NameError.None;
    }

    /// <summary>The name of a peer by its external port.</summary>
    /// <param name="address">The name of the external address in the reverse tree, at most 241 octets.</param>
    public static DomainName FromPort(DomainName address, ushort port) => FromPortBlock(address, port, PortLabels);

    /// <summary>The name of an aligned block of ports, which has only their common nibbles: <c>c.9._port…</c> is 0x9C00 to 0x9CFF.</summary>
    /// <param name="first">The first port of the block.</param>
    /// <param name="nibbles">How many nibbles its ports have in common, 0 to 4.</param>
    public static DomainName FromPortBlock(DomainName address, ushort first, int nibbles)
    {
        address.TryPrepend(PortLabel, out var name);
        for (var nibble = 0; nibble < nibbles; nibble++)
        {
            var value = first >> (12 - nibble * 4) & 0xF;
            name.TryPrepend("0123456789abcdef"u8.Slice(value, 1), out name);
        }

        return name;
    }

    /// <summary>Whether a text is a peer's ID.</summary>
    public static bool IsId(string text) => text.Length is > 0 and <= MaxIdLength && text.Split('.').All(IsLabel);

    // RFC 1123 §2.1: letters, digits, inner hyphens.
    private static bool IsLabel(string label) =>
        label.Length is > 0 and <= DomainName.MaxLabelLength
        && label[0] != '-'
        && label[^1] != '-'
        && label.All(character => char.IsAsciiLetterOrDigit(character) || character == '-');
}
