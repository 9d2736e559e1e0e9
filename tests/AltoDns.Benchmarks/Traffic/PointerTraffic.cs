// A zone of many PTR records, as an ISP's reverse zone has them, and questions for them.

using AltoDns.Harness;
using AltoDns.Protocol.Messages;
using AltoDns.Protocol.Names;
using AltoDns.Protocol.Records;

namespace AltoDns.Benchmarks.Traffic;

internal static class PointerTraffic
{
    public static DomainName Origin { get; } = DomainName.Parse("10.in-addr.arpa.");

    /// <summary>Writes a zone of as many addresses from 10.0.0.0 on, each with a PTR record.</summary>
    public static ServedZone WriteZone(TemporaryFolder folder, int records)
    {
        var file = Path.Combine(folder.Path, "10.zone");
        using var text = new StreamWriter(file);
        text.Write("""
            $ORIGIN 10.in-addr.arpa.
            $TTL 3600
            @ SOA ns1.example. hostmaster.example. 1 7200 900 1209600 3600
            @ NS ns1.example.

            """);
        foreach (var (owner, target) in Records(records))
        {
            text.Write($"{owner} PTR {target}\n");
        }

        return new ServedZone(Origin, file);
    }

    /// <summary>Owners relative to the origin, with their targets.</summary>
    public static IEnumerable<(string Owner, string Target)> Records(int records) =>
        Enumerable.Range(0, records).Select(index => (OwnerOf(index), TargetOf(index)));

    /// <summary>Questions for records at random.</summary>
    public static IEnumerable<Asked> Make(int records, int count, int seed)
    {
        var random = new Random(seed);
        return Enumerable.Range(0, count).Select(_ => random.Next(records)).Select(AskedOf);
    }

    public static Asked AskedOf(int record) =>
        new(DomainName.Parse($"{OwnerOf(record)}.{Origin}"), RecordType.PTR, ResponseCode.NoError, TargetOf(record));

    private static string OwnerOf(int record) => $"{record & 255}.{record >> 8 & 255}.{record >> 16}";

    private static string TargetOf(int record) => $"host-10-{record >> 16}-{record >> 8 & 255}-{record & 255}.isp1.example.";
}
