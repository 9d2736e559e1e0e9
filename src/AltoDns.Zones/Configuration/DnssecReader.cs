// Reads the dnssec section: whether and how the zones of the policy are signed.

using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Sockets;
using AltoDns.Protocol.Records;
using AltoDns.Zones.Configuration.Yaml;

namespace AltoDns.Zones.Configuration;

internal sealed class DnssecReader(ProblemList problems)
{
    private const int DnsPort = 53;

    private static readonly TimeSpan Day = TimeSpan.FromDays(1);
    private static readonly TimeSpan LongestLifetime = TimeSpan.FromDays(365);

    private static readonly string[] Known =
    [
        "algorithm", "denial", "opt-out", "keys", "signature-lifetime", "signature-refresh", "jitter", "zonemd", "ksk-lifetime", "zsk-lifetime",
        "parent", "cds", "dnskey-ttl", "propagation-delay", "parent-ds-ttl", "parent-propagation-delay", "safety-margin", "parent-check-interval",
    ];

    private static readonly NodeShape Shape = new("'dnssec'", "on, off or a map", "dnssec: on");

    private static readonly NodeShape ParentShape = new("'parent'", "an address or a list of addresses", "parent: [192.0.2.53, '[2001:db8::53]:53']");

    private static readonly (string, DnssecAlgorithm)[] AlgorithmWords =
        [("ecdsa-p256", DnssecAlgorithm.EcdsaP256Sha256), ("ecdsa-p384", DnssecAlgorithm.EcdsaP384Sha384), ("rsa-sha256", DnssecAlgorithm.RsaSha256)];

    private static readonly (string, DenialMethod)[] DenialWords = [("nsec", DenialMethod.Nsec), ("nsec3", DenialMethod.Nsec3)];

    private static readonly (string, KeyLayout)[] LayoutWords = [("csk", KeyLayout.Combined), ("ksk+zsk", KeyLayout.Split)];

    private static readonly (string, ParentRequest)[] RequestWords =
        [("on", ParentRequest.Publish), ("off", ParentRequest.None), ("delete", ParentRequest.Delete)];

    private static readonly (string, bool)[] SwitchWords = [("off", false), ("on", true)];

    /// <summary>The policy; null for <c>off</c> and where it has no use, with the problems noted.</summary>
    public DnssecPolicy? Read(YamlNode node)
    {
        if (node is YamlMap)
        {
            var policy = ReadFields(FieldSet.Read(node, Shape, "'dnssec'", Known, problems));
            return problems.HasErrors ? null : policy;
        }

        if (!Shape.TryReadText(node, problems, out var text))
        {
            return null;
        }

        return TryFindWord(text, "dnssec", SwitchWords, out var isOn) && isOn ? new DnssecPolicy() : null;
    }

    private DnssecPolicy ReadFields(FieldSet fields)
    {
        var defaults = new DnssecPolicy();
        var lifetime = ReadTime(fields, "signature-lifetime", defaults.SignatureLifetime);
        var policy = new DnssecPolicy
        {
            Algorithm = ReadWord(fields, "algorithm", AlgorithmWords),
            Denial = ReadWord(fields, "denial", DenialWords),
            OptOut = ReadWord(fields, "opt-out", SwitchWords),
            Keys = ReadWord(fields, "keys", LayoutWords),
            SignatureLifetime = lifetime,
            SignatureRefresh = ReadTime(fields, "signature-refresh", lifetime / 3),
            Jitter = ReadTime(fields, "jitter", lifetime / 14),
            ZoneMd = ReadWord(fields, "zonemd", SwitchWords),
            KeySigningLifetime = ReadKeyLifetime(fields, "ksk-lifetime"),
            ZoneSigningLifetime = ReadKeyLifetime(fields, "zsk-lifetime"),
            Parents = fields["parent"] is { } parents ? [.. ParentShape.ReadTexts(parents, problems).Select(ReadParent).OfType<IPEndPoint>()] : [],
            Cds = ReadWord(fields, "cds", RequestWords),
            DnskeyTimeToLive = ReadTime(fields, "dnskey-ttl", defaults.DnskeyTimeToLive),
            PropagationDelay = ReadTime(fields, "propagation-delay", defaults.PropagationDelay),
            ParentDsTimeToLive = ReadTime(fields, "parent-ds-ttl", defaults.ParentDsTimeToLive),
            ParentPropagationDelay = ReadTime(fields, "parent-propagation-delay", defaults.ParentPropagationDelay),
            SafetyMargin = ReadTime(fields, "safety-margin", defaults.SafetyMargin),
            ParentCheckInterval = ReadTime(fields, "parent-check-interval", defaults.ParentCheckInterval),
        };
        CheckTogether(policy, fields);
        return policy;
    }

