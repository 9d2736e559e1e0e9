// A reverse zone whose peers are all dynamic.

using System.Globalization;
using AltoDns.Harness;
using AltoDns.Harness.Updating;
using AltoDns.Protocol.Names;
using AltoDns.Protocol.Records;
using AltoDns.Zones.State;
using AltoDns.Zones.Updating;

namespace AltoDns.Benchmarks.Updating;

internal static class PeerZone
{
    private const int RecordsAtOnce = 100_000;

    /// <summary>What each peer has.</summary>
    public static RecordData Server { get; } = UpdateText.ReadData(RecordType.NAPTR, "100 10 \"u\" \"ALTO:https\" \"!.*!https://alto.isp1.example/ird!\" .");

    public static ServedZone Write(TemporaryFolder folder, DomainName zone) =>
        new(zone, folder.Write("peers.zone", $"$ORIGIN {zone}\n$TTL 3600\n@ SOA ns1.isp1.example. host.isp1.example. 10 3600 600 86400 300\n@ NS ns1.isp1.example.\n*._peer.1 NAPTR {Server}\n"));

    /// <summary>Writes the file that a server would have after so many updates.</summary>
    /// <returns>Its length in octets.</returns>
    public static long FillStore(TemporaryFolder folder, DomainName zone, int records)
    {
        var path = Path.Combine(folder.MakeFolder("state"), DynamicStore.FileName);
        using var store = DynamicStore.Open(path);
        var data = Server.ToWire(canonical: true);
        for (var first = 0; first < records; first += RecordsAtOnce)
        {
            store.Begin();
            store.Write(
                zone,
                [.. Enumerable.Range(first, Math.Min(RecordsAtOnce, records - first)).Select(number => new RowChange(
                    RowChangeKind.Put, DomainName.Parse(string.Create(CultureInfo.InvariantCulture, $"p{number:x8}._peer.1.{zone}")), RecordType.NAPTR, 60, data))],
                UpdatableServers.Key.Name,
                1_700_000_000);
            store.WriteSerial(zone, new KeptSerial(20, 10));
            store.Commit();
        }

        store.Checkpoint(truncates: true);
        return new FileInfo(path).Length;
    }
}
