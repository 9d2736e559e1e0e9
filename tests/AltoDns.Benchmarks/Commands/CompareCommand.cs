// compare: AltoDns beside other authoritative servers, with equal data, on one processor each.

using System.CommandLine;
using AltoDns.Benchmarks.Comparing;
using AltoDns.Benchmarks.Measuring;
using AltoDns.Benchmarks.Output;
using AltoDns.Benchmarks.Servers;
using AltoDns.Harness;

namespace AltoDns.Benchmarks.Commands;

internal static class CompareCommand
{
    private const int LoadProcessor = 1;

    public static Command Create()
    {
        var servers = Keys("--servers", "Servers to compare; those that are not installed are left out.", Contenders.Keys);
        var workloads = Keys("--workloads", "What to ask them.", Workloads.Keys);
        var rounds = CommonOptions.Rounds();
        var queries = new Option<long>("--queries") { Description = "Queries of a round.", HelpName = "N", DefaultValueFactory = _ => 300_000 };
        var limit = new Option<double>("--limit") { Description = "Seconds that a round may take.", HelpName = "S", DefaultValueFactory = _ => 1.5 };
        var foreign = new Option<double>("--foreign") { Description = "The share of a processor that others may use in a round that counts.", HelpName = "SHARE", DefaultValueFactory = _ => 0.1 };
        var published = new Option<string?>("--published") { Description = "The published altodns. Without it, it is published first.", HelpName = "FILE" };
        var native = new Option<string?>("--native") { Description = "altodns as machine code. Without it, it is made first.", HelpName = "FILE" };
        var write = new Option<bool>("--write") { Description = "Also put the tables and a plot into docs/performance.md." };
        var json = CommonOptions.Json();
        var command = new Command("compare", "Measure what a query costs AltoDns and other servers with equal data, in a private network: processor time, rate, latency, memory, start.")
        {
            servers, workloads, rounds, queries, limit, foreign, published, native, write, json,
        };
        command.SetAction(async (result, _) =>
        {
            var keys = Split(result.GetRequiredValue(servers));
            if (!PrivateNetwork.IsEntered)
            {
                return await PrepareAsync(keys, result.GetValue(published), result.GetValue(native));
            }

            var settings = new ComparisonSettings(
                Split(result.GetRequiredValue(workloads)),
                result.GetValue(rounds),
                result.GetValue(queries),
                TimeSpan.FromSeconds(result.GetValue(limit)),
                result.GetValue(foreign));
            await RunAsync(keys, result.GetValue(published), result.GetValue(native), settings, result.GetValue(write), result.GetValue(json));
            return 0;
        });
        return command;
    }

    private static Option<string> Keys(string name, string description, IReadOnlyList<string> all)
    {
        var list = string.Join(',', all);
        var option = new Option<string>(name) { Description = description, HelpName = "LIST", DefaultValueFactory = _ => list };
        option.Validators.Add(result =>
        {
            foreach (var key in Split(result.GetValueOrDefault<string>()).Except(all, StringComparer.Ordinal))
            {
                result.AddError($"'{key}' is none of {list}.");
            }
        });
        return option;
    }

    private static string[] Split(string list) => list.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    // Publishing needs the package registry, which a private network does not reach.
    private static async Task<int> PrepareAsync(string[] keys, string? published, string? native)
    {
        using var folder = new TemporaryFolder();
        var more = new List<string>();
        if (published is null && keys.Contains(Contenders.Published, StringComparer.Ordinal))
        {
            Figures.Note("Publishing altodns as a single file");
            more.AddRange(["--published", await PublishedAltoDns.PublishAsync(folder)]);
        }

        if (native is null && keys.Contains(Contenders.Native, StringComparer.Ordinal))
        {
            Figures.Note("Publishing altodns as machine code");
            if (await PublishedAltoDns.TryPublishNativeAsync(folder) is { } made)
            {
                more.AddRange(["--native", made]);
            }
        }

        return await PrivateNetwork.RunAgainAsync(LoadProcessor, more);
    }

    private static async Task RunAsync(string[] keys, string? published, string? native, ComparisonSettings settings, bool write, bool asJson)
    {
        await PrivateNetwork.BringUpAsync();
        using var folder = new TemporaryFolder();
        var missing = new List<string>();
        var contenders = await Contenders.FindAsync(keys, published, native, folder, missing);
        var versions = new List<ServerVersion>();
        foreach (var contender in contenders)
        {
            versions.Add(new ServerVersion(contender.Name, await contender.VersionAsync()));
        }

        var groups = await new Comparison(contenders, settings).RunAsync();
        var report = new ComparisonReport(DateTime.UtcNow, CommandLine(), Machine.Describe(), versions, missing, groups, Reach.Of(groups));
        if (write)
        {
            ComparisonDocument.Write(report);
        }

        if (asJson)
        {
            Figures.PrintJson(report);
        }
        else
        {
            Console.Out.Write(ComparisonText.Of(report));
        }
    }

    private static string CommandLine()
    {
        var arguments = Environment.GetCommandLineArgs()[1..].ToList();
        foreach (var made in new[] { "--published", "--native" }.Select(option => arguments.IndexOf(option)).Where(position => position >= 0).OrderDescending())
        {
            arguments.RemoveRange(made, 2);
        }

        return $"bench {string.Join(' ', arguments)}";
    }
}
