// updates: how many updates a second are kept, beside BIND and Knot; and what millions of dynamic records cost.

using System.CommandLine;
using AltoDns.Benchmarks.Output;
using AltoDns.Benchmarks.Updating;
using AltoDns.Harness;
using AltoDns.Harness.Updating;
using AltoDns.Protocol.Names;

namespace AltoDns.Benchmarks.Commands;

internal static class UpdatesCommand
{
    private static readonly DomainName Zone = DomainName.Parse("100.51.198.in-addr.arpa.");

    public static Command Create()
    {
        var runs = CommonOptions.Runs();
        var json = CommonOptions.Json();
        var clients = new Option<int>("--clients") { Description = "Clients, each with one update on its way.", DefaultValueFactory = _ => 16 };
        var seconds = new Option<int>("--seconds") { Description = "How long each server is measured in a round.", DefaultValueFactory = _ => 10 };
        var records = new Option<int>("--records") { Description = "Instead: start AltoDns with so many dynamic peers, ask and update them.", DefaultValueFactory = _ => 0 };
        var queries = new Option<int>("--queries") { Description = "With --records: queries a second.", DefaultValueFactory = _ => 20_000 };
        var updates = new Option<int>("--updates") { Description = "With --records: updates a second.", DefaultValueFactory = _ => 500 };
        var command = new Command("updates", "Measure updates of one record each, signed by TSIG, answered when they are on the disk of the temporary folder.")
        {
            runs, clients, seconds, records, queries, updates, json,
        };
        command.SetAction((result, _) => result.GetValue(records) > 0
            ? MeasureManyAsync(
                new ManyRecords(
                    Zone, result.GetValue(records), result.GetValue(clients), result.GetValue(queries), result.GetValue(updates), TimeSpan.FromSeconds(result.GetValue(seconds))),
                result.GetValue(json))
            : CompareAsync(result.GetValue(runs), result.GetValue(clients), result.GetValue(seconds), result.GetValue(json)));
        return command;
    }

    private static async Task CompareAsync(int runs, int clients, int seconds, bool asJson)
    {
        using var folder = new TemporaryFolder();
        var zone = PeerZone.Write(folder, Zone);
        var rows = new List<RateRow>();
        for (var round = 0; round < runs; round++)
        {
            foreach (var recipe in (ServerRecipe[])[UpdatableServers.AltoDns(folder, [zone], ["--allow-update", "key=dhcp"]), UpdatableServers.Bind([zone]), UpdatableServers.Knot([zone])])
            {
                await using var server = await RunningServer.StartAsync(recipe, [zone], TimeSpan.FromSeconds(60));
                var processor = ProcessTree.Read(server.ProcessId).ProcessorTime;
                var load = new UpdateLoad(server.Endpoint, Zone, clients, round);
                load.Run(TimeSpan.FromSeconds(seconds));
                var used = ProcessTree.Read(server.ProcessId).ProcessorTime - processor;
                rows.Add(new RateRow(round + 1, recipe.Name, load.PerSecond, load.Percentile(0.5), load.Percentile(0.99), used.TotalMicroseconds / Math.Max(load.Count, 1), load.Failed));
                Figures.Note($"round {round + 1}: {rows[^1]}");
            }
        }

        Figures.Print(
            rows,
            asJson,
            ("round", row => $"{row.Round}"),
            ("server", row => row.Server),
            ("updates/s", row => $"{row.PerSecond:F0}"),
            ("p50 ms", row => $"{row.Median:F2}"),
            ("p99 ms", row => $"{row.Late:F2}"),
            ("CPU µs/update", row => $"{row.ProcessorMicroseconds:F0}"),
            ("failed", row => $"{row.Failed}"));
    }

    private static async Task MeasureManyAsync(ManyRecords measurement, bool asJson)
    {
        using var folder = new TemporaryFolder();
        ManyRow.Print(await measurement.MeasureAsync(folder), asJson);
    }

    private sealed record RateRow(int Round, string Server, double PerSecond, double Median, double Late, double ProcessorMicroseconds, long Failed);
}
