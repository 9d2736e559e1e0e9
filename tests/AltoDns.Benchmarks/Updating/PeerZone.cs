// A reverse zone whose peers are all dynamic, and the same with them in its file.

using System.Globalization;
using AltoDns.Benchmarks.Traffic;
using AltoDns.Harness;
using AltoDns.Harness.Updating;
using AltoDns.Protocol.Messages;
using AltoDns.Protocol.Names;
using AltoDns.Protocol.Records;
using AltoDns.Zones.State;
using AltoDns.Zones.Updating;

namespace AltoDns.Benchmarks.Updating;

/// <summary>IDs look random, as an ISP's should, and are spread over 64 addresses; each peer has the NAPTR record of one of 64 servers.</summary>
internal static class PeerZone
{
    private const int Addresses = 64;
    private const int RecordsAtOnce = 100_000;
    private const uint TimeToLive = 60;

    private static readonly NaptrData[] Servers = [.. Enumerable.Range(0, Addresses).Select(number =>
        (NaptrData)UpdateText.ReadData(RecordType.NAPTR, $"100 10 \"u\" \"ALTO:https\" \"!.*!{UriOf(number)}!\" ."))];

    /// <summary>Writes the zone without peers.</summary>
    public static ServedZone Write(TemporaryFolder folder, DomainName zone) => new(zone, folder.Write("peers.zone", Head(zone)));

    /// <summary>Writes the zone with peers in the file.</summary>
    public static ServedZone WriteStatic(TemporaryFolder folder, DomainName zone, int records)
    {
        var file = Path.Combine(folder.Path, "static.zone");
        using var text = new StreamWriter(file);
        text.Write(Head(zone));
        for (var peer = 0; peer < records; peer++)
        {
            text.Write(string.Create(CultureInfo.InvariantCulture, $"{LabelOf(peer)}._peer.{peer % Addresses} {TimeToLive} NAPTR {ServerOf(peer)}\n"));
        }

        return new ServedZone(zone, file);
    }

    /// <summary>The name of a peer by its number.</summary>
    public static DomainName NameOf(DomainName zone, int peer) =>
        DomainName.Parse(string.Create(CultureInfo.InvariantCulture, $"{LabelOf(peer)}._peer.{peer % Addresses}.{zone}"));

    /// <summary>What a peer has.</summary>
    public static RecordData ServerOf(int peer) => Servers[peer % Servers.Length];

    /// <summary>Questions for peers that are there, at random.</summary>
    public static IEnumerable<Asked> Ask(DomainName zone, int records, int count, int seed)
    {
        var random = new Random(seed);
        return Enumerable.Range(0, count).Select(_ => random.Next(records)).Select(peer =>
            new Asked(NameOf(zone, peer), RecordType.NAPTR, ResponseCode.NoError, UriOf(peer % Servers.Length)));
    }

    /// <summary>Writes the file that a server would have after so many updates.</summary>
    /// <returns>Its length in octets.</returns>
    public static long FillStore(TemporaryFolder folder, DomainName zone, int records)
    {
        var path = Path.Combine(folder.MakeFolder("state"), DynamicStore.FileName);
        using var store = DynamicStore.Open(path);

        // In the order of the file, or writing it would take far longer.
        foreach (var peers in Enumerable.Range(0, records).OrderBy(peer => peer % Addresses).ThenBy(Id).Chunk(RecordsAtOnce))
        {
            store.Begin();
            store.Write(
                zone,
                [.. peers.Select(peer => new RowChange(RowChangeKind.Put, NameOf(zone, peer), RecordType.NAPTR, TimeToLive, ServerOf(peer).ToWire(canonical: true)))],
                UpdatableServers.Key.Name,
                1_700_000_000);
            store.WriteSerial(zone, new KeptSerial(20, 10));
            store.Commit();
        }

        store.Checkpoint(truncates: true);
        return new FileInfo(path).Length;
    }

    private static string Head(DomainName zone) => $"""
        $ORIGIN {zone}
        $TTL 3600
        @ SOA ns1.isp1.example. host.isp1.example. 10 3600 600 86400 300
        @ NS ns1.isp1.example.
        *._peer.1 NAPTR {ServerOf(0)}

        """;

    private static string UriOf(int server) => string.Create(CultureInfo.InvariantCulture, $"https://alto{server}.isp1.example/ird");

    private static uint Id(int peer) => (uint)peer * 0x9E3779B1u;

    private static string LabelOf(int peer) => string.Create(CultureInfo.InvariantCulture, $"{Id(peer):x8}");
}
