// micro: the steps of a query by themselves, in nanoseconds.

using System.CommandLine;
using AltoDns.Benchmarks.Micro;
using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.Filters;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Loggers;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;

namespace AltoDns.Benchmarks.Commands;

internal static class MicroCommand
{
    public static Command Create()
    {
        var filter = new Option<string>("--filter") { Description = "Only what matches, such as '*Lookup*'.", HelpName = "GLOB", DefaultValueFactory = _ => "*" };
        var command = new Command("micro", "Measure the parsing, lookup and writing of one query, without a network.") { filter };
        command.SetAction(result => Run(result.GetRequiredValue(filter)));
        return command;
    }

    // In this process: BenchmarkDotNet 0.14 cannot build a program for .NET 10.
    private static int Run(string filter)
    {
        using var folder = new Harness.TemporaryFolder();
        var config = ManualConfig.CreateEmpty()
            .AddJob(Job.ShortRun.WithToolchain(InProcessEmitToolchain.Instance))
            .AddDiagnoser(MemoryDiagnoser.Default)
            .AddColumnProvider(DefaultColumnProviders.Params, DefaultColumnProviders.Descriptor, DefaultColumnProviders.Statistics, DefaultColumnProviders.Metrics)
            .AddLogger(ConsoleLogger.Default)
            .AddFilter(new GlobFilter([filter]))
            .WithArtifactsPath(folder.Path);
        return BenchmarkRunner.Run<QueryPathBenchmarks>(config).HasCriticalValidationErrors ? 1 : 0;
    }
}
