// Reads the ports of a NAT: ranges, or the numbered blocks of a deterministic NAT (RFC 7422).

using System.Globalization;
using AltoDns.Zones.Compilation;
using AltoDns.Zones.Configuration.Yaml;

namespace AltoDns.Zones.Configuration;

internal sealed class NatPortsReader(ServerNames servers, ProblemList problems)
{
    private const int Ports = 1 << 16;

    // RFC 7422 §2: the system ports are not given out.
    private const int DefaultFirst = 1024;

    private static readonly string[] KnownOfBlocks = ["size", "first", "servers"];

    private static readonly NodeShape RangesShape = new("'ports'", "a map from port range to ALTO server", "ports: { 1024-33791: core, 33792-65535: mobile }");

    private static readonly NodeShape BlocksShape = new(
        "'port-blocks'", "a map of 'size', 'first' and 'servers'", "port-blocks: { size: 1008, servers: { 0-31: core, 32-63: mobile } }");

    private static readonly NodeShape ServersShape = new("'servers'", "a map from block numbers to ALTO server", "servers: { 0-31: core, 32-63: mobile }");

    /// <summary>Ranges of ports as they are written.</summary>
    public IReadOnlyList<NatPortsDocument> ReadRanges(YamlNode node)
    {
        var ports = new List<NatPortsDocument>();
        foreach (var (key, value) in RangesShape.ReadEntries(node, problems))
        {
            if (TryReadEntry(key, value, "ports", ushort.MaxValue, "1024-33791", out var entry))
            {
                ports.Add(new NatPortsDocument((ushort)entry.First, (ushort)entry.Last, entry.Server, key.Position));
            }
        }

        return ports;
    }

    /// <summary>Blocks of one size, numbered from 0, as the ranges that they are.</summary>
    public IReadOnlyList<NatPortsDocument> ReadBlocks(YamlNode node)
    {
        var fields = FieldSet.Read(node, BlocksShape, BlocksShape.What, KnownOfBlocks, problems);
        var first = ReadNumber(fields["first"], "'first'", 0, ushort.MaxValue, DefaultFirst);
        if (fields["size"] is null || fields["servers"] is null)
        {
            problems.Error(node.Position, "'port-blocks' needs 'size' and 'servers'.", $"Write it as '{BlocksShape.Example}'.");
            return [];
        }

        var size = ReadNumber(fields["size"], "'size'", 1, Ports, 0);
        if (size == 0)
        {
            return [];
        }

        var blocks = (Ports - first) / size;
        var ports = new List<NatPortsDocument>();
        foreach (var (key, value) in ServersShape.ReadEntries(fields["servers"]!, problems))
        {
            if (!TryReadEntry(key, value, "blocks", ushort.MaxValue, "0-31", out var entry))
            {
                continue;
            }

            if (entry.Last >= blocks)
            {
                problems.Error(
                    key.Position,
                    $"There is no block {entry.Last}: from port {first} on, {blocks} blocks of {size} ports end at 65535.",
                    blocks == 0 ? "Make 'size' smaller." : $"Number them from 0 to {blocks - 1}.");
                continue;
            }

            ports.Add(new NatPortsDocument((ushort)(first + entry.First * size), (ushort)(first + (entry.Last + 1) * size - 1), entry.Server, key.Position));
        }

        return ports;
    }

    /// <summary>A range of numbers and its server; false, with the problem noted, where either is wrong.</summary>
    /// <param name="noun">What the numbers are: <c>ports</c>.</param>
    public bool TryReadEntry(YamlScalar key, YamlNode value, string noun, int maximum, string example, out (int First, int Last, int Server) entry)
    {
        var server = 0;
        var label = noun == "ports" ? "Port range" : char.ToUpperInvariant(noun[0]) + noun[1..];
        var shape = new NodeShape($"{label} '{PrefixText.Excerpt(key.Text)}'", "the name of an ALTO server", "core");
        var hasServer = shape.TryReadText(value, problems, out var name) && servers.TryFind(name.Text, name.Position, 0, problems, out server);
        var isRange = TryReadRange(key, noun, maximum, example, out var first, out var last);
        entry = (first, last, server);
        return hasServer && isRange;
    }

    public void ReportOverlap(IReadOnlyList<NatPortsDocument> ports)
    {
        NatPortsDocument? reach = null;
        foreach (var range in ports.OrderBy(range => range.First))
        {
            if (range.First <= reach?.Last)
            {
                var (earlier, later) = IsBefore(reach.Position, range.Position) ? (reach, range) : (range, reach);
                problems.Error(
                    later.Position,
                    $"The ports {later.First}-{later.Last} overlap {earlier.First}-{earlier.Last} at {earlier.Position}.",
                    "Give each port to one of the two.");
            }

            reach = range.Last > (reach?.Last ?? -1) ? range : reach;
        }
    }

    /// <summary>Notes ports above the first range that are in none: often a bound is wrong by one. One range alone is an exception that is meant.</summary>
    public void WarnOfGaps(IReadOnlyList<NatPortsDocument> ports)
    {
        if (ports.Count < 2 || problems.HasErrors)
        {
            return;
        }

        var next = -1;
        var gaps = new List<PortRange>();
        foreach (var range in ports.OrderBy(range => range.First))
        {
            if (next >= 0 && range.First > next)
            {
                gaps.Add(new PortRange((ushort)next, (ushort)(range.First - 1)));
            }

            next = Math.Max(next, range.Last + 1);
        }

        if (next is >= 0 and < Ports)
        {
            gaps.Add(new PortRange((ushort)next, ushort.MaxValue));
        }

        if (gaps.Count > 0)
        {
            problems.Warn(
                ports[0].Position,
                $"No range has the ports {string.Join(", ", gaps.Take(3))}{(gaps.Count > 3 ? " and others" : "")}, so they get the server of their address.",
                "Give them a range if that is not meant.");
        }
    }

    /// <summary>A whole number; <paramref name="absent"/> where the setting is absent or, which is noted, no such number.</summary>
    public int ReadNumber(YamlNode? node, string what, int minimum, int maximum, int absent)
    {
        if (node is null || !new NodeShape(what, "a number", $"{what.Trim('\'')}: {maximum}").TryReadText(node, problems, out var text))
        {
            return absent;
        }

        if (TryReadNumber(text.Text, maximum, out var number) && number >= minimum)
        {
            return number;
        }

        problems.Error(text.Position, $"{what} '{PrefixText.Excerpt(text.Text)}' is not a whole number from {minimum} to {maximum}.", "Correct it.");
        return absent;
    }

    private bool TryReadRange(YamlScalar text, string noun, int maximum, string example, out int first, out int last)
    {
        last = 0;
        var bounds = text.Text.Split('-');
        if (bounds.Length > 2 || !TryReadNumber(bounds[0], maximum, out first) || !TryReadNumber(bounds[^1], maximum, out last))
        {
            first = 0;
            problems.Error(
                text.Position, $"'{PrefixText.Excerpt(text.Text)}' is not a range of {noun}.", $"Write two numbers from 0 to {maximum} such as {example}, or one.");
            return false;
        }

        if (first <= last)
        {
            return true;
        }

        problems.Error(text.Position, $"The {noun.TrimEnd('s')} range {text.Text} is upside down.", $"Write {last}-{first}.");
        return false;
    }

    private static bool TryReadNumber(string text, int maximum, out int number) =>
        int.TryParse(text.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out number) && number <= maximum;

    private static bool IsBefore(SourcePosition left, SourcePosition right) => (left.Line, left.Column).CompareTo((right.Line, right.Column)) < 0;
}
