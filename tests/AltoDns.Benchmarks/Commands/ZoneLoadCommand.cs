// zone-load: how long AltoDns, NSD, Knot and BIND take to load one large zone, and what it occupies in each.

using System.CommandLine;
using System.Diagnostics;
using AltoDns.Benchmarks.Output;
using AltoDns.Benchmarks.Traffic;
using AltoDns.Harness;
using AltoDns.Protocol.Messages;
using AltoDns.Protocol.Names;
using AltoDns.Protocol.Records;

namespace AltoDns.Benchmarks.Commands;

internal static class ZoneLoadCommand
{
    private static readonly Contender[] Contenders =
    [
        new("AltoDns", "dotnet", zones => AltoDnsServer.StartAsync(zones)),
        new("NSD", "nsd", zones => NsdServer.StartAsync(zones)),
        new("Knot", "knotd", zones => KnotServer.StartAsync(zones)),
        new("BIND", "named", zones => NamedServer.StartAsync(zones)),
    ];

    public static Command Create()
    {
        var records = new Option<int>("--records") { Description = "PTR records of the zone, at most 16,777,216.", HelpName = "N", DefaultValueFactory = _ => 1_000_000 };
        var runs = CommonOptions.Runs();
        var json = CommonOptions.Json();
        var command = new Command("zone-load", "Make a zone file of PTR records and measure how long each installed server takes until it answers, and its memory then.")
        {
            records, runs, json,
        };
        command.SetAction((result, _) => RunAsync(result.GetValue(records), result.GetValue(runs), result.GetValue(json)));
        return command;
    }

    private static async Task RunAsync(int records, int runs, bool asJson)
    {
        using var folder = new TemporaryFolder();
        var zone = PointerTraffic.WriteZone(folder, records);
        var contenders = Contenders.Where(contender => ToolRunner.Find(contender.Program) is not null).ToList();

        // In turns, so that what else the machine does falls on all of them.
        for (var round = 0; round < runs; round++)
        {
            foreach (var contender in contenders)
            {
                contender.Runs.Add(await MeasureAsync(contender, zone, records));
                Figures.Note($"round {round + 1}: {contender.Name} {contender.Runs[^1]}");
            }
        }

        Figures.Print(
            contenders.ConvertAll(Summarize),
            asJson,
            ("server", row => row.Server),
            ("first answer s", row => $"{row.FirstAnswerSeconds:F2}"),
            ("CPU s", row => $"{row.ProcessorSeconds:F2}"),
            ("PSS MB", row => $"{row.ProportionalMegabytes:F0}"),
            ("RSS MB", row => $"{row.ResidentMegabytes:F0}"),
            ("processes", row => $"{row.Processes}"));
    }

    private static async Task<Run> MeasureAsync(Contender contender, ServedZone zone, int records)
    {
        await using var server = await contender.Start([zone]);
        var usage = ProcessTree.Read(server.ProcessId);
        await RequireRecordAsync(server, records - 1);
        return new Run(
            server.ReadyAfter.TotalSeconds,
            usage.ProcessorTime.TotalSeconds,
            usage.Proportional.Megabytes(),
            usage.Resident.Megabytes(),
            usage.Processes);
    }

    // The last record: a server that answers before it has all would be found out.
    private static async Task RequireRecordAsync(RunningServer server, int record)
    {
        var asked = PointerTraffic.AskedOf(record);
        var answer = await server.Client.AskAsync(new Query(asked.Name, asked.Type));
        if (answer is not { ResponseCode: ResponseCode.NoError, Answers: [{ Data: PtrData data }] } || data.Target != DomainName.Parse(asked.Value!))
        {
            throw new UnreachableException($"{server.Name} gave a wrong answer for {asked.Name}: {answer}");
        }
    }

    private static Row Summarize(Contender contender) => new(
        contender.Name,
        contender.Runs.Select(run => run.FirstAnswer).Median(),
        contender.Runs.Select(run => run.Processor).Median(),
        contender.Runs.Select(run => run.Proportional).Median(),
        contender.Runs.Select(run => run.Resident).Median(),
        contender.Runs[0].Processes);

    private sealed record Contender(string Name, string Program, Func<IReadOnlyList<ServedZone>, Task<RunningServer>> Start)
    {
        public List<Run> Runs { get; } = [];
    }

    /// <summary>Seconds and megabytes.</summary>
    private sealed record Run(double FirstAnswer, double Processor, double Proportional, double Resident, int Processes);

    private sealed record Row(
        string Server, double FirstAnswerSeconds, double ProcessorSeconds, double ProportionalMegabytes, double ResidentMegabytes, int Processes);
}
