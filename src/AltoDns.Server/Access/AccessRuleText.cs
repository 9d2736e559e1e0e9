// A line of an access list as an operator writes it.

using System.Diagnostics.CodeAnalysis;
using AltoDns.Protocol.Names;

namespace AltoDns.Server.Access;

/// <summary>Reads <c>192.0.2.0/24</c>, <c>2001:db8::53</c>, <c>192.0.2.0/24 key NAME</c>, <c>key:NAME</c> and <c>any</c>.</summary>
public static class AccessRuleText
{
    private const string KeyPrefix = "key:";

    /// <param name="fault">On failure what is wrong and how to write it, two sentences; otherwise null.</param>
    public static bool TryParse(string text, [NotNullWhen(true)] out AccessRule? rule, [NotNullWhen(false)] out string? fault)
    {
        rule = null;
        fault = null;
        var words = text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (words is [var single] && single.StartsWith(KeyPrefix, StringComparison.Ordinal))
        {
            if (!TryParseKey(single[KeyPrefix.Length..], out var key, out fault))
            {
                return false;
            }

            rule = new AccessRule(Prefix: null, key);
            return true;
        }

        if (words is not ([_] or [_, "key", _]))
        {
            fault = $"'{text}' is not a rule of access. Write PREFIX, PREFIX key NAME, key:NAME or any.";
            return false;
        }

        DomainName? needed = null;
        if (words.Length > 1)
        {
            if (!TryParseKey(words[2], out var key, out fault))
            {
                return false;
            }

            needed = key;
        }

        if (words[0] == "any")
        {
            rule = new AccessRule(Prefix: null, needed);
            return true;
        }

        if (IPPrefix.TryParse(words[0].Contains('/') ? words[0] : words[0] + (words[0].Contains(':') ? "/128" : "/32"), out var prefix) != PrefixError.None)
        {
            fault = $"'{words[0]}' is neither an address nor a prefix. Write it as 192.0.2.53, 192.0.2.0/24 or 2001:db8::/32, without bits after the prefix.";
            return false;
        }

        rule = new AccessRule(prefix, needed);
        return true;
    }

    internal static bool TryParseKey(string text, out DomainName name, [NotNullWhen(false)] out string? fault)
    {
        var error = DomainName.TryParse(System.Text.Encoding.UTF8.GetBytes(text), DomainName.Root, out name);
        fault = error == NameError.None ? null : $"'{text}' cannot name a key: {error.Describe()}. Write the name that the key file has.";
        return fault is null;
    }
}
