// Rules of an update policy as operators write them.

using System.Text;
using AltoDns.Protocol.Names;
using AltoDns.Protocol.Records;
using AltoDns.Zones.Updating;

namespace AltoDns.Server.Updates;

/// <summary><c>key=NAME [zone=ZONE] [names=all|_peer|self|subtree:NAME|name:NAME] [types=TYPE,TYPE]</c>, separated by spaces.</summary>
public static class UpdateRuleText
{
    /// <summary>Reads a rule; false with the fault, a sentence with its remedy.</summary>
    public static bool TryParse(string text, out UpdateRule rule, out string fault)
    {
        rule = new UpdateRule(DomainName.Root, null, PermittedNames.Zone, null, []);
        fault = "";
        var hasKey = false;
        foreach (var word in text.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            var equals = word.IndexOf('=', StringComparison.Ordinal);
            var (field, value) = equals < 0 ? (word, "") : (word[..equals], word[(equals + 1)..]);
            fault = field switch
            {
                "key" => SetKey(ref rule, value),
                "zone" => SetZone(ref rule, value),
                "names" => SetNames(ref rule, value),
                "types" => SetTypes(ref rule, value),
                _ => $"'{word}' is not part of a rule. Write key=NAME zone=ZONE names=NAMES types=TYPES.",
            };
            if (fault.Length > 0)
            {
                return false;
            }

            hasKey |= field == "key";
        }

        fault = hasKey ? "" : $"The rule '{text}' names no key. Begin it with key=NAME.";
        return hasKey;
    }

    /// <summary>Reads what a rule says of names: <c>all</c>, <c>_peer</c>, <c>self</c>, <c>subtree:NAME</c> or <c>name:NAME</c>.</summary>
    /// <returns>The fault, or nothing.</returns>
    public static string SetNames(ref UpdateRule rule, string value)
    {
        var colon = value.IndexOf(':', StringComparison.Ordinal);
        var kind = colon < 0 ? value : value[..colon];
        DomainName? name = null;
        if (kind is "subtree" or "name")
        {
            if (colon < 0 || !TryParseName(value[(colon + 1)..], out var parsed))
            {
                return $"'{value}' has no domain name. Write {kind}:NAME.";
            }

            name = parsed;
        }

        PermittedNames? names = kind switch
        {
            "all" => PermittedNames.Zone,
            "_peer" => PermittedNames.Peers,
            "self" => PermittedNames.Self,
            "subtree" => PermittedNames.Subtree,
            "name" => PermittedNames.Name,
            _ => null,
        };
        if (names is not { } known)
        {
            return $"'{value}' is no choice of names. Write all, _peer, self, subtree:NAME or name:NAME.";
        }

        rule = rule with { Names = known, Name = name };
        return "";
    }

    /// <summary>Reads types with commas between them.</summary>
    /// <returns>The fault, or nothing.</returns>
    public static string SetTypes(ref UpdateRule rule, string value)
    {
        var types = new List<RecordType>();
        foreach (var word in value.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            if (!RecordTypes.TryParseMnemonic(word, out var type) || type.IsMeta())
            {
                return $"'{word}' is not a record type that can be changed. Write types such as NAPTR,TXT.";
            }

            types.Add(type);
        }

        rule = rule with { Types = types };
        return "";
    }

    private static string SetKey(ref UpdateRule rule, string value)
    {
        if (!TryParseName(value, out var key))
        {
            return $"'{value}' cannot name a key. Write the name that the key file has.";
        }

        rule = rule with { Key = key };
        return "";
    }

    private static string SetZone(ref UpdateRule rule, string value)
    {
        if (!TryParseName(value, out var zone))
        {
            return $"'{value}' is not a domain name. Write the zone's name.";
        }

        rule = rule with { Zone = zone };
        return "";
    }

    private static bool TryParseName(string text, out DomainName name)
    {
        name = default;
        if (text.Length == 0 || DomainName.TryParse(Encoding.UTF8.GetBytes(text), DomainName.Root, out var parsed) != NameError.None)
        {
            return false;
        }

        name = parsed.ToLower();
        return true;
    }
}
