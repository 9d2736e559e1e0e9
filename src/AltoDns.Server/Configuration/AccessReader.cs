// Reads who may do something, and where other servers are reached.

using System.Net;
using AltoDns.Protocol.Names;
using AltoDns.Server.Access;
using AltoDns.Zones.Configuration;
using AltoDns.Zones.Configuration.Yaml;

namespace AltoDns.Server.Configuration;

internal sealed class AccessReader(KeySet keys, ConfigurationContext context)
{
    private const string Anybody = "any";
    private const string KeyWord = "key";
    private const string KeyPrefix = "key:";
    private const int DnsPort = 53;

    // RFC 7858 §3.1
    private const int TlsPort = 853;

    private ProblemList Problems => context.Problems;

    /// <summary>Reads a rule or a list of rules; what is none is noted and left out.</summary>
    public AccessList ReadRules(YamlNode node, Setting setting)
    {
        var rules = new List<AccessRule>();
        foreach (var item in NodeShape.Items(node))
        {
            if (item is YamlMap map)
            {
                var values = SectionReader.Read(map, MapSettings.Rule.All, "RULE.", $"A rule of '{setting.Name}'", context.Place);
                if (map.Entries.Count == 0)
                {
                    Problems.Error(item.Position, $"A rule of '{setting.Name}' says nothing.", "Write 'prefix:', 'key:', or both.");
                }

                var key = ReadKey(values, MapSettings.Rule.Key, out var hasKey);
                if (!values.TryGet(MapSettings.Rule.Prefix, out var prefixText))
                {
                    AddIf(hasKey, new AccessRule(null, key));
                }
                else if (TryReadPrefix(prefixText, values.Find(MapSettings.Rule.Prefix)!.Position, out var prefix))
                {
                    AddIf(hasKey || values.Find(MapSettings.Rule.Key) is null, new AccessRule(prefix, key));
                }
            }
            else if (Shape(setting).TryReadText(item, Problems, out var text) && TryReadRule(text, out var rule))
            {
                rules.Add(rule);
            }
        }

        return new AccessList(rules);

        // A rule whose key has a fault must not be left without one.
        void AddIf(bool isWhole, AccessRule rule)
        {
            if (isWhole)
            {
                rules.Add(rule);
            }
        }
    }

    /// <summary>Reads a server or a list of servers; what is none is noted and left out.</summary>
    public IReadOnlyList<Peer> ReadPeers(YamlNode node, Setting setting) =>
        [.. NodeShape.Items(node).Select(item => ReadPeer(item, setting)).OfType<Peer>()];

    private Peer? ReadPeer(YamlNode node, Setting setting)
    {
        if (node is not YamlMap map)
        {
            return Shape(setting).TryReadText(node, Problems, out var text) ? ReadPeerText(text) : null;
        }

        var values = SectionReader.Read(map, MapSettings.Server.All, "SERVER.", $"A server of '{setting.Name}'", context.Place);
        var tls = values.Find(MapSettings.Server.Tls) is { } found ? new PeerTlsReader(context).Read((YamlNode)found.Value) : null;
        var key = ReadKey(values, MapSettings.Server.Key, out _);
        if (values.Find(MapSettings.Server.Address) is not { } address)
        {
            if (!map.Entries.Any(entry => entry.Key.Text == MapSettings.Server.Address.Name))
            {
                Problems.Error(node.Position, $"A server of '{setting.Name}' has no 'address'.", "Add 'address: 192.0.2.54'.");
            }

            return null;
        }

        return ReadEndpoint(address.Text, tls is null ? DnsPort : TlsPort, address.Position) is { } endpoint ? new Peer(endpoint, key, tls) : null;
    }

    // ADDRESS, or ADDRESS key NAME.
    private Peer? ReadPeerText(YamlScalar text)
    {
        var words = Words(text);
        var endpoint = ReadEndpoint(words is [_, KeyWord, _] ? words[0] : text.Text, DnsPort, text.Position);
        DomainName? key = null;
        return endpoint is null || (words is [_, KeyWord, var name] && !TryReadKey(name, text.Position, out key)) ? null : new Peer(endpoint, key);
    }

    // PREFIX, PREFIX key NAME, or key:NAME.
    private bool TryReadRule(YamlScalar text, out AccessRule rule)
    {
        IPPrefix? prefix = null;
        DomainName? key = null;
        var isRight = Words(text) switch
        {
            [var only] when only.StartsWith(KeyPrefix, StringComparison.Ordinal) => TryReadKey(only[KeyPrefix.Length..], text.Position, out key),
            [var clients, KeyWord, var name] => TryReadPrefix(clients, text.Position, out prefix) & TryReadKey(name, text.Position, out key),
            _ => TryReadPrefix(text.Text, text.Position, out prefix),
        };
        rule = new AccessRule(prefix, key);
        return isRight;
    }

    private static string[] Words(YamlScalar text) => text.Text.Split(' ', StringSplitOptions.RemoveEmptyEntries);

    private IPEndPoint? ReadEndpoint(string text, int defaultPort, SourcePosition position)
    {
        // Whether a port is given: one follows a closing bracket, or the only colon.
        var hasPort = text.Contains("]:", StringComparison.Ordinal) || (!text.StartsWith('[') && text.AsSpan().Count(':') == 1);
        if (Listening.ListenAddress.TryParse(text, out var endpoint, out _) && endpoint.Port != 0)
        {
            if (!Listening.ListenAddress.IsWildcard(endpoint.Address))
            {
                return hasPort ? endpoint : new IPEndPoint(endpoint.Address, defaultPort);
            }

            Problems.Error(position, $"'{text}' stands for every address of a machine.", "Write the one that the server listens on.");
            return null;
        }

        Problems.Error(
            position, $"'{PrefixText.Excerpt(text)}' is not a server's address.", "Write ADDRESS or ADDRESS:PORT, such as 192.0.2.54 or \"[2001:db8::54]:5353\".");
        return null;
    }

    private bool TryReadPrefix(string text, SourcePosition position, out IPPrefix? prefix)
    {
        prefix = null;
        if (text == Anybody)
        {
            return true;
        }

        var isRight = PrefixText.TryRead(text, position, Problems, out var read);
        prefix = read;
        return isRight;
    }

    // The key that a value names; whether it is one of the configuration's, without a fault.
    private DomainName? ReadKey(SettingValues values, Setting<DomainName> setting, out bool isRight)
    {
        isRight = false;
        if (values.Find(setting) is not { } value)
        {
            return null;
        }

        var name = (DomainName)value.Value;
        isRight = IsKey(name, value.Position);
        return name;
    }

    private bool TryReadKey(string text, SourcePosition position, out DomainName? key)
    {
        key = null;
        if (ValueKinds.Name.Parse(text, "", out var name) is { } mistake)
        {
            Problems.Error(position, mistake.Fault, mistake.Remedy);
            return false;
        }

        key = name;
        return IsKey(name, position);
    }

    private bool IsKey(DomainName name, SourcePosition position)
    {
        if (!keys.Named.ContainsKey(name))
        {
            var closest = Spelling.Closest(name.ToString(), keys.Named.Keys.Select(key => key.ToString()));
            Problems.Error(position, $"There is no key {name}", closest is null ? "Add it under 'keys'." : $"Did you mean {closest}?");
        }

        return keys.Found.ContainsKey(name);
    }

    private static NodeShape Shape(Setting setting) => new($"'{setting.Name}'", setting.Noun, $"{setting.Name}: {setting.Example}");
}
