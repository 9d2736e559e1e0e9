// signing: how fast a large zone is signed, by AltoDns, Knot and BIND in turns, and what one change costs afterwards.

using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using AltoDns.Benchmarks.Output;
using AltoDns.Benchmarks.Signing;
using AltoDns.Harness;
using AltoDns.Protocol.Names;
using AltoDns.Scenarios;
using AltoDns.Zones.Configuration;
using AltoDns.Zones.Serving;
using AltoDns.Zones.Signing;
using AltoDns.Zones.ZoneFiles;

namespace AltoDns.Benchmarks.Commands;

internal static class SigningCommand
{
    private static readonly DomainName Origin = DomainName.Parse("10.in-addr.arpa.");

    public static Command Create()
    {
        var names = new Option<int>("--names") { Description = "Names of the zone, each with a PTR record; at most 16,777,216.", HelpName = "N", DefaultValueFactory = _ => 1_000_000 };
        var changes = new Option<int>("--changes") { Description = "Changes to be signed one after another.", HelpName = "N", DefaultValueFactory = _ => 11 };
        var alone = new Option<bool>("--alone") { Description = "Measure AltoDns alone." };
        var memory = new Option<bool>("--memory") { Description = "Serve the signed zone with each installed server, too, and read its memory." };
        var runs = CommonOptions.Runs();
        var json = CommonOptions.Json();
        var command = new Command("signing", "Sign a zone of PTR records with ECDSA P-256 and NSEC, verify it, change a name; beside openssl speed, kzonesign and dnssec-signzone.")
        {
            names, changes, alone, memory, runs, json,
        };
        command.SetAction((result, _) => RunAsync(
            result.GetValue(names), result.GetValue(changes), result.GetValue(alone), result.GetValue(memory), result.GetValue(runs), result.GetValue(json)));
        return command;
    }

    private static async Task RunAsync(int names, int changes, bool alone, bool memory, int runs, bool asJson)
    {
        using var folder = new TemporaryFolder();
        var file = Path.Combine(folder.Path, "10.zone");
        PtrZone.Write(file, names);
        var tools = alone ? [] : SigningTools.Prepare(folder, Origin, file);
        var rows = new List<Row>();
        var lastFile = "";
        for (var round = 0; round < runs; round++)
        {
            rows.Add(new Row("openssl speed", await SigningTools.OpensslRateAsync(), 0, 0, 0));
            foreach (var tool in tools)
            {
                var used = await tool.RunAsync();
                rows.Add(new Row(tool.Name, 2.0 * names / used.Processor.TotalSeconds, used.Elapsed.TotalSeconds, used.Processor.TotalSeconds, 0));
            }

            lastFile = MeasureOwn(folder, file, changes, rows);
            Figures.Note($"round {round + 1}: {string.Join(", ", rows.TakeLast(4 + tools.Count))}");
        }

        if (memory)
        {
            await MeasureMemoryAsync(new ServedZone(Origin, lastFile), rows);
        }

        Figures.Print(
            rows.GroupBy(row => row.What).Select(Median).ToList(),
            asJson,
            ("what", row => row.What),
            ("signatures/CPU s", row => row.Rate > 0 ? row.Rate.ToString("N0", CultureInfo.InvariantCulture) : ""),
            ("time s", row => row.Seconds > 0 ? row.Seconds.ToString("F3", CultureInfo.InvariantCulture) : ""),
            ("CPU s", row => row.ProcessorSeconds > 0 ? row.ProcessorSeconds.ToString("F3", CultureInfo.InvariantCulture) : ""),
            ("MB", row => row.Megabytes > 0 ? row.Megabytes.ToString("F0", CultureInfo.InvariantCulture) : ""));
    }

