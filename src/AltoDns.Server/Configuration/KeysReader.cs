// Reads the TSIG keys of a configuration.

using System.Text;
using AltoDns.Protocol.Names;
using AltoDns.Protocol.Security;
using AltoDns.Zones.Configuration;
using AltoDns.Zones.Configuration.Yaml;
using AltoDns.Zones.Keys;

namespace AltoDns.Server.Configuration;

/// <summary>The keys by name; of one with a fault only the name is known, so that a use of it is no second mistake.</summary>
internal sealed record KeySet(IReadOnlyDictionary<DomainName, TsigKey> Found, IReadOnlyDictionary<DomainName, SourcePosition> Named);

/// <param name="allowsWeak">Whether all keys may have weak algorithms.</param>
internal sealed class KeysReader(ConfigurationContext context, bool allowsWeak)
{
    private static readonly NodeShape Shape = new(
        "'keys'", "a map of keys", "keys: { xfr.isp1.example.: { algorithm: hmac-sha256, secret: … } }");

    private ProblemList Problems => context.Problems;

    /// <param name="node">The map of keys; null where there is none.</param>
    /// <param name="files">The files of keys; null where there are none.</param>
    public KeySet Read(YamlNode? node, SettingValue? files)
    {
        var found = new Dictionary<DomainName, TsigKey>();
        var named = new Dictionary<DomainName, SourcePosition>();
        foreach (var (key, value) in node is null ? [] : Shape.ReadEntries(node, Problems))
        {
            var error = DomainName.TryParse(Encoding.UTF8.GetBytes(key.Text), DomainName.Root, out var name);
            if (error != NameError.None)
            {
                Problems.Error(key.Position, $"'{PrefixText.Excerpt(key.Text)}' is not the name of a key: {error.Describe()}.", "Keys have domain names (RFC 8945 §4.2).");
            }
            else if (!named.TryAdd(name, key.Position))
            {
                FieldSet.ReportDuplicate(key, named[name], Problems);
            }
            else if (ReadKey(name, key, value) is { } read)
            {
                found.Add(name, read);
            }
        }

        foreach (var path in (IReadOnlyList<string>?)files?.Value ?? [])
        {
            context.Paths.Add(path);
            foreach (var key in TsigKeyFile.Read(path, Problems, allowsWeak))
            {
                if (named.TryAdd(key.Name, new SourcePosition(path, 0, 0)))
                {
                    found.Add(key.Name, key);
                }
                else
                {
                    Problems.Error(new SourcePosition(path, 0, 0), $"Key {key.Name} is already given at {named[key.Name]}.", "Keep one of the two.");
                }
            }
        }

        return new KeySet(found, named);
    }

    private TsigKey? ReadKey(DomainName name, YamlScalar key, YamlNode node)
    {
        if (node is not YamlMap map)
        {
            new NodeShape($"Key {name}", "a map", $"{key.Text}: {{ algorithm: hmac-sha256, secret: … }}").Refuse(node, Problems);
            return null;
        }

        var values = SectionReader.Read(map, MapSettings.Key.All, "keys.NAME.", $"Key {name}", context.Place);
        if (values.Find(MapSettings.Key.File) is { } file)
        {
            if (values.Find(MapSettings.Key.Secret) is { } second)
            {
                Problems.Error(second.Position, $"Key {name} has a secret, and a file with one.", "Keep one of the two.");
                return null;
            }

            return ReadFile(name, file, values);
        }

        if (!values.TryGet(MapSettings.Key.Secret, out var secret))
        {
            if (!map.Entries.Any(entry => entry.Key.Text is "secret" or "file"))
            {
                Problems.Error(key.Position, $"Key {name} has no secret.", "Add 'secret:' with what 'tsig-keygen' prints, or 'file:' with the file that it was saved to.");
            }

            return null;
        }

        var algorithm = values.Get(MapSettings.Key.Algorithm, new TsigWord(TsigAlgorithm.HmacSha256, false));
        return Check(new TsigKey(name, algorithm.Algorithm, secret), values, values.Find(MapSettings.Key.Algorithm)?.Position ?? key.Position);
    }

    private TsigKey? ReadFile(DomainName name, SettingValue file, SettingValues values)
    {
        var path = (string)file.Value;
        context.Paths.Add(path);
        var problems = new ProblemList();
        var keys = TsigKeyFile.Read(path, problems, IsWeakAllowed(values));
        foreach (var problem in problems.All)
        {
            Problems.Add(problem);
        }

        var key = keys.FirstOrDefault(key => key.Name == name);
        if (key is null && !problems.HasErrors)
        {
            Problems.Error(file.Position, $"The file {path} has no key {name}.", $"It has {string.Join(", ", keys.Select(other => other.Name))}: name the key so, or another file.");
        }

        return key is null ? null : Check(key, values, file.Position);
    }

    private bool IsWeakAllowed(SettingValues values) => allowsWeak || values.Get(MapSettings.Key.AllowWeak, false);

    private TsigKey? Check(TsigKey key, SettingValues values, SourcePosition position)
    {
        var isWeak = key.Algorithm is TsigAlgorithm.HmacSha1 or TsigAlgorithm.HmacMd5;
        if (isWeak && !IsWeakAllowed(values))
        {
            Problems.Error(position, $"The algorithm of key {key.Name} is weak.", "Choose hmac-sha256, or add 'allow-weak: true' if the other side has no better one.");
            return null;
        }

        // RFC 8945 §8 wants as much as the MAC has; half of it is still beyond guessing.
        if (key.Secret.Length < 16)
        {
            Problems.Warn(position, $"The secret of key {key.Name} has {key.Secret.Length} octets, which is few.", "Make one of 32 with 'tsig-keygen' (RFC 8945 §8).");
        }

        return key;
    }
}
