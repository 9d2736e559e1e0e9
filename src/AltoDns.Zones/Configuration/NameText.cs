// Reads the names of name servers, of forward zones, and of the zone's contact.

using System.Buffers;
using System.Net;
using System.Text;
using AltoDns.Protocol.Names;
using AltoDns.Zones.Configuration.Yaml;

namespace AltoDns.Zones.Configuration;

internal static class NameText
{
    private static readonly SearchValues<byte> LdhOctets =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-"u8);

    private static readonly string[] ReverseRoots = [".in-addr.arpa", ".ip6.arpa"];

    /// <summary>Reads host names, one or a list, without duplicates; what is none is noted and left out.</summary>
    public static IReadOnlyList<Positioned<DomainName>> ReadHosts(YamlNode node, NodeShape shape, ProblemList problems)
    {
        var hosts = new List<Positioned<DomainName>>();
        foreach (var text in shape.ReadTexts(node, problems))
        {
            if (!TryReadHost(text, problems, out var name))
            {
                continue;
            }

            var earlier = hosts.FindIndex(host => host.Value == name);
            if (earlier >= 0)
            {
                problems.Error(text.Position, $"Name server {name} is already listed at {hosts[earlier].Position}.", "Keep one of the two.");
                continue;
            }

            hosts.Add(new Positioned<DomainName>(name, text.Position));
        }

        return hosts;
    }

    /// <summary>Reads the full name of a host: at least two labels of letters, digits and hyphens (RFC 1123 §2.1). The final dot may be missing.</summary>
    public static bool TryReadHost(YamlScalar text, ProblemList problems, out DomainName name)
    {
        name = default;
        if (IPAddress.TryParse(text.Text, out _))
        {
            problems.Error(text.Position, $"'{text.Text}' is an address, where a name server's name belongs.", "Write its name, such as ns1.isp1.example. (RFC 1035 §3.3.11).");
            return false;
        }

        if (!TryReadName(text, problems, out name))
        {
            return false;
        }

        if (!IsHostName(name))
        {
            problems.Error(
                text.Position, $"'{PrefixText.Excerpt(text.Text)}' is not a host name.", "Use letters, digits and inner hyphens in each label (RFC 1123 §2.1).");
            return false;
        }

        if (name.LabelCount < 2)
        {
            problems.Error(text.Position, $"'{text.Text}' is not a full name.", $"Write all of it, such as {text.Text.TrimEnd('.')}.isp1.example.");
            return false;
        }

        return true;
    }

    /// <summary>Whether a text under 'zones' is meant as a forward zone's name; what is not is for <see cref="PrefixText"/> to read or to explain.</summary>
    public static bool IsForwardZone(string text)
    {
        var name = "." + (text.EndsWith('.') ? text[..^1] : text);

        // A prefix without '/' and ':' ends in digits.
        return !text.Contains('/')
            && !text.Contains(':')
            && name.AsSpan(name.LastIndexOf('.')).ContainsAnyInRange('A', char.MaxValue)
            && !ReverseRoots.Any(root => name.EndsWith(root, StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>Reads the name of a forward zone: at least two labels, each as in a host's name or one with an underscore before it (RFC 8552). The final dot may be missing.</summary>
    public static bool TryReadForwardZone(YamlScalar text, ProblemList problems, out DomainName name)
    {
        if (!TryReadName(text, problems, out name))
        {
            return false;
        }

        if (name.LabelCount < 2)
        {
            problems.Error(text.Position, $"'{PrefixText.Excerpt(text.Text)}' is neither a prefix nor a full domain name.", $"Write a prefix such as 192.0.2.0/24, or all of the name, such as alto.isp1.example.");
            return false;
        }

        if (HasOnly(name, label => IsLdhLabel(label.StartsWith("_"u8) ? label[1..] : label)))
        {
            return true;
        }

        problems.Error(
            text.Position, $"'{PrefixText.Excerpt(text.Text)}' is not a zone's name.", "Use letters, digits and inner hyphens in each label (RFC 1123 §2.1).");
        return false;
    }

    /// <summary>Reads the contact of a zone, a name whose first label is the mailbox (RFC 1035 §3.3.13), or a mail address with <c>@</c>.</summary>
    public static bool TryReadContact(YamlScalar text, ProblemList problems, out DomainName name)
    {
        var at = text.Text.LastIndexOf('@');
        if (at < 0)
        {
            return TryReadName(text, problems, out name);
        }

        var error = DomainName.TryParse(Encoding.UTF8.GetBytes(text.Text[(at + 1)..]), DomainName.Root, out var domain);
        if (error == NameError.None && domain.LabelCount > 0 && IsHostName(domain) && domain.TryPrepend(Encoding.UTF8.GetBytes(text.Text[..at]), out name))
        {
            return true;
        }

        name = default;
        problems.Error(text.Position, $"'{PrefixText.Excerpt(text.Text)}' is not a mail address.", "Write it as hostmaster@isp1.example.");
        return false;
    }

    /// <summary>Whether a label holds letters, digits and inner hyphens only.</summary>
    public static bool IsLdhLabel(ReadOnlySpan<byte> label) =>
        label.Length is > 0 and <= DomainName.MaxLabelLength
        && label[0] != (byte)'-'
        && label[^1] != (byte)'-'
        && !label.ContainsAnyExcept(LdhOctets);

    private delegate bool LabelTest(ReadOnlySpan<byte> label);

    private static bool IsHostName(DomainName name) => HasOnly(name, IsLdhLabel);

    private static bool HasOnly(DomainName name, LabelTest test)
    {
        for (; !name.IsRoot; name = name.Parent)
        {
            if (!test(name.FirstLabel))
            {
                return false;
            }
        }

        return true;
    }

    private static bool TryReadName(YamlScalar text, ProblemList problems, out DomainName name)
    {
        var error = DomainName.TryParse(Encoding.UTF8.GetBytes(text.Text), DomainName.Root, out name);
        if (error == NameError.None && !name.IsRoot)
        {
            return true;
        }

        var fault = error == NameError.None ? "it is the root; write the full name" : error.Describe();
        var (reason, remedy) = fault.IndexOf("; ", StringComparison.Ordinal) is var split and > 0
            ? (fault[..split], char.ToUpperInvariant(fault[split + 2]) + fault[(split + 3)..])
            : (fault, "Correct it");
        problems.Error(text.Position, $"'{PrefixText.Excerpt(text.Text)}' is not a domain name: {reason}.", remedy + ".");
        return false;
    }
}
