// reload: how long a change of one assignment in the Internet's policy takes to be served, and what queries suffer meanwhile.

using System.CommandLine;
using System.Diagnostics;
using AltoDns.Benchmarks.Measuring;
using AltoDns.Benchmarks.Output;
using AltoDns.Benchmarks.Traffic;
using AltoDns.Harness;
using AltoDns.Harness.Internet;
using AltoDns.Protocol.Names;
using AltoDns.Protocol.Records;

namespace AltoDns.Benchmarks.Commands;

internal static class ReloadCommand
{
    private const int LoadProcessor = 1;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    public static Command Create()
    {
        var reloads = new Option<int>("--reloads") { Description = "How often the policy's file is replaced.", HelpName = "N", DefaultValueFactory = _ => 100 };
        var rate = new Option<int>("--rate") { Description = "Queries a second meanwhile.", HelpName = "N", DefaultValueFactory = _ => 5_000 };
        var program = new Option<string?>("--program") { Description = "A published altodns, in place of the one that was built with this program.", HelpName = "FILE" };
        var json = CommonOptions.Json();
        var command = new Command("reload", "Replace the Internet's policy by one with another assignment, again and again under load. Exit code 1 where a query was lost.")
        {
            reloads, rate, program, json,
        };
        command.SetAction(async (result, _) => PrivateNetwork.IsEntered
            ? await RunAsync(result.GetValue(reloads), result.GetValue(rate), result.GetValue(program), result.GetValue(json))
            : await PrivateNetwork.RunAgainAsync(LoadProcessor, []));
        return command;
    }

