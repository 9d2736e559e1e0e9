// Random NATs whose IDs, ports and pools meet often, and questions at the edges of them all.

using System.Globalization;
using AltoDns.Protocol.Names;

namespace AltoDns.Scenarios;

/// <summary>The same seed makes the same scenarios.</summary>
public sealed class NatScenarioMaker(Random random)
{
    private const int QuestionsPerScenario = 150;

    private static readonly IPPrefix[] Zones =
        [IPPrefix.Parse("198.51.100.0/24"), IPPrefix.Parse("198.18.0.0/22"), IPPrefix.Parse("192.0.2.64/26"), IPPrefix.Parse("2001:db8:2::/48")];

    // Few labels, one of them in two spellings, so that IDs are often below each other.
    private static readonly string[] Labels = ["north", "south", "c1f3", "North", "a-1", "9"];

    public NatScenario Make() => MakeIn(Zones[random.Next(Zones.Length)]);

    public NatScenario MakeIn(IPPrefix zone)
    {
        var nats = new List<NatRules>();
        var longest = zone.AddressLength;
        for (var tries = random.Next(1, 5); tries > 0; tries--)
        {
            var prefix = Inside(zone, random.Next(Math.Max(zone.Length, longest - 6), longest + 1));
            if (!nats.Any(nat => nat.Prefix.Contains(prefix) || prefix.Contains(nat.Prefix)))
            {
                nats.Add(Rules(prefix));
            }
        }

        var assignments = new Dictionary<IPPrefix, int>();
        if (random.Next(4) > 0)
        {
            assignments[zone] = random.Next(NatScenario.Servers);
        }

        foreach (var nat in nats)
        {
            for (var count = random.Next(3); count > 0; count--)
            {
                assignments[Inside(nat.Prefix, random.Next(nat.Prefix.Length, longest + 1))] = random.Next(NatScenario.Servers);
            }
        }

        assignments.TryAdd(Inside(zone, longest), 0);
        var everyName = random.Next(4) > 0 || zone.Length is > 24 and < 32;
        var scenario = new NatScenario(zone, everyName, [.. assignments.Select(entry => (entry.Key, entry.Value))], nats, []);
        return scenario with { Questions = [.. Enumerable.Range(0, QuestionsPerScenario).Select(_ => Question(scenario))] };
    }

    private NatRules Rules(IPPrefix prefix)
    {
        var kind = random.Next(4);
        var peers = kind == 0 ? [] : Peers();
        var regions = peers.Count > 0 && random.Next(3) == 0 ? Regions(peers) : [];
        var isMap = !prefix.IsIPv6 && random.Next(3) == 0;
        var ports = isMap || (kind == 1 && peers.Count > 0) ? [] : Ports();
        var map = isMap ? Map(prefix) : null;
        return peers.Count + ports.Count == 0 && map is null ? Rules(prefix) : new NatRules(prefix, peers, regions, ports, map);
    }

    private List<NatPeerRule> Peers()
    {
        var peers = new Dictionary<string, NatPeerRule>(StringComparer.OrdinalIgnoreCase);
        for (var count = random.Next(1, 6); count > 0; count--)
        {
            var pattern = random.Next(6) == 0 ? "*" : (random.Next(2) == 0 ? "*." : "") + Id(3);
            peers.TryAdd(pattern, new NatPeerRule(pattern, random.Next(NatScenario.Servers)));
        }

        return [.. peers.Values];
    }

    private List<string> Regions(List<NatPeerRule> peers)
    {
        var id = Id(2).ToLowerInvariant();
        return peers.Exists(peer => ("." + peer.Pattern).EndsWith("." + id, StringComparison.OrdinalIgnoreCase)) ? [] : [id];
    }

