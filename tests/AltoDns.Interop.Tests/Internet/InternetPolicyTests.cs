// The whole Internet's policy, asked over UDP: a wrong answer for one address in ten thousand would show.

using AltoDns.Harness.Internet;
using AltoDns.Harness;

namespace AltoDns.Interop.Tests.Internet;

public sealed class InternetPolicyTests
{
    private const int Count = 10_000;
    private const int Seed = 8686;

    [Fact]
    public async Task Answers_for_random_addresses_equal_brute_force()
    {
        var prefixes = RegistryPrefix.ReadAll(RegistryPrefix.DataFile);
        using var folder = new TemporaryFolder();
        var policy = Path.Combine(folder.Path, "internet.yaml");
        InternetPolicy.Write(policy, prefixes);
        await using var server = await AltoDnsServer.StartAsync([policy], InternetPolicy.Zones);
        var result = await InternetCheck.RunAsync(server.Client, prefixes, Count, Seed);
        Assert.Empty(result.Differences);
        Assert.Equal(Count, result.Asked);

        // Most addresses have to be ones that somebody is responsible for, and some not, or the comparison says little.
        Assert.InRange(result.Covered, Count * 8 / 10, Count * 99 / 100);
    }
}
