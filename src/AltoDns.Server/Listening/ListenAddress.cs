// Addresses to listen on, as an operator writes them and as the machine has them.

using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;

namespace AltoDns.Server.Listening;

/// <summary>Reads <c>127.0.0.1:5300</c>, <c>[::1]:5300</c>, and the same without a port.</summary>
public static class ListenAddress
{
    /// <summary>The port of DNS (RFC 1035 §4.2).</summary>
    public const int DefaultPort = 53;

    /// <param name="defaultPort">What is meant where none is written.</param>
    /// <param name="fault">On failure what is wrong and how to write it, one sentence or two; otherwise null.</param>
    public static bool TryParse(string text, [NotNullWhen(true)] out IPEndPoint? endpoint, [NotNullWhen(false)] out string? fault, int defaultPort = DefaultPort)
    {
        endpoint = null;
        fault = null;
        if (!TrySplit(text, out var addressText, out var portText)
            || !IPAddress.TryParse(addressText, out var address)
            // "127.1", "010.0.0.1" and plain numbers are addresses to the platform, but seldom what was meant.
            || (address.AddressFamily == AddressFamily.InterNetwork && !addressText.SequenceEqual(address.ToString())))
        {
            fault = $"'{text}' is not an address to listen on. Write ADDRESS or ADDRESS:PORT, such as 127.0.0.1:5300 or [::1]:5300.";
            return false;
        }

        var port = defaultPort;
        if (!portText.IsEmpty && (!int.TryParse(portText, NumberStyles.None, CultureInfo.InvariantCulture, out port) || port > IPEndPoint.MaxPort))
        {
            fault = $"'{portText}' in '{text}' is not a port. Write a number from 0 to 65535; 0 takes any free one.";
            return false;
        }

        endpoint = new IPEndPoint(address, port);
        return true;
    }

    /// <summary>Every address of the wildcard's family that the machine has now. Addresses that appear later are not included.</summary>
    internal static IReadOnlyList<IPAddress> Expand(IPAddress wildcard) =>
    [
        .. NetworkInterface.GetAllNetworkInterfaces()
            .Where(network => network.OperationalStatus is OperationalStatus.Up or OperationalStatus.Unknown)
            .SelectMany(network => network.GetIPProperties().UnicastAddresses)
            .Select(unicast => unicast.Address)
            .Where(candidate => candidate.AddressFamily == wildcard.AddressFamily)
            .Distinct(),
    ];

    internal static bool IsWildcard(IPAddress address) => address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any);

    private static bool TrySplit(ReadOnlySpan<char> text, out ReadOnlySpan<char> address, out ReadOnlySpan<char> port)
    {
        address = text;
        port = default;
        if (text.StartsWith('['))
        {
            var end = text.IndexOf(']');
            if (end < 0)
            {
                return false;
            }

            address = text[1..end];
            var rest = text[(end + 1)..];
            port = rest.IsEmpty ? default : rest[1..];
            return address.Contains(':') && (rest.IsEmpty || (rest[0] == ':' && !port.IsEmpty));
        }

        // An IPv6 address without brackets has no port: which of its colons would begin it?
        if (text.Count(':') == 1)
        {
            var colon = text.IndexOf(':');
            address = text[..colon];
            port = text[(colon + 1)..];
            return !port.IsEmpty;
        }

        return true;
    }
}