    private void CheckTogether(DnssecPolicy policy, FieldSet fields)
    {
        if (policy.OptOut && policy.Denial == DenialMethod.Nsec)
        {
            problems.Error(fields["opt-out"]!.Position, "'opt-out' needs NSEC3, and 'denial' is nsec.", "Write 'denial: nsec3', or remove 'opt-out'.");
        }

        if (policy.Keys == KeyLayout.Combined && policy.ZoneSigningLifetime is not null)
        {
            problems.Error(
                fields["zsk-lifetime"]!.Position, "'zsk-lifetime' is for a zone-signing key, and 'keys' is csk.", "Write 'keys: ksk+zsk', or remove it: 'ksk-lifetime' is that of a combined key.");
        }

        if (policy.ParentCheckInterval == TimeSpan.Zero)
        {
            problems.Error(fields["parent-check-interval"]!.Position, "The parent cannot be asked without a pause.", "Choose at least 1s; 10m suits most parents.");
        }

        CheckLifetime(policy, fields);
    }

    private void CheckLifetime(DnssecPolicy policy, FieldSet fields)
    {
        if (policy.SignatureLifetime < Day || policy.SignatureLifetime > LongestLifetime)
        {
            problems.Error(
                fields["signature-lifetime"]!.Position, $"A signature cannot live for {Words.Of(policy.SignatureLifetime)}.", "Choose from 1d to 365d; 14d suits most zones.");
            return;
        }

        // Whoever caches the zone's last signature before the refresh shall see it live as long as he keeps it.
        var least = policy.PropagationDelay + policy.DnskeyTimeToLive;
        if (policy.SignatureRefresh >= policy.SignatureLifetime || policy.SignatureRefresh < least)
        {
            problems.Error(
                (fields["signature-refresh"] ?? fields["signature-lifetime"] ?? fields["propagation-delay"] ?? fields["dnskey-ttl"]!).Position,
                $"Signatures that live for {Words.Of(policy.SignatureLifetime)} cannot be refreshed when {Words.Of(policy.SignatureRefresh)} are left.",
                $"Choose a 'signature-refresh' from the propagation delay and the DNSKEY TTL together, {Words.Of(least)}, to less than 'signature-lifetime'.");
        }
        else if (policy.Jitter >= policy.SignatureLifetime - policy.SignatureRefresh)
        {
            problems.Error(
                (fields["jitter"] ?? fields["signature-refresh"]!).Position,
                $"A jitter of {Words.Of(policy.Jitter)} could make a new signature due for refresh at once.",
                $"Choose less than 'signature-lifetime' minus 'signature-refresh', {Words.Of(policy.SignatureLifetime - policy.SignatureRefresh)}.");
        }
    }

    private TimeSpan? ReadKeyLifetime(FieldSet fields, string key)
    {
        if (fields[key] is not { } node || node is YamlScalar { Text: "none" })
        {
            return null;
        }

        var lifetime = ReadTime(fields, key, TimeSpan.Zero);
        if (lifetime > TimeSpan.Zero && lifetime < Day)
        {
            problems.Error(node.Position, $"A key cannot be replaced every {Words.Of(lifetime)}.", "Choose at least 1d, or none to replace it only when asked for.");
        }

        return lifetime == TimeSpan.Zero ? null : lifetime;
    }

    private IPEndPoint? ReadParent(YamlScalar text)
    {
        // A lone number would be taken for an address, too.
        if (text.Text.AsSpan().IndexOfAny('.', ':') >= 0
            && IPEndPoint.TryParse(text.Text, out var endpoint)
            && (endpoint.AddressFamily == AddressFamily.InterNetworkV6 || text.Text.Count('.') == 3))
        {
            return endpoint.Port == 0 ? new IPEndPoint(endpoint.Address, DnsPort) : endpoint;
        }

        problems.Error(
            text.Position, $"'parent' has '{PrefixText.Excerpt(text.Text)}', which is not an address.", "Write the address of a server of the parent zone, such as 192.0.2.53 or '[2001:db8::53]:53'.");
        return null;
    }

    private TimeSpan ReadTime(FieldSet fields, string key, TimeSpan absent) =>
        TimeSpan.FromSeconds(NumberText.ReadSeconds(fields[key], $"'{key}'", (uint)absent.TotalSeconds, problems));

    private T ReadWord<T>(FieldSet fields, string key, (string Word, T Value)[] words)
    {
        var shape = new NodeShape($"'{key}'", "a word", $"{key}: {words[0].Word}");
        return fields[key] is { } node && shape.TryReadText(node, problems, out var text) && TryFindWord(text, key, words, out var value)
            ? value
            : words[0].Value;
    }

    private bool TryFindWord<T>(YamlScalar text, string key, (string Word, T Value)[] words, [MaybeNullWhen(false)] out T value)
    {
        foreach (var (word, meaning) in words)
        {
            if (word == text.Text)
            {
                value = meaning;
                return true;
            }
        }

        var choices = words.Select(word => word.Word).ToList();
        problems.Error(
            text.Position,
            $"'{key}' cannot be '{PrefixText.Excerpt(text.Text)}'.",
            $"Write {string.Join(", ", choices.SkipLast(1))} or {choices[^1]}.");
        value = default;
        return false;
    }
}
