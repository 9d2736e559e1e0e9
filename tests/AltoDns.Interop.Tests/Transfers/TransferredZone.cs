// The content of a zone as a server hands it out, in a form that can be compared.

using System.Text.RegularExpressions;
using AltoDns.Harness;
using AltoDns.Protocol.Names;
using AltoDns.Protocol.Records;

namespace AltoDns.Interop.Tests.Transfers;

internal static partial class TransferredZone
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    /// <summary>All records by kdig, one a line, owners in lower case, sorted; the SOA once.</summary>
    public static async Task<string> ReadAsync(RunningServer server, DomainName zone, params string[] options)
    {
        var result = await ToolRunner.RunAsync(
            "kdig", [$"@{server.Endpoint.Address}", "-p", $"{server.Endpoint.Port}", "+noall", "+answer", .. options, $"{zone}", "AXFR"]);
        Assert.True(result.ExitCode == 0 && !result.Output.Contains("Transfer failed", StringComparison.Ordinal) && result.Output.Contains("SOA", StringComparison.Ordinal), result.ToString());
        return Normalize(result.Output);
    }

    public static string Normalize(string output) => string.Join('\n', output
        .Split('\n', StringSplitOptions.RemoveEmptyEntries)
        .Where(line => line[0] != ';')
        .Select(line => Blanks().Replace(line, " ").Trim())
        .Select(line => line[..line.IndexOf(' ')].ToLowerInvariant() + line[line.IndexOf(' ')..])
        .Distinct()
        .Order(StringComparer.Ordinal));

    /// <summary>Waits until a server has a version of a zone.</summary>
    public static async Task WaitForAsync(RunningServer server, DomainName zone, uint serial)
    {
        using var limit = new CancellationTokenSource(Patience);
        while (await SerialAsync(server, zone) != serial)
        {
            Assert.False(limit.IsCancellationRequested, $"{server.Name} does not get {zone} {serial}; it has {await SerialAsync(server, zone)}\n{server.Log}");
            await Task.Delay(Pause, CancellationToken.None);
        }
    }

    private static async Task<uint?> SerialAsync(RunningServer server, DomainName zone)
    {
        var answers = await server.Client.TryAskAsync([new Query(zone, RecordType.SOA)]);
        return answers[0] is { Answers: [{ Data: SoaData soa }, ..] } ? soa.Serial : null;
    }

    [GeneratedRegex(@"\s+", RegexOptions.None, 1_000)]
    private static partial Regex Blanks();
}
