// Types and data as PowerDNS reads them.

using System.Globalization;
using AltoDns.Protocol.Messages;
using AltoDns.Protocol.Records;

namespace AltoDns.Server.PowerDns;

internal static class PowerDnsText
{
    /// <summary>The name of a type and the presentation form of data; types that PowerDNS has no name for by number and as octets (RFC 3597 §5).</summary>
    /// <param name="wire">Names uncompressed.</param>
    public static (string Type, string Content) Of(RecordType type, ReadOnlySpan<byte> wire)
    {
        var reader = new WireReader(wire);
        return IsKnown(type) && RecordTypes.TryReadData(type, ref reader, out var data)
            ? (type.Mnemonic(), data.ToString())
            : (string.Create(CultureInfo.InvariantCulture, $"TYPE{(ushort)type}"), new UnknownData(type, wire.ToArray()).ToString());
    }

    /// <summary>A type as PowerDNS names it in a request.</summary>
    public static bool TryParse(string text, out RecordType type) => RecordTypes.TryParseMnemonic(text, out type);

    // A name that it does not know would read as no type at all.
    private static bool IsKnown(RecordType type) => RecordTypes.Known.Contains(type) && type is not (RecordType.MD or RecordType.MF);
}