    private List<NatPortRule> Ports()
    {
        var bounds = new SortedSet<int>();
        for (var count = random.Next(1, 5) * 2; count > 0; count--)
        {
            bounds.Add(Port());
        }

        var ports = new List<NatPortRule>();
        var sorted = bounds.ToArray();
        for (var i = 0; i + 1 < sorted.Length; i++)
        {
            if (random.Next(3) > 0)
            {
                // Up to the next range or leaving its last port free.
                ports.Add(new NatPortRule(sorted[i], Math.Max(sorted[i], sorted[i + 1] - random.Next(1, 3)), random.Next(NatScenario.Servers)));
            }
        }

        return ports.Count > 0 ? ports : [new NatPortRule(0, 65535, 1)];
    }

    private NatMapRule Map(IPPrefix prefix)
    {
        var offset = random.Next(0, 8);
        var rule = IPPrefix.Parse("2001:db8::/32").Truncate(random.Next(28, 33));
        var length = 32 - prefix.Length + random.Next(1, Math.Min(9, 17 - offset));
        var assignments = new Dictionary<IPPrefix, int>();
        for (var count = random.Next(1, 6); count > 0; count--)
        {
            assignments[Inside(rule, rule.Length + random.Next(0, length + 1))] = random.Next(NatScenario.Servers);
        }

        return new NatMapRule(rule, length, offset, [.. assignments.Select(entry => (entry.Key, entry.Value))]);
    }

    private NatQuestion Question(NatScenario scenario)
    {
        var nat = scenario.Nats[random.Next(scenario.Nats.Count)];
        var address = Inside(nat.Prefix, nat.Prefix.AddressLength);
        return random.Next(8) switch
        {
            0 => new NatQuestion(address),
            < 4 => new NatQuestion(address, Id: IdNear(nat)),
            _ => new NatQuestion(address, Port: (ushort)PortNear(nat)),
        };
    }

    private string IdNear(NatRules nat)
    {
        if (nat.Peers.Count + nat.Regions.Count == 0 || random.Next(3) == 0)
        {
            return Id(4);
        }

        var all = nat.Peers.Select(peer => peer.Pattern).Concat(nat.Regions).ToList();
        var pattern = all[random.Next(all.Count)];
        var id = pattern.Replace("*", Id(1), StringComparison.Ordinal);
        return random.Next(4) switch
        {
            0 => $"{Id(2)}.{id}",
            1 when id.Contains('.') => id[(id.IndexOf('.') + 1)..],
            2 => id.ToUpperInvariant(),
            _ => id,
        };
    }

    private int PortNear(NatRules nat)
    {
        if (nat.Ports.Count == 0 || random.Next(3) == 0)
        {
            return Port();
        }

        var range = nat.Ports[random.Next(nat.Ports.Count)];
        return Math.Clamp((random.Next(2) == 0 ? range.First : range.Last) + random.Next(-1, 2), 0, ushort.MaxValue);
    }

    private string Id(int labels) => string.Join('.', Enumerable.Range(0, random.Next(1, labels + 1)).Select(_ =>
        random.Next(8) == 0 ? random.Next(4096).ToString("x3", CultureInfo.InvariantCulture) : Labels[random.Next(Labels.Length)]));

    // Half of them on or beside the bounds of aligned blocks.
    private int Port() => random.Next(2) == 0 ? random.Next(65536) : Math.Clamp((random.Next(17) << (random.Next(1, 4) * 4)) + random.Next(-1, 2), 0, ushort.MaxValue);

    private IPPrefix Inside(IPPrefix prefix, int length)
    {
        // Low bits vary, so that the parts of a pool touch and nest; of a long prefix the highest, too.
        var low = new UInt128((ulong)random.NextInt64(), (ulong)random.NextInt64()) << 1;
        var host = prefix.AddressLength == 128 && prefix.Length == 48 ? (UInt128)(uint)random.Next(512) : low >> prefix.Length;
        return IPPrefix.Create(prefix.Bits | (prefix.IsSingleAddress ? 0 : host), length, prefix.IsIPv6);
    }
}
