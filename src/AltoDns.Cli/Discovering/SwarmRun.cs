// Discovers a whole list of peers, prints each as it is found, and groups them by server at the end.

using AltoDns.Cli.Commands;
using AltoDns.Cli.Output;
using AltoDns.Discovery;
using Spectre.Console;

namespace AltoDns.Cli.Discovering;

/// <param name="AsJson">One object a line in place of a table.</param>
internal sealed record SwarmOutput(bool AsJson, bool WithTrace, bool WithKeys);

internal static class SwarmRun
{
    // A list that is done before anybody has looked needs no bar.
    private const int ShortList = 200;

    /// <param name="peers">The list.</param>
    /// <param name="count">How many there are, for the progress bar; null where unknown.</param>
    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(
        DiscoveryClient client, IAsyncEnumerable<Peer> peers, int? count, string service, SwarmOutput output, CancellationToken cancellationToken)
    {
        var tally = new Tally();
        if (count is > ShortList && !Console.IsErrorRedirected)
        {
            await Consoles.Error.Progress().AutoClear(true).HideCompleted(true)
                .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn())
                .StartAsync(async context =>
                {
                    var task = context.AddTask("Looking up peers", maxValue: count.Value);
                    await WorkAsync(client, peers, service, output, tally, () => task.Increment(1), cancellationToken);
                });
        }
        else
        {
            await WorkAsync(client, peers, service, output, tally, () => { }, cancellationToken);
        }

        if (!output.AsJson)
        {
            DiscoveryPrinter.PrintGroups(tally.Groups, tally.Peers, (int)client.Questions);
        }

        return tally.Found > 0 || tally.Peers == 0 ? ExitCodes.Success : tally.HadTemporaryErrors ? ExitCodes.TemporaryFailure : ExitCodes.NotFound;
    }

    private static async Task WorkAsync(
        DiscoveryClient client, IAsyncEnumerable<Peer> peers, string service, SwarmOutput output, Tally tally, Action advance, CancellationToken cancellationToken)
    {
        await foreach (var (peer, result) in client.DiscoverManyAsync(peers, service, output.WithKeys, cancellationToken))
        {
            tally.Add(result);
            if (output.AsJson)
            {
                JsonOutput.PrintLine(DiscoveryJson.From(result, peer.Hint, output.WithTrace));
            }
            else
            {
                Console.Out.WriteLine(DiscoveryPrinter.Line(peer, result));
            }

            advance();
        }
    }

    private sealed class Tally
    {
        private readonly Dictionary<string, int> _groups = new(StringComparer.Ordinal);

        public int Peers { get; private set; }

        public int Found { get; private set; }

        public bool HadTemporaryErrors { get; private set; }

        public IReadOnlyList<(string Server, int Peers)> Groups =>
            [.. _groups.OrderByDescending(group => group.Value).Select(group => (group.Key, group.Value))];

        public void Add(DiscoveryResult result)
        {
            Peers++;
            Found += result.Status == DiscoveryStatus.Found ? 1 : 0;
            HadTemporaryErrors |= result.HadTemporaryErrors;
            var key = result.Servers.Count > 0 ? string.Join(' ', result.Servers.Select(server => server.Uri.OriginalString)) : "(none)";
            _groups[key] = _groups.GetValueOrDefault(key) + 1;
        }
    }
}