    private static string MeasureOwn(TemporaryFolder folder, string file, int changes, List<Row> rows)
    {
        var whole = Usage.Start();
        var plain = ZoneFileLoader.Load(file, Origin, new ProblemList())!.Freeze();
        var terms = SigningKeys.Terms(Origin, new DnssecPolicy(), TimeProvider.System.GetUtcNow(), serial: 2);
        var signing = Usage.Start();
        var signed = ZoneSigner.Sign(plain, terms);
        var signingUse = signing.Stop();
        var output = Path.Combine(folder.Path, "own.zone");
        using (var writer = new StreamWriter(output))
        {
            ZoneExporter.Write(signed.Zone, writer);
        }

        var wholeUse = whole.Stop();
        rows.Add(new Row("AltoDns: sign", signed.Made / signingUse.Processor.TotalSeconds, signingUse.Elapsed.TotalSeconds, signingUse.Processor.TotalSeconds, signed.Zone.StoredOctets.Megabytes()));
        rows.Add(new Row("AltoDns: load, sign, write", signed.Made / wholeUse.Processor.TotalSeconds, wholeUse.Elapsed.TotalSeconds, wholeUse.Processor.TotalSeconds, 0));
        var verifying = Usage.Start();
        var result = signed.Verify(terms.Now);
        if (!result.IsValid)
        {
            throw new UnreachableException(result.ToString());
        }

        var verifyingUse = verifying.Stop();
        rows.Add(new Row("AltoDns: verify", signed.Made / verifyingUse.Processor.TotalSeconds, verifyingUse.Elapsed.TotalSeconds, verifyingUse.Processor.TotalSeconds, 0));
        MeasureRestart(folder, plain, signed, terms, rows);
        var change = new ChangedName(plain, signed, terms).Run(changes);
        rows.Add(new Row("AltoDns: one change", 0, change.Elapsed.TotalSeconds, change.Processor.TotalSeconds, 0));
        return output;
    }

    private static void MeasureRestart(TemporaryFolder folder, ZoneSnapshot plain, SignedZone signed, SigningTerms terms, List<Row> rows)
    {
        var file = new SignatureFile(folder.Path, Origin);
        var writing = Usage.Start();
        file.Write(signed.Zone, SignatureFileKey.Of(terms.Keys)!, CancellationToken.None);
        var writingUse = writing.Stop();
        var megabytes = new FileInfo(file.Path).Length.Megabytes();
        rows.Add(new Row("AltoDns: keep the signatures", signed.Made / writingUse.Processor.TotalSeconds, writingUse.Elapsed.TotalSeconds, writingUse.Processor.TotalSeconds, megabytes));
        var restart = Usage.Start();
        var again = ZoneSigner.TryRestore(plain, terms, file.Read(terms.Keys, out _)!) ?? throw new UnreachableException("The version is not the one that was kept.");
        var result = again.Verify(terms.Now);
        var restartUse = restart.Stop();
        if (!result.IsValid)
        {
            throw new UnreachableException(result.ToString());
        }

        rows.Add(new Row("AltoDns: take them over and verify", again.Kept / restartUse.Processor.TotalSeconds, restartUse.Elapsed.TotalSeconds, restartUse.Processor.TotalSeconds, 0));
    }

    private static async Task MeasureMemoryAsync(ServedZone zone, List<Row> rows)
    {
        var servers = new (string Program, Func<Task<RunningServer>> Start)[]
        {
            ("dotnet", () => AltoDnsServer.StartAsync([zone])),
            ("nsd", () => NsdServer.StartAsync([zone])),
            ("knotd", () => KnotServer.StartAsync([zone])),
            ("named", () => NamedServer.StartAsync([zone])),
        };
        foreach (var (program, start) in servers.Where(server => ToolRunner.Find(server.Program) is not null))
        {
            await using var server = await start();
            rows.Add(new Row($"{server.Name}: serve the signed zone", 0, server.ReadyAfter.TotalSeconds, 0, ProcessTree.Read(server.ProcessId).Proportional.Megabytes()));
        }
    }

    private static Row Median(IGrouping<string, Row> rows) => new(
        rows.Key, rows.Select(row => row.Rate).Median(), rows.Select(row => row.Seconds).Median(), rows.Select(row => row.ProcessorSeconds).Median(), rows.Select(row => row.Megabytes).Median());

    /// <param name="Rate">Signatures in a second of processor time.</param>
    private sealed record Row(string What, double Rate, double Seconds, double ProcessorSeconds, double Megabytes);
}
