// internet-policy: makes a policy of the registries' prefixes.

using System.CommandLine;
using AltoDns.Benchmarks.Output;
using AltoDns.Harness.Internet;

namespace AltoDns.Benchmarks.Commands;

internal static class InternetPolicyCommand
{
    public static Command Create()
    {
        var output = new Option<string>("--output", "-o") { Description = "The policy to write.", HelpName = "FILE", Required = true };
        var data = CommonOptions.Data();
        var json = CommonOptions.Json();
        var command = new Command("internet-policy", "Make a policy of all prefixes that the registries have given out, one ALTO server a country.")
        {
            output, data, json,
        };
        command.SetAction(result => Run(result.GetRequiredValue(output), result.GetRequiredValue(data), result.GetValue(json)));
        return command;
    }

    private static void Run(string output, string data, bool asJson)
    {
        var prefixes = RegistryPrefix.ReadAll(data);
        InternetPolicy.Write(output, prefixes);
        var row = new Row(
            output,
            prefixes.Count(entry => !entry.Prefix.IsIPv6),
            prefixes.Count(entry => entry.Prefix.IsIPv6),
            prefixes.Select(entry => entry.Country).Distinct(StringComparer.Ordinal).Count(),
            new FileInfo(output).Length);
        Figures.Print(
            [row],
            asJson,
            ("policy", row => row.File),
            ("IPv4 prefixes", row => $"{row.IPv4:N0}"),
            ("IPv6 prefixes", row => $"{row.IPv6:N0}"),
            ("ALTO servers", row => $"{row.Servers}"),
            ("MB", row => $"{row.Octets.Megabytes():F1}"));
    }

    private sealed record Row(string File, int IPv4, int IPv6, int Servers, long Octets);
}
