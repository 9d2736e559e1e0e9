// The records that say which ALTO server guides a host, and with which key its guidance is verified.

using System.Text;
using AltoDns.Protocol.Names;
using AltoDns.Protocol.Records;
using AltoDns.Zones.Configuration;

namespace AltoDns.Zones.Compilation;

/// <summary>Makes the NAPTR records of RFC 8686 and the key records described in docs/key-records.md.</summary>
public static class DiscoveryRecords
{
    private const ushort Order = 100;
    private const ushort PreferenceStep = 10;
    private static readonly byte[] Flags = "u"u8.ToArray();

    /// <summary>The records of one server: a NAPTR for each URI, a TXT for each key and each host of its URIs.</summary>
    public static IReadOnlyList<RecordData> Of(AltoServerDocument server)
    {
        var records = new List<RecordData>();
        for (var i = 0; i < server.Uris.Count; i++)
        {
            records.Add(Naptr(server.Uris[i].Value, (ushort)((i + 1) * PreferenceStep)));
        }

        var hosts = server.Uris.Select(uri => new Uri(uri.Value).Host).Distinct(StringComparer.OrdinalIgnoreCase);
        foreach (var host in hosts)
        {
            records.AddRange(server.Keys.Select(key => Key(key, host)));
        }

        return records;
    }

    /// <summary>The NAPTR records of a server that has no keys.</summary>
    /// <param name="uris">In order of preference, each at most 250 octets without a bare <c>!</c>.</param>
    public static IEnumerable<RecordData> OfUris(IReadOnlyList<string> uris) => uris.Select((uri, index) => Naptr(uri, (ushort)((index + 1) * PreferenceStep)));

    /// <summary>Whether a NAPTR is for ALTO, so that the policy decides about it and not the base zone.</summary>
    public static bool IsAlto(NaptrData naptr)
    {
        var service = Encoding.ASCII.GetString(naptr.Services.Span);
        return service.Equals("ALTO", StringComparison.OrdinalIgnoreCase) || service.StartsWith("ALTO:", StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>Whether a TXT is one of our key records.</summary>
    public static bool IsKey(TxtData text) => text.Strings.First().Span.StartsWith("v=ALTOKEY1"u8);

    // RFC 8686 §3.4, RFC 4848 §4.1: the whole name is replaced by the URI, so regexp has this one form and replacement is the root.
    private static NaptrData Naptr(string uri, ushort preference)
    {
        var scheme = uri.StartsWith("http:", StringComparison.OrdinalIgnoreCase) ? "http" : "https";
        return new NaptrData(
            Order, preference, Flags, Encoding.ASCII.GetBytes($"ALTO:{scheme}"), Encoding.ASCII.GetBytes($"!.*!{uri}!"), DomainName.Root);
    }

    private static TxtData Key(AltoKeyDocument key, string host) =>
        TxtData.FromText(Encoding.ASCII.GetBytes(
            $"v=ALTOKEY1; k={key.Algorithm}; s={key.Selector}; h={host}; p={Convert.ToBase64String(key.SubjectPublicKeyInfo)}"));
}
