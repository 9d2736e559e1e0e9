// A zone that is built with its dynamic records is the one that they are edited into.

using AltoDns.Protocol.Names;
using AltoDns.Protocol.Records;
using AltoDns.Zones.Updating;

namespace AltoDns.Zones.Tests.Updating;

public sealed class LayerReplayTests
{
    private static readonly string[] Labels = ["1", "2", "3", "77", "128", "200", "_peer", "_port", "north", "c1f3", "fixed", "*", "b", "host"];

    private static readonly RecordType[] Types = [RecordType.PTR, RecordType.NAPTR, RecordType.TXT, RecordType.A, RecordType.NS, RecordType.CNAME, RecordType.DNAME];

    public static TheoryData<int> Seeds() => [.. Enumerable.Range(1, 40)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Builds_the_zone_that_edits_make(int seed)
    {
        using var updated = seed % 4 == 0
            ? UpdatedZone.Plain("a A 192.0.2.1\n*.w TXT \"w\"\n")
            : UpdatedZone.OfPolicy("@ NS ns.invalid.\n77.2 PTR host.example.\n9.1.2 TXT \"deep\"\n5 NS ns.other.\n");
        var random = new Random(seed);
        var layer = MakeLayer(updated.Zone.Origin, random);
        var edited = new LayerReplay(updated.Zone.Base, updated.Zone.Terms);
        foreach (var (owner, records) in layer)
        {
            edited.Add(owner, records);
        }

        var reads = 0;
        var built = LayerReplay.Run(
            updated.Zone.Base,
            updated.Zone.Terms,
            1000,
            visit =>
            {
                reads++;
                layer.ForEach(entry => visit(entry.Owner, entry.Records));
            },
            kept: null,
            leastToBuild: 0);
        Assert.Equal(UpdatedZone.RecordsOf(edited.Build(null, 0).Content), UpdatedZone.RecordsOf(built.Content));
        Assert.InRange(reads, 1, 2);
    }

    // Names in the order of their owners' keys: each before those below it.
    private static List<(DomainName Owner, IReadOnlyList<DynamicRecord> Records)> MakeLayer(DomainName origin, Random random)
    {
        var names = new HashSet<DomainName>();
        for (var i = random.Next(1, 60); i > 0; i--)
        {
            var name = origin;
            for (var labels = random.Next(1, 6); labels > 0; labels--)
            {
                name = DomainName.Parse($"{Labels[random.Next(Labels.Length)]}.{name}");
            }

            names.Add(name);
        }

        return [.. names.Order().Select(name => (name, RecordsOf(random)))];
    }

    private static IReadOnlyList<DynamicRecord> RecordsOf(Random random)
    {
        // Few are more than records to be there: those are built, the others edited in.
        var isHidden = random.Next(8) == 0;
        var time = random.Next(3) == 0 ? 300u : 60u;
        var first = Types[random.Next(random.Next(3) == 0 ? Types.Length : 4)];
        var records = new List<DynamicRecord> { new(first, isHidden ? null : time, DataOf(first, random)) };
        if (first is RecordType.TXT or RecordType.NAPTR or RecordType.A && random.Next(2) == 0)
        {
            var second = random.Next(2) == 0 ? first : RecordType.TXT;
            records.Add(new DynamicRecord(second, second == first ? time : 600, DataOf(second, random)));
        }

        return [.. records.OrderBy(record => record.Type)];
    }

    private static byte[] DataOf(RecordType type, Random random) => UpdatedZone.Data(type, type switch
    {
        RecordType.NAPTR => random.Next(2) == 0 ? "100 10 \"u\" \"ALTO:https\" \"!.*!https://alto7.isp1.example/ird!\" ." : "100 10 \"s\" \"SIP+D2U\" \"\" sip.example.",
        RecordType.TXT => random.Next(2) == 0 ? "\"v=ALTOKEY1; k=ecdsa-p256; s=x; h=alto.isp1.example; p=AA==\"" : $"\"text{random.Next(3)}\"",
        RecordType.A => $"192.0.2.{random.Next(4)}",
        _ => $"host{random.Next(3)}.example.",
    }).ToWire(canonical: true);
}
