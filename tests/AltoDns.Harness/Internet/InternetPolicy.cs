// A policy for all of the Internet: one ALTO server a country, one assignment a registry prefix.

using AltoDns.Protocol.Names;

namespace AltoDns.Harness.Internet;

public static class InternetPolicy
{
    /// <summary>The zones of the policy, as its SOA records are asked for.</summary>
    public static IReadOnlyList<ServedZone> Zones { get; } =
        [new ServedZone(ReverseName.IPv4Root, ""), new ServedZone(ReverseName.IPv6Root, "")];

    /// <summary>The URI of a country's ALTO server.</summary>
    public static string UriOf(string country) => $"https://alto.{country}.example/ird";

    /// <summary>Writes a policy that assigns each prefix to the server of its country.</summary>
    public static void Write(TextWriter text, IReadOnlyList<RegistryPrefix> prefixes)
    {
        text.Write("""
            zones: [0.0.0.0/0, "::/0"]
            soa: { primary: ns1.example., contact: hostmaster.example. }
            nameservers: [ns1.example.]
            alto-servers:

            """);
        foreach (var country in prefixes.Select(prefix => prefix.Country).Distinct(StringComparer.Ordinal))
        {
            text.Write($"  {country}: {{ uri: {UriOf(country)} }}\n");
        }

        text.Write("assignments:\n");
        foreach (var (country, prefix) in prefixes)
        {
            text.Write($"  {prefix}: {country}\n");
        }
    }

    /// <inheritdoc cref="Write(TextWriter, IReadOnlyList{RegistryPrefix})"/>
    public static void Write(string path, IReadOnlyList<RegistryPrefix> prefixes)
    {
        using var text = new StreamWriter(path);
        Write(text, prefixes);
    }
}
