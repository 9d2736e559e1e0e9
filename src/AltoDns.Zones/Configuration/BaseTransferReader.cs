// Reads where the base of a zone is transferred from: its present primaries, and the key that they want.

using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using AltoDns.Protocol.Names;
using AltoDns.Zones.Configuration.Yaml;

namespace AltoDns.Zones.Configuration;

internal static class BaseTransferReader
{
    private const string Primary = "primary";
    private const string Tsig = "tsig";
    private const int DefaultPort = 53;

    private static readonly string[] Known = [Primary, Tsig];

    private static readonly NodeShape Shape = new("'base'", "a map", "base: { primary: 192.0.2.53, tsig: transfer-key }");

    private static readonly NodeShape PrimaryShape = new("'primary'", "an address or a list of addresses", "primary: [192.0.2.53, '[2001:db8::53]:5300']");

    private static readonly NodeShape TsigShape = new("'tsig'", "the name of a key", "tsig: transfer-key");

    /// <summary>Whether a base is given by its primary, and not by a file or a map of zones.</summary>
    public static bool IsTransfer(YamlNode node) => node is YamlMap map && map.Entries.Any(entry => Array.IndexOf(Known, entry.Key.Text) >= 0);

    /// <summary>Reads the map; null where it has no use, with the problems noted.</summary>
    public static BaseTransfer? Read(YamlNode node, ProblemList problems)
    {
        var fields = FieldSet.Read(node, Shape, "'base'", Known, problems);
        if (fields[Primary] is not { } primary)
        {
            problems.Error(fields.Position, "'base' has a key and no 'primary'.", "Add 'primary: ADDRESS', the server that has the zone now.");
            return null;
        }

        var primaries = new List<Positioned<IPEndPoint>>();
        foreach (var text in PrimaryShape.ReadTexts(primary, problems))
        {
            if (TryReadAddress(text.Text) is not { } endpoint)
            {
                problems.Error(
                    text.Position, $"'{PrefixText.Excerpt(text.Text)}' is not the address of a primary.", "Write ADDRESS or ADDRESS:PORT, such as 192.0.2.53 or '[2001:db8::53]:5300'.");
            }
            else if (primaries.Find(other => other.Value.Equals(endpoint)) is { Value: not null } earlier)
            {
                problems.Error(text.Position, $"The primary {endpoint} is already listed at {earlier.Position}.", "Keep one of the two.");
            }
            else
            {
                primaries.Add(new Positioned<IPEndPoint>(endpoint, text.Position));
            }
        }

        if (primaries.Count == 0 && primary is YamlList { Items.Count: 0 })
        {
            PrimaryShape.Refuse(primary, problems);
        }

        DomainName? key = null;
        if (fields[Tsig] is { } tsig)
        {
            if (!TsigShape.TryReadText(tsig, problems, out var text) || !TryReadKey(text, problems, out var name))
            {
                return null;
            }

            key = name;
        }

        return primaries.Count == 0 ? null : new BaseTransfer(primaries, key);
    }

    private static bool TryReadKey(YamlScalar text, ProblemList problems, out DomainName name)
    {
        var error = DomainName.TryParse(Encoding.UTF8.GetBytes(text.Text), DomainName.Root, out name);
        if (error != NameError.None || name.IsRoot)
        {
            problems.Error(
                text.Position, $"'{PrefixText.Excerpt(text.Text)}' cannot name a key{(error == NameError.None ? "" : $": {error.Describe()}")}.", "Write the name that both servers use (RFC 8945 §4.2).");
            return false;
        }

        return true;
    }

    // "127.1", "010.0.0.1" and plain numbers are addresses to the platform, but seldom what was meant.
    private static IPEndPoint? TryReadAddress(string text)
    {
        var (addressText, portText) = (text, "");
        if (text.StartsWith('[') && text.IndexOf(']') is > 0 and var end)
        {
            (addressText, portText) = (text[1..end], text[(end + 1)..]);
            if (!addressText.Contains(':') || (portText.Length > 0 && portText[0] != ':'))
            {
                return null;
            }
        }
        else if (text.Count(character => character == ':') == 1)
        {
            var colon = text.IndexOf(':');
            (addressText, portText) = (text[..colon], text[colon..]);
        }

        var port = DefaultPort;
        if ((portText.Length > 0 && (!int.TryParse(portText.AsSpan(1), NumberStyles.None, CultureInfo.InvariantCulture, out port) || port is 0 or > IPEndPoint.MaxPort))
            || !IPAddress.TryParse(addressText, out var address)
            || (address.AddressFamily == AddressFamily.InterNetwork && addressText != address.ToString())
            || address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any))
        {
            return null;
        }

        return new IPEndPoint(address, port);
    }
}
