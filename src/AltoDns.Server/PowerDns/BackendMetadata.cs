// What PowerDNS wants to know of zones besides their records: kind, serial, signing, and who may have them.

using System.Text.Json;
using AltoDns.Protocol.Messages;
using AltoDns.Protocol.Records;
using AltoDns.Protocol.Security;
using AltoDns.Server.Transfers;
using AltoDns.Zones.Serving;

namespace AltoDns.Server.PowerDns;

internal static class BackendMetadata
{
    /// <summary>Writes a zone's entry; PowerDNS takes it for a primary zone, so that it can tell secondaries of changes where it is set up to.</summary>
    public static void WriteDomain(ZoneSnapshot zone, BackendZones zones, Utf8JsonWriter json)
    {
        var number = zones.NumberOf(zone.Origin);
        json.WriteStartObject();
        json.WriteNumber("id"u8, number);
        json.WriteString("zone"u8, zone.Origin.ToString());
        json.WriteString("kind"u8, "master"u8);
        json.WriteNumber("serial"u8, zone.Serial);
        json.WriteNumber("notified_serial"u8, zones.NotifiedSerial(number));
        json.WriteNumber("last_check"u8, 0);
        json.WriteStartArray("masters"u8);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    /// <summary>The values by kind; a kind without values is not among them.</summary>
    public static IReadOnlyDictionary<string, IReadOnlyList<string>> Of(ZoneSnapshot zone, TransferOptions transfers)
    {
        var values = new Dictionary<string, IReadOnlyList<string>>(StringComparer.OrdinalIgnoreCase);
        if (zone.HasSignatures)
        {
            values.Add("PRESIGNED", ["1"]);
        }

        if (zone.Nsec3 is { Count: > 0 } chain)
        {
            var flags = ReadFlags(zone, chain);
            values.Add("NSEC3PARAM", [new Nsec3ParamData(chain.Parameters.HashAlgorithm, flags, chain.Parameters.Iterations, chain.Parameters.Salt.ToArray()).ToString()]);
        }

        // PowerDNS lets in who matches either list; a rule that wants both an address and a key cannot be said, and lets in nobody.
        var rules = transfers.For(zone.Origin).AllowTransfer.Rules;
        Add(values, "ALLOW-AXFR-FROM", rules.Where(rule => rule.Key is null).Select(rule => rule.Prefix?.ToString()).SelectMany(prefix => prefix is null ? (string[])["0.0.0.0/0", "::/0"] : [prefix]));
        Add(values, "TSIG-ALLOW-AXFR", rules.Where(rule => rule is { Prefix: null, Key: not null }).Select(rule => rule.Key.ToString()!));
        return values;
    }

    /// <summary>Writes a key's algorithm and secret.</summary>
    public static void WriteKey(TsigKey key, Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("name"u8, key.Name.ToString());
        json.WriteString("algorithm"u8, key.Algorithm switch
        {
            TsigAlgorithm.HmacSha256 => "hmac-sha256",
            TsigAlgorithm.HmacSha384 => "hmac-sha384",
            TsigAlgorithm.HmacSha512 => "hmac-sha512",
            TsigAlgorithm.HmacSha1 => "hmac-sha1",
            _ => "hmac-md5",
        });
        json.WriteString("content"u8, Convert.ToBase64String(key.Secret.Span));
        json.WriteEndObject();
    }

    // All records of a chain have the same, save while it is made anew; PowerDNS writes the flags it is told into each.
    private static byte ReadFlags(ZoneSnapshot zone, Nsec3Chain chain)
    {
        var data = new RRsetDataEnumerator(zone.DataOf(zone.RRset(chain.RRsetOf(0))));
        _ = data.MoveNext();
        var reader = new WireReader(data.Current);
        return Nsec3Data.TryRead(ref reader, out var record) ? record.Flags : (byte)0;
    }

    private static void Add(Dictionary<string, IReadOnlyList<string>> values, string kind, IEnumerable<string> entries)
    {
        string[] all = [.. entries];
        if (all.Length > 0)
        {
            values.Add(kind, all);
        }
    }
}
