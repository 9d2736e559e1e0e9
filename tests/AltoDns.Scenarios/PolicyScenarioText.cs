// A made-up policy as the files that an operator would write, in address space of its own.

using System.Globalization;
using System.Text;
using AltoDns.Protocol.Names;
using AltoDns.Protocol.Records;
using AltoDns.Zones.Configuration;

namespace AltoDns.Scenarios;

public static class PolicyScenarioText
{
    private const uint Serial = 2026112201;

    /// <summary>
    /// The scenario in other address space of the same family: every prefix keeps its bits below the zone's. What the
    /// zone does not contain is left out, and an assignment that covers it becomes the zone's, so that scenarios moved
    /// to different zones can be served together.
    /// </summary>
    /// <param name="zone">As long as the scenario's zone.</param>
    public static PolicyScenario MoveTo(this PolicyScenario scenario, IPPrefix zone)
    {
        IPPrefix Move(IPPrefix prefix) => IPPrefix.Create(prefix.Bits ^ scenario.Zone.Bits ^ zone.Bits, prefix.Length, prefix.IsIPv6);

        var assignments = scenario.Assignments
            .Select(entry => (Prefix: entry.Prefix.Contains(scenario.Zone) ? scenario.Zone : entry.Prefix, entry.Server))
            .Where(entry => scenario.Zone.Contains(entry.Prefix))
            .DistinctBy(entry => entry.Prefix)
            .Select(entry => (Move(entry.Prefix), entry.Server));
        return new PolicyScenario(
            zone,
            [.. assignments],
            [.. scenario.Delegations.Where(scenario.Zone.Contains).Where(prefix => prefix != scenario.Zone).Select(Move)],
            [.. scenario.Base.Where(entry => scenario.Zone.Contains(entry.Name)).Select(entry => entry with { Name = Move(entry.Name) })],
            [.. scenario.Addresses.Select(Move)]);
    }

    /// <summary>The policy's YAML.</summary>
    /// <param name="basePath">The file that <see cref="WriteBase"/> writes, absolute or relative to the policy.</param>
    public static string ToYaml(this PolicyScenario scenario, PublishMode mode, string basePath)
    {
        var text = new StringBuilder(string.Create(CultureInfo.InvariantCulture, $$"""
            zones: ["{{scenario.Zone}}"]
            publish: {{(mode == PublishMode.EveryName ? "every-name" : "rfc8686-names")}}
            soa: { primary: ns1.example., contact: hostmaster.example., serial: {{Serial}}, negative-ttl: 300 }
            nameservers: [ns1.example.]
            base: "{{basePath}}"
            alto-servers:

            """));
        for (var server = 0; server < PolicyScenario.Servers; server++)
        {
            text.Append(CultureInfo.InvariantCulture, $"  s{server}: {{ uri: \"https://alto{server}.example/ird\" }}\n");
        }

        AppendMap(text, "assignments", scenario.Assignments.Select(entry => (entry.Prefix, $"s{entry.Server}")));
        AppendMap(text, "delegations", scenario.Delegations.Select(prefix => (prefix, "{ nameservers: [ns.customer.example.] }")));
        return text.ToString();
    }

    /// <summary>The base zone as a master file.</summary>
    public static void WriteBase(this PolicyScenario scenario, TextWriter output) => scenario.ReadBase(record =>
        output.Write(string.Create(CultureInfo.InvariantCulture, $"{record.Owner} {record.TimeToLive} IN {record.Data.RecordType.Mnemonic()} {record.Data}\n")));

    private static void AppendMap(StringBuilder text, string key, IEnumerable<(IPPrefix Prefix, string Value)> entries)
    {
        var lines = entries.Select(entry => string.Create(CultureInfo.InvariantCulture, $"  \"{entry.Prefix}\": {entry.Value}\n")).ToList();
        text.Append(lines.Count == 0 ? $"{key}: {{}}\n" : $"{key}:\n{string.Concat(lines)}");
    }
}
