// A zone's group in a catalog, as operators write it.

using AltoDns.Protocol.Names;

namespace AltoDns.Server.Configuration;

/// <summary>A zone and the group that consumers of the catalog find it in (RFC 9432 §4.3.2).</summary>
public sealed record ZoneGroup(DomainName Zone, string Group)
{
    private const int MaxGroup = 255;

    public static ValueKind<ZoneGroup> Kind { get; } = new("a zone and its group", "ZONE=GROUP", (string text, string _, out ZoneGroup value) =>
    {
        value = new ZoneGroup(default, "");
        var equals = text.LastIndexOf('=');
        if (equals <= 0 || equals == text.Length - 1 || text.Length - equals - 1 > MaxGroup)
        {
            return new Mistake($"'{text}' is not a zone and its group.", "Write ZONE=GROUP, such as 2.0.192.in-addr.arpa=signed.");
        }

        if (DomainName.TryParse(System.Text.Encoding.UTF8.GetBytes(text[..equals]), DomainName.Root, out var zone) is not NameError.None and var error)
        {
            return new Mistake($"'{text[..equals]}' is not a domain name: {error.Describe()}.", "Correct it.");
        }

        value = new ZoneGroup(zone, text[(equals + 1)..]);
        return null;
    });
}
