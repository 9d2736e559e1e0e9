// The lookups of RFC 8686 §3 for one address, made with dig, as in its Appendix C.4.

using System.Globalization;
using AltoDns.Harness;
using AltoDns.Protocol.Names;

namespace AltoDns.Interop.Tests.Smoke;

/// <param name="Length">Address bits that the name stands for.</param>
/// <param name="Answer">What came back.</param>
internal sealed record DiscoveryStep(int Length, DigAnswer Answer);

internal static class DiscoveryWalk
{
    private static readonly int[] IPv4Lengths = [32, 24, 16, 8];
    private static readonly int[] IPv6Lengths = [128, 64, 56, 48, 40, 32];

    /// <summary>All steps up to the first name with a matching record, or to the last name.</summary>
    /// <param name="service">The U-NAPTR service parameter, such as <c>ALTO:https</c>.</param>
    public static async Task<IReadOnlyList<DiscoveryStep>> RunAsync(RunningServer server, string address, string service)
    {
        var prefix = IPPrefix.Parse(address);
        var steps = new List<DiscoveryStep>();
        foreach (var length in prefix.IsIPv6 ? IPv6Lengths : IPv4Lengths)
        {
            var name = ReverseName.FromPrefix(prefix.Truncate(length)).ToString().ToUpperInvariant();
            var result = await ToolRunner.RunAsync(
                "dig",
                ["@127.0.0.1", "-p", server.Endpoint.Port.ToString(CultureInfo.InvariantCulture), "-t", "NAPTR", name]);
            steps.Add(new DiscoveryStep(length, DigAnswer.Parse(result)));
            if (Uris(steps[^1].Answer, service).Any())
            {
                break;
            }
        }

        return steps;
    }

    /// <summary>The URIs of the records whose service matches, in the order of the answer.</summary>
    public static IEnumerable<string> Uris(DigAnswer answer, string service) => answer.Answers
        .Where(record => record.Type == "NAPTR" && record.Data.Split(' ')[3].Trim('"').Equals(service, StringComparison.OrdinalIgnoreCase))
        .Select(record => record.Data.Split('!')[2]);
}
