// A customer's zone whose keys roll: its names, its policy with delays of seconds, and how far it is.

using System.Net;
using AltoDns.Harness;
using AltoDns.Protocol.Names;
using AltoDns.Zones.Keys;

namespace AltoDns.Interop.Tests.Dnssec.Rolling;

/// <param name="number">From 0 to 15: which /28 of 192.0.2.0/24 it has.</param>
internal sealed class RollingZone(RollKind kind, int number, TemporaryFolder folder)
{
    /// <summary>TTL of everything in the zones, in seconds; caches of the test hold nothing for longer.</summary>
    public const int TimeToLive = 2;

    public RollKind Kind { get; } = kind;

    public string Prefix { get; } = $"192.0.2.{number * 16}/28";

    public string Origin { get; } = $"{number * 16}-28.{RollParents.Origin}";

    public DomainName Name { get; } = DomainName.Parse($"{number * 16}-28.{RollParents.Origin}");

    public string PolicyFile { get; } = Path.Combine(folder.Path, $"{kind.Name}.yaml");

    /// <summary>An address below the zone's wildcards or at its names.</summary>
    public string HostName(int host) => $"{(number * 16) + (host & 15)}.{Origin}";

    /// <summary>Writes the policy as it is before the roll-over.</summary>
    public void WriteBefore(IPEndPoint parent) => Write(parent, Kind.Before);

    /// <summary>Asks for the roll-over, in the way of its kind; an odd round takes back what the even one before it did.</summary>
    public async Task RollAsync(IPEndPoint parent, string state, int round)
    {
        if (Kind.Role is { } role)
        {
            var result = await ToolRunner.RunAsync("dotnet", [AltoDnsServer.ProgramPath, "keys", "roll", Origin, "--role", role, "--state", state]);
            Assert.True(result.ExitCode == 0, $"{result}");
        }

        // Also where nothing changes in it: the server reads it at once, and would look at the state folder within a minute.
        Write(parent, round % 2 == 0 && Kind.After is { } after ? after : Kind.Before);
    }

    /// <summary>Whether every key of the zone is at its goal, and which those are; null where it is not.</summary>
    public IReadOnlyList<ushort>? SettledKeys(KeyStore store) =>
        store.Load(Name) is { Keys.Length: > 0, RollRequests.Length: 0 } state && state.Keys.All(key => key is { IsWanted: true, IsSettled: true })
            ? [.. state.Keys.Select(key => key.Tag)]
            : null;

    /// <summary>Everything of a state but its times: what a step changes.</summary>
    public string Stage(KeyStore store) => store.Load(Name) is { } state
        ? $"{Kind.Name} {state.Generation} {state.ServedGeneration} {string.Join(' ', state.Keys.Select(key => $"{key.Tag}:{Text(key.Dnskey)}{Text(key.Signatures)}{Text(key.Ds)}{(key.IsWanted ? "" : "x")}"))}"
        : "";

    private static string Text(SpreadState spread) => $"{spread.Spread.ToString()[0]}{(spread.Since is null ? "?" : "")}";

    // The margin is for TTLs, which count whole seconds.
    private void Write(IPEndPoint parent, string dnssec)
    {
        var temporary = PolicyFile + ".new";
        File.WriteAllText(temporary, $$"""
            zones: [{{Prefix}}]
            soa: { primary: ns.isp.example., contact: hostmaster@isp.example, ttl: {{TimeToLive}}s, negative-ttl: {{TimeToLive}}s }
            nameservers: [ns.isp.example.]
            ttl: {{TimeToLive}}s
            alto-servers: { core: { uri: https://alto.isp.example/ird } }
            assignments: { {{Prefix}}: core }
            dnssec:
              { {{dnssec}}, parent: '{{parent}}', dnskey-ttl: {{TimeToLive}}s, propagation-delay: 0s, parent-ds-ttl: {{RollParents.DsTimeToLive}}s,
                parent-propagation-delay: 0s, safety-margin: 1s, parent-check-interval: 1s }

            """);
        File.Move(temporary, PolicyFile, overwrite: true);
    }
}
