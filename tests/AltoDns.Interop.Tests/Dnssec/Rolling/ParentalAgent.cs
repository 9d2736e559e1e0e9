// Looks after the DS records of children as RFC 7344 has it: BIND's dnssec-cds judges what their CDS records ask for.

using AltoDns.Harness;

namespace AltoDns.Interop.Tests.Dnssec.Rolling;

/// <param name="child">The server of the children.</param>
/// <param name="folder">For files of its own.</param>
internal sealed class ParentalAgent(IRollParent parent, IReadOnlyList<RollingZone> zones, System.Net.IPEndPoint child, string folder)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(300);

    private readonly Dictionary<RollingZone, IReadOnlyCollection<string>> _ds = [];

    /// <summary>How often DS records were changed.</summary>
    public int Changes { get; private set; }

    /// <summary>Runs until cancelled; fails where dnssec-cds refuses what a child asks for.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        while (!cancellation.IsCancellationRequested)
        {
            foreach (var zone in zones)
            {
                await LookAsync(zone);
            }

            await Task.Delay(Pause, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task LookAsync(RollingZone zone)
    {
        var records = await AskAsync(zone, "CDS");
        if (!records.Contains(" IN CDS ", StringComparison.Ordinal))
        {
            return;
        }

        IReadOnlyCollection<string> wanted;
        if (!_ds.TryGetValue(zone, out var present))
        {
            // The first are taken on trust (RFC 8078 §3.1: from a server that the parent knows).
            wanted = Data(records, " IN CDS ");
        }
        else
        {
            var file = Path.Combine(folder, $"{zone.Kind.Name}.child");
            var keys = await AskAsync(zone, "DNSKEY");
            if (keys.Length == 0)
            {
                return;
            }

            await File.WriteAllTextAsync(file, records + keys);
            var ds = Path.Combine(folder, $"dsset-{zone.Origin}");
            await File.WriteAllTextAsync(ds, string.Concat(present.Select(record => $"{zone.Origin} {RollParents.DsTimeToLive} IN DS {record}\n")));
            var result = await ToolRunner.RunAsync("dnssec-cds", ["-s", "now-7200", "-a", "SHA-256", "-D", "-f", file, "-d", ds, zone.Origin]);
            Assert.True(result.ExitCode == 0, $"{zone.Kind.Name}: {result}\n{records}{keys}");
            wanted = Data(result.Output, " IN DS ");
        }

        if (present is null || !wanted.ToHashSet(StringComparer.Ordinal).SetEquals(present))
        {
            await parent.SetDsAsync(zone, wanted);
            _ds[zone] = wanted;
            Changes++;
        }
    }

    // What the server says of a type, with signatures; nothing while it is away.
    private async Task<string> AskAsync(RollingZone zone, string type)
    {
        var result = await ToolRunner.RunAsync("dig", [$"@{child.Address}", "-p", $"{child.Port}", "+dnssec", "+noall", "+answer", "+tries=1", "+time=1", zone.Origin, type]);
        return result.ExitCode == 0 ? string.Concat(result.Output.Split('\n').Where(line => line.Length > 0 && line[0] != ';').Select(line => Spaces(line) + "\n")) : "";
    }

    private static List<string> Data(string records, string type) =>
    [
        .. from line in records.Split('\n')
           let text = Spaces(line)
           where text.Contains(type, StringComparison.Ordinal)
           select Joined(text[(text.IndexOf(type, StringComparison.Ordinal) + type.Length)..]),
    ];

    private static string Spaces(string line) => string.Join(' ', line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));

    // The digest in one word, as each program breaks it elsewhere.
    private static string Joined(string data)
    {
        var words = data.Split(' ');
        return $"{string.Join(' ', words[..3])} {string.Concat(words[3..]).ToUpperInvariant()}";
    }
}
