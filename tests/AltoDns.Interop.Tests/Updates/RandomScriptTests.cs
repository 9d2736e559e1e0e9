// AltoDns against BIND and Knot: the same updates, the same response codes, the same zone afterwards.

using System.Globalization;
using AltoDns.Harness;
using AltoDns.Harness.Updating;
using AltoDns.Protocol.Names;

namespace AltoDns.Interop.Tests.Updates;

public sealed class RandomScriptTests(ITestOutputHelper output)
{
    /// <summary>Another number of scripts than 40.</summary>
    public const string ScriptsVariable = "ALTODNS_UPDATE_SCRIPTS";

    /// <summary>Another seed than 1.</summary>
    public const string SeedVariable = "ALTODNS_UPDATE_SEED";

    [Fact]
    public async Task Changes_zones_as_bind_and_knot_do()
    {
        using var folder = new TemporaryFolder();
        var count = Setting(ScriptsVariable, 40);
        var maker = new ScriptMaker(Setting(SeedVariable, 1));
        var zones = Enumerable.Range(0, count).Select(index => Write(folder, index)).ToList();
        await using var altoDns = await UpdatableServers.StartAltoDnsAsync(folder, zones, "--allow-update", "key=dhcp types=SOA,NS,A,AAAA,TXT,MX,PTR,SRV,CNAME,NAPTR,DNAME");
        await using var bind = await UpdatableServers.StartBindAsync(zones);
        await using var knot = await UpdatableServers.StartKnotAsync(zones);

        var updates = 0;
        var different = new List<string>();
        var departures = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var zone in zones)
        {
            var script = maker.Make(zone.Origin.ToString());
            updates += script.Count;
            var ours = await RunAsync(altoDns, zone, script);
            foreach (var reference in (RunningServer[])[bind, knot])
            {
                var theirs = await RunAsync(reference, zone, script);
                if (ours.Equals(theirs))
                {
                    continue;
                }

                if (KnownDepartures.Find(reference.Name, script, zone.Origin.ToString(), ours.IsEqualButForTimes(theirs)) is { } known)
                {
                    departures[known] = departures.GetValueOrDefault(known) + 1;
                }
                else
                {
                    different.Add($"{reference.Name}, {zone.Origin}:\n{string.Join("\nsend\n", script)}\n{ours.DifferenceFrom(theirs)}");
                }
            }
        }

        output.WriteLine($"{count} scripts, {updates} updates");
        foreach (var (known, times) in departures)
        {
            output.WriteLine($"{times} scripts: {known}");
        }

        Assert.True(different.Count == 0, $"{different.Count} scripts end differently.\n{string.Join("\n\n", different.Take(12))}");
    }

    private static ServedZone Write(TemporaryFolder folder, int index)
    {
        var origin = string.Create(CultureInfo.InvariantCulture, $"s{index}.example.");
        return new ServedZone(DomainName.Parse(origin), folder.Write($"s{index}.zone", ScriptMaker.ZoneText(origin)));
    }

    private static async Task<ScriptOutcome> RunAsync(RunningServer server, ServedZone zone, IReadOnlyList<ScriptedUpdate> script)
    {
        using var client = new UpdateClient(server.Endpoint, UpdatableServers.Key);
        var codes = script.Select(update => client.Send(UpdateText.Parse(zone.Origin, update.Lines))?.Code.ToString() ?? "nothing").ToList();
        return new ScriptOutcome(codes, await UpdatableServers.TransferAsync(server, zone.Origin));
    }

    private static int Setting(string variable, int normal) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value : normal;

    private sealed record ScriptOutcome(IReadOnlyList<string> Codes, IReadOnlyList<string> Zone)
    {
        public bool Equals(ScriptOutcome? other) => other is not null && Codes.SequenceEqual(other.Codes) && Zone.SequenceEqual(other.Zone);

        public bool IsEqualButForTimes(ScriptOutcome other) =>
            Codes.SequenceEqual(other.Codes) && Zone.Select(WithoutTime).Order(StringComparer.Ordinal).SequenceEqual(other.Zone.Select(WithoutTime).Order(StringComparer.Ordinal));

        private static string WithoutTime(string line)
        {
            var words = line.Split(' ');
            words[1] = "";
            return string.Join(' ', words);
        }

        public override int GetHashCode() => HashCode.Combine(Codes.Count, Zone.Count);

        public string DifferenceFrom(ScriptOutcome other) =>
            $"codes here  {string.Join(' ', Codes)}\ncodes there {string.Join(' ', other.Codes)}\n"
            + string.Join('\n', Zone.Except(other.Zone).Select(line => $"only here:  {line}").Concat(other.Zone.Except(Zone).Select(line => $"only there: {line}")));
    }
}
