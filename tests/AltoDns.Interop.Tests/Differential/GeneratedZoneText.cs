// Writes a made-up zone as a master file, in the many ways that RFC 1035 §5.1 allows.

using System.Text;
using AltoDns.Protocol.Names;
using AltoDns.Protocol.Records;

namespace AltoDns.Interop.Tests.Differential;

internal static class GeneratedZoneText
{
    /// <summary>A TTL beyond the life of a signature makes no sense, and Knot refuses it.</summary>
    private const uint MaxSignedTimeToLive = 86_400;

    /// <summary>In the one way that every signer reads.</summary>
    public static string WriteForSigner(GeneratedZone zone) => string.Concat(zone.Records.Select(record =>
        $"{record.Owner} {Math.Min(record.TimeToLive, MaxSignedTimeToLive)} IN {record.Type.Mnemonic()} {record.Data}\n"));

    public static string Write(GeneratedZone zone, Random random)
    {
        var text = new StringBuilder($"$ORIGIN {zone.Origin}\n$TTL 1h\n");
        DomainName? previous = null;
        foreach (var record in zone.Records)
        {
            // A blank start repeats the last owner, case and all.
            var repeats = previous is { } last && last.Wire.SequenceEqual(record.Owner.Wire);
            var owner = repeats && random.Next(2) == 0 ? "" : Owner(zone, record, random);
            var fields = random.Next(4) switch
            {
                0 => $"{record.TimeToLive} IN",
                1 => $"IN {record.TimeToLive}",
                2 when record.TimeToLive == 3600 => "",
                _ => $"{record.TimeToLive}",
            };
            var data = random.Next(6) == 0 ? $"( {record.Data} ; a comment )\n )" : record.Data;
            text.Append($"{owner}\t{fields} {record.Type.Mnemonic()} {data}\n");
            previous = record.Owner;
        }

        return text.ToString();
    }

    private static string Owner(GeneratedZone zone, GeneratedRecord record, Random random)
    {
        var absolute = record.Owner.ToString();
        var suffix = $".{zone.Origin}";
        return random.Next(3) switch
        {
            0 when record.Owner == zone.Origin => "@",
            1 when absolute.EndsWith(suffix, StringComparison.Ordinal) && !absolute[..^suffix.Length].EndsWith('\\') => absolute[..^suffix.Length],
            _ => absolute,
        };
    }
}
