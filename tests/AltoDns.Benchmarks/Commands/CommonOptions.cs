// Options that several commands have.

using System.CommandLine;
using AltoDns.Harness.Internet;

namespace AltoDns.Benchmarks.Commands;

internal static class CommonOptions
{
    public static Option<bool> Json() => new("--json") { Description = "Print the figures as JSON in place of a table." };

    public static Option<string> Data() => new("--data")
    {
        Description = "Registry prefixes: gzipped lines of a country, a tab and a prefix. Default: those of tests/data.",
        HelpName = "FILE",
        DefaultValueFactory = _ => RegistryPrefix.DataFile,
    };

    public static Option<string> Policy() => new("--policy")
    {
        Description = "What internet-policy made of the same data.",
        HelpName = "FILE",
        Required = true,
    };

    public static Option<int> Runs() => new("--runs")
    {
        Description = "Rounds; every figure is the median of them.",
        HelpName = "N",
        DefaultValueFactory = _ => 5,
    };

    public static Option<int> Rounds() => new("--rounds")
    {
        Description = "Rounds, in turns; every figure is the median of them.",
        HelpName = "N",
        DefaultValueFactory = _ => 5,
    };
}
