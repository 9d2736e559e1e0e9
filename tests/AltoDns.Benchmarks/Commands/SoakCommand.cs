// soak: a day of mixed load in some minutes, after which memory and handles are what they were and every counter is accounted for.

using System.CommandLine;
using AltoDns.Benchmarks.Output;
using AltoDns.Benchmarks.Soaking;
using AltoDns.Benchmarks.Traffic;
using AltoDns.Harness;
using AltoDns.Harness.Updating;

namespace AltoDns.Benchmarks.Commands;

internal static class SoakCommand
{
    private const int Hours = 24;
    private const int Records = 100_000;

    public static Command Create()
    {
        var minutes = new Option<double>("--minutes") { Description = "How long the 24 hours take.", HelpName = "N", DefaultValueFactory = _ => 5 };
        var rate = new Option<int>("--rate") { Description = "Queries a second by UDP.", HelpName = "N", DefaultValueFactory = _ => 5_000 };
        var json = CommonOptions.Json();
        var command = new Command(
            "soak",
            "Ask by UDP and TCP, update, transfer and reload at once for 24 periods. Exit code 1 where memory or handles grow, an answer is lost or wrong, "
            + "or the server has counted otherwise than the load.") { minutes, rate, json };
        command.SetAction((result, _) => RunAsync(TimeSpan.FromMinutes(result.GetValue(minutes)) / Hours, result.GetValue(rate), result.GetValue(json)));
        return command;
    }

    private static async Task<int> RunAsync(TimeSpan hour, int rate, bool asJson)
    {
        using var folder = new TemporaryFolder();
        var pointers = PointerTraffic.WriteZone(folder, Records);
        var changing = ChangingZones.Write(folder);
        ServedZone[] zones = [pointers, .. changing.Zones];
        await using var server = await RunningServer.StartAsync(
            UpdatableServers.AltoDns(folder, zones, ["--allow-update", "key=dhcp", "--log-level", "warning"]), zones, TimeSpan.FromSeconds(60));
        var control = Path.Combine(folder.Path, "state", "control.sock");
        var before = await ServerCounters.ReadAsync(control);
        using var load = new SoakLoad(server.Endpoint, changing, Records);
        var rows = new List<SoakHour>();
        for (var number = 1; number <= Hours; number++)
        {
            await load.RunAsync(hour, rate);
            rows.Add(SoakHour.Measure(number, server.ProcessId, load));
            Figures.Note($"hour {number} of {Hours}: {rows[^1]}");
        }

        var faults = new List<string>(load.Faults);
        faults.AddRange(SoakHour.GrowthIn(rows));
        faults.AddRange(load.CompareWith(before, await ServerCounters.ReadAsync(control)));
        Figures.Print(
            rows,
            asJson,
            ("hour", row => $"{row.Number}"),
            ("VmRSS MB", row => $"{row.Resident / 1e6:F0}"),
            ("handles", row => $"{row.Handles}"),
            ("threads", row => $"{row.Threads}"),
            ("queries by UDP", row => $"{row.UdpQueries:N0}"),
            ("by TCP", row => $"{row.TcpQueries:N0}"),
            ("updates", row => $"{row.Updates:N0}"),
            ("transfers", row => $"{row.Transfers:N0}"),
            ("reloads", row => $"{row.Reloads:N0}"));
        faults.ForEach(Figures.Note);
        Figures.Note(faults.Count == 0 ? "Memory and handles are flat, nothing was lost, and the server has counted what the load sent." : $"{faults.Count} faults.");
        return faults.Count == 0 ? 0 : 1;
    }
}
