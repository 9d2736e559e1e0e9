// amplification: how many octets come back for one that is sent, for each kind of question, unsigned and signed.

using System.CommandLine;
using System.Globalization;
using AltoDns.Benchmarks.Output;
using AltoDns.Benchmarks.Servers;
using AltoDns.Harness;
using AltoDns.Protocol.Names;
using AltoDns.Protocol.Records;

namespace AltoDns.Benchmarks.Commands;

internal static class AmplificationCommand
{
    // Of IPv4 and UDP, which go before each datagram either way.
    private const int Headers = 28;
    private const ushort Payload = 1232;
    private const string Zone = "2.0.192.in-addr.arpa.";
    private const string Policy = "isp1.yaml";

    private static readonly (string What, string Name, RecordType Type)[] Asked =
    [
        ("NAPTR, by a wildcard", $"200.{Zone}", RecordType.NAPTR),
        ("NAPTR, at a name", $"77.{Zone}", RecordType.NAPTR),
        ("NAPTR, two servers", $"140.{Zone}", RecordType.NAPTR),
        ("key TXT", $"77.{Zone}", RecordType.TXT),
        ("PTR", $"77.{Zone}", RecordType.PTR),
        ("ANY", $"77.{Zone}", RecordType.ANY),
        ("no data", $"77.{Zone}", RecordType.A),
        ("no data, by a wildcard", $"99.{Zone}", RecordType.A),
        ("no such name", $"x.77.{Zone}", RecordType.A),
        ("referral", $"192-26.{Zone}", RecordType.NAPTR),
        ("SOA", Zone, RecordType.SOA),
        ("NS", Zone, RecordType.NS),
        ("DNSKEY", Zone, RecordType.DNSKEY),
        ("ANY at the apex", Zone, RecordType.ANY),
        ("another's zone", "example.org.", RecordType.A),
    ];

    public static Command Create()
    {
        var json = CommonOptions.Json();
        var command = new Command("amplification", "Compare the lengths of questions and answers over UDP, for the first sample network, unsigned and signed.") { json };
        command.SetAction((result, _) => RunAsync(result.GetValue(json)));
        return command;
    }

    private static async Task RunAsync(bool asJson)
    {
        using var folder = new TemporaryFolder();
        Copy(Path.Combine(Repository.Path, "zones"), folder.Path);
        var policy = Path.Combine(folder.Path, Policy);
        var unsigned = await AskAllAsync(policy, folder.MakeFolder("unsigned-state"), isSigned: false);
        await File.AppendAllTextAsync(policy, "\ndnssec: on\n");
        var signed = await AskAllAsync(policy, folder.MakeFolder("signed-state"), isSigned: true);
        var rows = Asked.Select((asked, index) => new Row(
            asked.What, unsigned[index].Question, unsigned[index].Answer, signed[index].Answer, Factor(unsigned[index]), Factor(signed[index]))).ToList();
        Figures.Print(
            rows,
            asJson,
            ("question", row => row.What),
            ("octets", row => $"{row.Question}"),
            ("answer", row => $"{row.Unsigned}"),
            ("factor", row => Text(row.UnsignedFactor)),
            ("answer, signed", row => $"{row.Signed}"),
            ("factor, signed", row => Text(row.SignedFactor)));
    }

    private static async Task<IReadOnlyList<(int Question, int Answer)>> AskAllAsync(string policy, string state, bool isSigned)
    {
        await using var server = await AltoDnsServer.StartAsync([policy, "--state", state], [new ServedZone(DomainName.Parse(Zone), "")]);
        var lengths = new List<(int, int)>();
        foreach (var (_, name, type) in Asked)
        {
            // A question has the same length with the DO bit and without.
            var query = new Query(DomainName.Parse(name), type) { UdpPayload = Payload, DnssecOk = isSigned };
            lengths.Add((query.ToWire(1).Length, (await server.Client.AskAsync(query)).Length));
        }

        return lengths;
    }

    private static void Copy(string from, string to)
    {
        foreach (var file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            var copy = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }
    }

    // As packets, which is what a victim gets.
    private static double Factor((int Question, int Answer) lengths) => (double)(lengths.Answer + Headers) / (lengths.Question + Headers);

    private static string Text(double factor) => factor.ToString("0.0", CultureInfo.InvariantCulture);

    private sealed record Row(string What, int Question, int Unsigned, int Signed, double UnsignedFactor, double SignedFactor);
}