    private static async Task<int> RunAsync(int reloads, int rate, string? program, bool asJson)
    {
        await PrivateNetwork.BringUpAsync();
        using var folder = new TemporaryFolder();
        var versions = new Versions(RegistryPrefix.ReadAll(RegistryPrefix.DataFile), folder);
        var policy = versions.Put(0);
        var recipe = program is null ? AltoDnsServer.Recipe([policy]) : AltoDnsServer.PublishedRecipe(program, [policy]);
        await using var server = await RunningServer.StartAsync(recipe.PinnedTo("0,1"), InternetPolicy.Zones, Patience);
        var before = ProcessTree.Read(server.ProcessId);

        using var stop = new CancellationTokenSource();
        var load = Task.Factory.StartNew(
            () => Load(server, versions, rate, stop.Token), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        var times = new List<double>();
        try
        {
            for (var reload = 1; reload <= reloads; reload++)
            {
                times.Add(await ReplaceAsync(server, versions, reload));
                Figures.Note($"reload {reload}: {times[^1]:F2} s");
            }
        }
        finally
        {
            await stop.CancelAsync();
            await load;
        }

        var (asked, lost, histogram) = await load;
        var after = ProcessTree.Read(server.ProcessId);
        Figures.Print(
            [
                new Row(
                    reloads, times.Median(), times.Max(), (after.ProcessorTime - before.ProcessorTime).TotalSeconds / reloads, asked, lost,
                    histogram.Percentile(0.5) / 1e3, histogram.Percentile(0.99) / 1e3, histogram.Percentile(0.999) / 1e3, histogram.Percentile(1) / 1e3,
                    after.Resident.Megabytes(), after.PeakResident.Megabytes()),
            ],
            asJson,
            ("reloads", row => $"{row.Reloads}"),
            ("median s", row => $"{row.MedianSeconds:F2}"),
            ("longest s", row => $"{row.LongestSeconds:F2}"),
            ("CPU s/reload", row => $"{row.ProcessorSeconds:F2}"),
            ("queries", row => $"{row.Queries:N0}"),
            ("lost", row => $"{row.Lost:N0}"),
            ("p50 µs", row => $"{row.P50:N0}"),
            ("p99 µs", row => $"{row.P99:N0}"),
            ("p99.9 µs", row => $"{row.P999:N0}"),
            ("longest µs", row => $"{row.Longest:N0}"),
            ("VmRSS MB", row => $"{row.ResidentMegabytes:F0}"),
            ("VmHWM MB", row => $"{row.PeakMegabytes:F0}"));
        return lost == 0 ? 0 : 1;
    }

    /// <summary>Puts the next version in place and waits until its answer comes.</summary>
    /// <returns>Seconds.</returns>
    private static async Task<double> ReplaceAsync(RunningServer server, Versions versions, int version)
    {
        var client = new DnsClient(server.Endpoint) { RetransmitAfter = TimeSpan.FromMilliseconds(50) };
        var question = new Query(ReverseName.FromPrefix(versions.ChangedAddress), RecordType.NAPTR);
        versions.Put(version);
        var clock = Stopwatch.StartNew();
        while (clock.Elapsed < Patience)
        {
            var answer = await client.AskAsync(question);
            if (answer.Answers is [{ Data: NaptrData naptr }] && naptr.Regexp.Span.IndexOf(Versions.UriOf(version)) >= 0)
            {
                return clock.Elapsed.TotalSeconds;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(2));
        }

        throw new TimeoutException($"Version {version} was not served after {Patience}.\n{server.Log}");
    }

    private static (long Asked, long Lost, LatencyHistogram Latencies) Load(RunningServer server, Versions versions, int rate, CancellationToken stop)
    {
        var maker = new QueryMaker(AnswerStyle.Zones);
        using var load = new UdpLoad(server.Endpoint, QueryTrains.Of([.. versions.Questions().Select(maker.Make)], seed: 2));
        var histogram = new LatencyHistogram();
        long asked = 0, lost = 0;
        while (!stop.IsCancellationRequested)
        {
            var result = load.RunPaced(rate, rate, histogram);
            asked += result.Sent;
            lost += result.Lost;
            if (result.Wrong > 0)
            {
                throw new InvalidOperationException($"{result.Wrong} wrong answers: {load.FirstWrong}");
            }
        }

        return (asked, lost, histogram);
    }

    private sealed record Row(
        int Reloads, double MedianSeconds, double LongestSeconds, double ProcessorSeconds, long Queries, long Lost,
        double P50, double P99, double P999, double Longest, double ResidentMegabytes, double PeakMegabytes);

    /// <summary>The policy in two versions, which differ in one assignment.</summary>
    private sealed class Versions
    {
        // The URIs of the two are equally long, and so are the files.
        private static readonly string[] Countries = ["de", "fr"];

        private readonly IReadOnlyList<RegistryPrefix> _prefixes;
        private readonly TemporaryFolder _folder;
        private readonly int _changed;

        public Versions(IReadOnlyList<RegistryPrefix> prefixes, TemporaryFolder folder)
        {
            (_prefixes, _folder) = (prefixes, folder);
            _changed = Enumerable.Range(0, prefixes.Count).First(index => prefixes[index].Country == Countries[0] && !prefixes[index].Prefix.IsIPv6);
            for (var version = 0; version < Countries.Length; version++)
            {
                var written = prefixes.ToArray();
                written[_changed] = written[_changed] with { Country = Countries[version] };
                InternetPolicy.Write(PathOf(version), written);
            }
        }

        public IPPrefix ChangedAddress => IPPrefix.Create(_prefixes[_changed].Prefix.Bits, 32, isIPv6: false);

        public static byte[] UriOf(int version) => System.Text.Encoding.ASCII.GetBytes(InternetPolicy.UriOf(Countries[version % Countries.Length]));

        /// <summary>Renames a copy of a version over the policy, as a careful editor does.</summary>
        public string Put(int version)
        {
            var policy = Path.Combine(_folder.Path, "internet.yaml");
            var copy = Path.Combine(_folder.Path, "internet.new");
            File.Copy(PathOf(version % Countries.Length), copy, overwrite: true);
            File.Move(copy, policy, overwrite: true);
            return policy;
        }

        /// <summary>Questions that both versions answer alike.</summary>
        public IEnumerable<Asked> Questions()
        {
            var changed = _prefixes[_changed].Prefix;
            return new InternetTraffic(_prefixes).Make(QueryTrains.Unit * 5 / 4, seed: 1)
                .Where(asked => !(ReverseName.TryGetPrefix(asked.Name, out var address) && changed.Contains(address)))
                .Take(QueryTrains.Unit);
        }

        private string PathOf(int version) => Path.Combine(_folder.Path, $"version-{version}");
    }
}
