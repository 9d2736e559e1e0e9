// Reads the alto-servers section: each server's URIs, the public keys that verify its guidance, and its TLS certificates.

using System.Text;
using AltoDns.Zones.Configuration.Yaml;

namespace AltoDns.Zones.Configuration;

internal static class AltoServerReader
{
    // An RRset of a hundred NAPTR records of the longest URI still fits into one message.
    private const int MaxUris = 100;

    private static readonly string[] Known = ["uri", "key", "certificate"];
    private static readonly string[] KnownInKey = ["file", "selector"];

    private static readonly NodeShape Section = new(
        "'alto-servers'", "a map from name to server", "core: { uri: https://alto1.isp1.example/ird, key: keys/core-2026a.pem }");

    /// <summary>Reads all servers; one with a fault, which is noted, keeps its name so that assignments can be checked.</summary>
    public static IReadOnlyList<AltoServerDocument> Read(YamlNode node, PolicyContext context)
    {
        var servers = new List<AltoServerDocument>();
        foreach (var (name, value) in Section.ReadEntries(node, context.Problems))
        {
            if (!IsServerName(name.Text))
            {
                context.Error(
                    name.Position,
                    $"'{PrefixText.Excerpt(name.Text)}' cannot name an ALTO server.",
                    "Use 1 to 63 letters, digits, hyphens, dots and underscores.");
            }

            if (servers.Find(server => server.Name == name.Text) is { } earlier)
            {
                context.Error(name.Position, $"ALTO server '{name.Text}' is already described at {earlier.Position}.", "Rename or remove one of the two.");
                continue;
            }

            servers.Add(ReadServer(name, value, context));
        }

        return servers;
    }

    private static AltoServerDocument ReadServer(YamlScalar name, YamlNode node, PolicyContext context)
    {
        var shape = new NodeShape(
            $"ALTO server '{name.Text}'", "a map", $"{name.Text}: {{ uri: https://alto1.isp1.example/ird, key: keys/{name.Text}-2026a.pem }}");
        if (node is not YamlMap)
        {
            shape.Refuse(node, context.Problems);
            return new AltoServerDocument(name.Text, [], [], name.Position);
        }

        var fields = FieldSet.Read(node, shape, shape.What, Known, context.Problems);
        if (fields["uri"] is null)
        {
            context.Error(name.Position, $"ALTO server '{name.Text}' has no 'uri'.", "Add 'uri: https://alto1.isp1.example/ird', the address of its directory.");
        }

        var uris = fields["uri"] is { } uri ? ReadUris(uri, name.Text, context.Problems) : [];
        var keys = fields["key"] is { } key ? ReadKeys(key, name.Text, context) : [];
        return new AltoServerDocument(name.Text, uris, keys, name.Position)
        {
            Certificates = fields["certificate"] is { } certificate ? CertificateReader.Read(certificate, context) : [],
        };
    }

    private static List<Positioned<string>> ReadUris(YamlNode node, string server, ProblemList problems)
    {
        var shape = new NodeShape("'uri'", "a URI or a list of URIs", "uri: https://alto1.isp1.example/ird");
        var uris = new List<Positioned<string>>();
        foreach (var text in shape.ReadTexts(node, problems))
        {
            var earlier = uris.FindIndex(uri => uri.Value == text.Text);
            if (earlier >= 0)
            {
                problems.Error(text.Position, $"The URI is already listed at {uris[earlier].Position}.", "Keep one of the two.");
            }
            else if (UriRules.Check(text.Text, text.Position, problems))
            {
                uris.Add(new Positioned<string>(text.Text, text.Position));
            }
        }

        if (node is YamlList { Items: var items } && items.Count is 0 or > MaxUris)
        {
            problems.Error(node.Position, $"ALTO server '{server}' has {items.Count} URIs.", $"List 1 to {MaxUris}, in order of preference.");
        }

        return uris;
    }

    private static List<AltoKeyDocument> ReadKeys(YamlNode node, string server, PolicyContext context)
    {
        var keys = new List<AltoKeyDocument>();
        foreach (var item in NodeShape.Items(node))
        {
            if (TryReadKey(item, context) is not { } key)
            {
                continue;
            }

            if (keys.Find(other => other.Selector.Equals(key.Selector, StringComparison.OrdinalIgnoreCase)) is { } earlier)
            {
                context.Error(
                    key.Position,
                    $"ALTO server '{server}' has a key with selector '{key.Selector}' at {earlier.Position} already.",
                    "Rename the file, or write '{ file: ..., selector: ... }'.");
                continue;
            }

            keys.Add(key);
        }

        return keys;
    }

    private static AltoKeyDocument? TryReadKey(YamlNode node, PolicyContext context)
    {
        var shape = new NodeShape("'key'", "a PEM file, a list of them, or a map of file and selector", "key: keys/core-2026a.pem");
        var (fileNode, selectorNode) = (node, default(YamlNode));
        if (node is YamlMap)
        {
            var fields = FieldSet.Read(node, shape, "'key'", KnownInKey, context.Problems);
            selectorNode = fields["selector"];
            if (fields["file"] is null)
            {
                context.Error(node.Position, "'key' has no 'file'.", "Add 'file: keys/core-2026a.pem', the path of the PEM file.");
                return null;
            }

            fileNode = fields["file"]!;
        }

        if (!shape.TryReadText(fileNode, context.Problems, out var path))
        {
            return null;
        }

        var selector = ReadSelector(path, selectorNode, context.Problems);
        var key = context.ReadSmallFile(path, "key file") is { } octets ? PublicKeyFile.Read(octets, path.Text, path.Position, context.Problems) : null;
        return selector is null || key is null
            ? null
            : new AltoKeyDocument(context.Resolve(path.Text), key.Algorithm, selector, key.SubjectPublicKeyInfo, path.Position);
    }

    // As written, or what follows the last hyphen of the file's name: "2026a" of core-2026a.pem.
    private static string? ReadSelector(YamlScalar path, YamlNode? node, ProblemList problems)
    {
        if (node is not null)
        {
            if (!new NodeShape("'selector'", "a label", "selector: 2026a").TryReadText(node, problems, out var text))
            {
                return null;
            }

            if (NameText.IsLdhLabel(Encoding.UTF8.GetBytes(text.Text)))
            {
                return text.Text;
            }

            problems.Error(
                text.Position, $"'{PrefixText.Excerpt(text.Text)}' cannot select a key.", "Use 1 to 63 letters, digits and inner hyphens.");
            return null;
        }

        var stem = Path.GetFileNameWithoutExtension(path.Text);
        var selector = stem[(stem.LastIndexOf('-') + 1)..];
        if (NameText.IsLdhLabel(Encoding.UTF8.GetBytes(selector)))
        {
            return selector;
        }

        problems.Error(
            path.Position,
            $"The name of key file {PrefixText.Excerpt(path.Text)} gives no selector.",
            "Name it like core-2026a.pem, or write '{ file: ..., selector: 2026a }'.");
        return null;
    }

    private static bool IsServerName(string name) =>
        name.Length is > 0 and <= 63 && name.All(character => char.IsAsciiLetterOrDigit(character) || character is '-' or '.' or '_');
}
