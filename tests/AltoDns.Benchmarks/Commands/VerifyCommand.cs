// verify: asks about random addresses and compares each answer with brute force.

using System.CommandLine;
using AltoDns.Benchmarks.Output;
using AltoDns.Harness;
using AltoDns.Harness.Internet;

namespace AltoDns.Benchmarks.Commands;

internal static class VerifyCommand
{
    private const int Shown = 20;

    public static Command Create()
    {
        var policy = CommonOptions.Policy();
        var data = CommonOptions.Data();
        var count = new Option<int>("--count") { Description = "Addresses to ask about, up to 65,000.", HelpName = "N", DefaultValueFactory = _ => 10_000 };
        var seed = new Option<int>("--seed") { Description = "Other seeds give other addresses.", HelpName = "N", DefaultValueFactory = _ => 1 };
        var json = CommonOptions.Json();
        var command = new Command("verify", "Serve the Internet's policy, ask about random addresses by UDP, and compare each answer with brute-force longest-prefix match. Exit code 1 where any differs.")
        {
            policy, data, count, seed, json,
        };
        command.SetAction((result, _) => RunAsync(
            result.GetRequiredValue(policy), result.GetRequiredValue(data), result.GetValue(count), result.GetValue(seed), result.GetValue(json)));
        return command;
    }

    private static async Task<int> RunAsync(string policy, string data, int count, int seed, bool asJson)
    {
        var prefixes = RegistryPrefix.ReadAll(data);
        await using var server = await AltoDnsServer.StartAsync([Path.GetFullPath(policy)], InternetPolicy.Zones);
        var result = await InternetCheck.RunAsync(server.Client, prefixes, count, seed);
        foreach (var difference in result.Differences.Take(Shown))
        {
            Figures.Note(difference);
        }

        Figures.Print(
            [new Row(result.Asked, result.Covered, result.Differences.Count)],
            asJson,
            ("asked", row => $"{row.Asked:N0}"),
            ("in a prefix", row => $"{row.Covered:N0}"),
            ("wrong answers", row => $"{row.Wrong:N0}"));
        return result.Differences.Count == 0 ? 0 : 1;
    }

    private sealed record Row(int Asked, int Covered, int Wrong);
}
