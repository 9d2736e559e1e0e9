// nat: what the pairs of address and port block of a deterministic NAT cost, as pools and as single addresses.

using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using AltoDns.Benchmarks.Output;
using AltoDns.Harness;
using AltoDns.Protocol.Names;

namespace AltoDns.Benchmarks.Commands;

internal static partial class NatCommand
{
    private const int BlocksPerAddress = 64;
    private const int Servers = 8;

    private static readonly IReadOnlyList<ServedZone> Zones = [new ServedZone(DomainName.Parse("10.in-addr.arpa."), "")];

    public static Command Create()
    {
        var runs = CommonOptions.Runs();
        var json = CommonOptions.Json();
        var command = new Command("nat", "Measure what NATs with 64 port blocks and 64 regions of peer IDs at each address take to load, and their memory.")
        {
            runs, json,
        };
        command.SetAction((result, _) => RunAsync(result.GetValue(runs), result.GetValue(json)));
        return command;
    }

    private static async Task RunAsync(int runs, bool asJson)
    {
        using var folder = new TemporaryFolder();
        Part[] parts =
        [
            Write(folder, "1,024 single addresses", [.. Enumerable.Range(0, 1024).Select(index => $"10.0.{index >> 8}.{index & 255}/32")], 1024),
            Write(folder, "one pool of 1,024", ["10.0.0.0/22"], 1024),
            Write(folder, "three pools of 163,840", ["10.0.0.0/16", "10.1.0.0/16", "10.2.0.0/17"], 163_840),
        ];
        for (var round = 0; round < runs; round++)
        {
            foreach (var part in parts)
            {
                part.Runs.Add(await MeasureAsync(part));
                Figures.Note($"round {round + 1}: {part.Name} {part.Runs[^1]}");
            }
        }

        var rows = new List<Row>();
        foreach (var part in parts)
        {
            rows.Add(await SummarizeAsync(part));
        }

        Figures.Print(
            rows,
            asJson,
            ("NATs", row => row.Name),
            ("addresses", row => $"{row.Addresses:N0}"),
            ("pairs", row => $"{row.Pairs:N0}"),
            ("names", row => $"{row.Names:N0}"),
            ("load s", row => $"{row.LoadSeconds:F2}"),
            ("CPU s", row => $"{row.ProcessorSeconds:F2}"),
            ("VmRSS MB", row => $"{row.ResidentMegabytes:F0}"),
            ("VmHWM MB", row => $"{row.PeakMegabytes:F0}"));
    }

    // Neighbouring blocks have different servers, so that none can be put together.
    private static Part Write(TemporaryFolder folder, string name, IReadOnlyList<string> pools, int addresses)
    {
        var file = Path.Combine(folder.Path, string.Create(CultureInfo.InvariantCulture, $"nat-{pools.Count}-{addresses}.yaml"));
        var servers = Enumerable.Range(0, Servers).Select(server => $"s{server}: {{ uri: \"https://alto{server}.example/ird\" }}");
        var blocks = Enumerable.Range(0, BlocksPerAddress).Select(block => $"{block}: s{block % (Servers - 1) + 1}");
        var peers = Enumerable.Range(0, BlocksPerAddress).Select(region => $"\"*.r{region}\": s{region % (Servers - 1) + 1}");
        using var text = new StreamWriter(file);
        text.Write($$"""
            zones: 10.0.0.0/8
            soa: { primary: ns1.example., contact: hostmaster.example. }
            nameservers: [ns1.example.]
            alto-servers: { {{string.Join(", ", servers)}} }
            assignments: { 10.0.0.0/8: s0 }
            nat:

            """);
        foreach (var pool in pools)
        {
            text.Write($"  {pool}: {{ peers: {{ {string.Join(", ", peers)} }}, port-blocks: {{ size: 1008, servers: {{ {string.Join(", ", blocks)} }} }} }}\n");
        }

        return new Part(name, file, addresses);
    }

    private static async Task<Run> MeasureAsync(Part part)
    {
        await using var server = await AltoDnsServer.StartAsync([part.File], Zones);
        var usage = ProcessTree.Read(server.ProcessId);
        var milliseconds = LoadTime().Match(server.Log).Groups["ms"].ValueSpan;
        return new Run(
            double.Parse(milliseconds, CultureInfo.InvariantCulture) / 1000, usage.ProcessorTime.TotalSeconds, usage.Resident.Megabytes(), usage.PeakResident.Megabytes());
    }

    private static async Task<Row> SummarizeAsync(Part part)
    {
        var check = await ToolRunner.RunAsync("dotnet", [AltoDnsServer.ProgramPath, "check", "--json", part.File], TimeSpan.FromMinutes(5));
        using var output = JsonDocument.Parse(check.Output);
        return new Row(
            part.Name,
            part.Addresses,
            part.Addresses * BlocksPerAddress,
            output.RootElement.GetProperty("zones").EnumerateArray().Sum(zone => zone.GetProperty("names").GetInt64()),
            part.Runs.Select(run => run.Load).Median(),
            part.Runs.Select(run => run.Processor).Median(),
            part.Runs.Select(run => run.Resident).Median(),
            part.Runs.Select(run => run.Peak).Median());
    }

    [GeneratedRegex("Loaded the zones from [0-9]+ files in (?<ms>[0-9]+) ms", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex LoadTime();

    private sealed record Part(string Name, string File, int Addresses)
    {
        public List<Run> Runs { get; } = [];
    }

    /// <summary>Seconds and megabytes.</summary>
    private sealed record Run(double Load, double Processor, double Resident, double Peak);

    private sealed record Row(
        string Name, int Addresses, int Pairs, long Names, double LoadSeconds, double ProcessorSeconds, double ResidentMegabytes, double PeakMegabytes);
}
