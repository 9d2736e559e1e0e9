// Reads the soa section: what heads each zone.

using AltoDns.Protocol.Names;
using AltoDns.Zones.Configuration.Yaml;

namespace AltoDns.Zones.Configuration;

internal static class SoaReader
{
    private const uint Hour = 3600;
    private const uint Day = 24 * Hour;

    private static readonly string[] Known = ["primary", "contact", "serial", "serial-policy", "refresh", "retry", "expire", "negative-ttl", "ttl"];

    private static readonly NodeShape Shape = new(
        "'soa'", "a map", "soa: { primary: ns1.isp1.example., contact: hostmaster@isp1.example }");

    /// <summary>Reads the section; null where it has no use, with the problems noted.</summary>
    public static SoaSettings? Read(YamlNode node, ProblemList problems)
    {
        if (node is not YamlMap)
        {
            Shape.Refuse(node, problems);
            return null;
        }

        var fields = FieldSet.Read(node, Shape, "'soa'", Known, problems);
        var hasPrimary = TryReadName(fields, "primary", "ns1.isp1.example.", NameText.TryReadHost, problems, out var primary);
        var hasContact = TryReadName(fields, "contact", "hostmaster@isp1.example", NameText.TryReadContact, problems, out var contact);
        var soa = new SoaSettings(
            primary,
            contact,
            NumberText.ReadSerial(fields["serial"], problems),
            NumberText.ReadSeconds(fields["refresh"], "'refresh'", 4 * Hour, problems),
            NumberText.ReadSeconds(fields["retry"], "'retry'", Hour, problems),
            NumberText.ReadSeconds(fields["expire"], "'expire'", 14 * Day, problems),
            NumberText.ReadSeconds(fields["negative-ttl"], "'negative-ttl'", Hour, problems),
            NumberText.ReadSeconds(fields["ttl"], "'ttl'", Hour, problems))
        {
            SerialPolicy = ReadSerialPolicy(fields, problems),
        };
        Warn(soa, fields, problems);
        return hasPrimary && hasContact ? soa : null;
    }

    private delegate bool NameReader(YamlScalar text, ProblemList problems, out DomainName name);

    private static bool TryReadName(
        FieldSet fields, string key, string example, NameReader read, ProblemList problems, out DomainName name)
    {
        name = default;
        if (fields[key] is not { } node)
        {
            problems.Error(fields.Position, $"'soa' has no '{key}'.", $"Add '{key}: {example}'.");
            return false;
        }

        return new NodeShape($"'{key}'", "a name", $"{key}: {example}").TryReadText(node, problems, out var text) && read(text, problems, out name);
    }

    private static SerialPolicy ReadSerialPolicy(FieldSet fields, ProblemList problems)
    {
        if (fields["serial-policy"] is not { } node || !new NodeShape("'serial-policy'", "a word", "serial-policy: dateserial").TryReadText(node, problems, out var text))
        {
            return default;
        }

        if (fields["serial"] is { } serial)
        {
            problems.Error(text.Position, $"'serial' at {serial.Position} sets the serial already.", "Keep one of the two.");
        }

        if (!SerialPolicies.Words.TryGetValue(text.Text, out var policy))
        {
            problems.Error(
                text.Position,
                $"'serial-policy' '{PrefixText.Excerpt(text.Text)}' is not known.",
                $"Write one of {string.Join(", ", SerialPolicies.Words.Keys)}.");
        }

        return policy;
    }

    private static void Warn(SoaSettings soa, FieldSet fields, ProblemList problems)
    {
        if (soa.NegativeTimeToLive > Day)
        {
            problems.Warn(
                fields["negative-ttl"]!.Position,
                $"Resolvers may remember for {soa.NegativeTimeToLive} s that a name has no records.",
                "Choose one to three hours (RFC 2308 §5).");
        }

        // RFC 1912 §2.2: a secondary needs several tries before it gives the zone up.
        if (soa.Expire <= soa.Refresh + (ulong)soa.Retry)
        {
            problems.Warn(
                (fields["expire"] ?? fields["refresh"] ?? fields["retry"])!.Position,
                $"Secondaries give the zone up after {soa.Expire} s, before a failed refresh is tried again.",
                "Choose an 'expire' of two to four weeks (RFC 1912 §2.2).");
        }
    }
}
