// Signed zones hold in the eyes of other people's verifiers.

using System.Text.RegularExpressions;
using AltoDns.Harness;
using AltoDns.Zones.Configuration;

namespace AltoDns.Interop.Tests.Signing;

public sealed partial class SignedZoneTests(SignedZoneFolder folder) : IClassFixture<SignedZoneFolder>
{
    private const int FaultsShown = 5;

    [Fact]
    public async Task Ldns_verify_zone_finds_no_fault() =>
        await RequireNoFaultAsync(
            "ldns-verify-zone",
            zone => ["-V", "1", zone.File],

            // Its manual says that it takes a delegation that was left out for a fault. It reads an escaped @ as the origin, and never comes
            // to an end with NSEC3, a digest and glue in one zone.
            zone => !zone.HasEscapedAt
                && !(zone.Policy.OptOut && zone.HasInsecureDelegations)
                && !(zone.Policy is { ZoneMd: true, Denial: DenialMethod.Nsec3 } && zone.HasOccludedNames));

    [Fact]
    public async Task Dnssec_verify_finds_no_fault() =>
        await RequireNoFaultAsync("dnssec-verify", zone => ["-q", zone.Policy.Keys == KeyLayout.Combined ? "-z" : "-x", "-o", zone.Origin.ToString(), zone.File], _ => true);

    [Fact]
    public async Task Kzonecheck_finds_no_fault() =>
        await RequireNoFaultAsync(
            "kzonecheck",
            zone => ["--dnssec", "on", "--origin", zone.Origin.ToString(), zone.File],
            _ => true,

            // Made-up delegations lack glue here and there, signed or not.
            result => OnlyGlueIsMissing().IsMatch(result.Output + result.Errors));

    [GeneratedRegex(@"Error summary:\s+\d+\s+missing glue record\s*\z", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex OnlyGlueIsMissing();

    private async Task RequireNoFaultAsync(
        string tool, Func<SignedZoneFile, string[]> arguments, Func<SignedZoneFile, bool> isForIt, Func<ToolResult, bool>? isOfNoConcern = null)
    {
        ToolRunner.Require(tool);
        var zones = folder.Zones.Where(isForIt).ToList();
        Assert.True(zones.Count > SignedZoneFolder.GeneratedZones / 2, $"Only {zones.Count} zones are for it.");
        TestContext.Current.TestOutputHelper?.WriteLine($"{zones.Count} of {folder.Zones.Count} zones");
        var faults = new List<string>();
        await Parallel.ForEachAsync(zones, async (zone, _) =>
        {
            var result = await ToolRunner.RunAsync(tool, arguments(zone));
            if (result.ExitCode != 0 && isOfNoConcern?.Invoke(result) is not true)
            {
                lock (faults)
                {
                    faults.Add($"{zone.Origin} {zone.Policy}\n{result}");
                }
            }
        });
        Assert.True(faults.Count == 0, $"{faults.Count} of {zones.Count} zones are refused\n{string.Join('\n', faults.Take(FaultsShown))}");
    }
}
