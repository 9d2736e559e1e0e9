// Makes update scripts: a few updates after each other of one zone, some with prerequisites, most of names that meet.

using System.Globalization;

namespace AltoDns.Interop.Tests.Updates;

/// <summary>One update's lines in nsupdate's words.</summary>
internal sealed record ScriptedUpdate(IReadOnlyList<string> Lines)
{
    public override string ToString() => string.Join('\n', Lines);
}

/// <param name="seed">The same seed makes the same scripts.</param>
internal sealed class ScriptMaker(int seed)
{
    private static readonly string[] Labels = ["", "a.", "b.a.", "www.", "alias.", "sub.", "ns1.sub.", "*.w.", "x.*.w.", "new.", "deep.er.new.", "MiXed."];
    private static readonly string[] Types = ["A", "AAAA", "TXT", "MX", "PTR", "SRV", "CNAME", "NS", "NAPTR", "DNAME"];
    private static readonly uint[] Times = [3600, 3600, 60, 7200];

    private readonly Random _random = new(seed);

    /// <summary>The zone that every script starts from.</summary>
    /// <param name="origin">With its final dot.</param>
    public static string ZoneText(string origin) => $"""
        $ORIGIN {origin}
        $TTL 3600
        @ SOA ns1 host 100 3600 600 86400 300
        @ NS ns1
        @ NS ns2
        @ TXT "apex"
        ns1 A 192.0.2.1
        ns2 A 192.0.2.2
        a A 192.0.2.10
        a A 192.0.2.11
        b.a TXT "one" "two"
        www A 192.0.2.20
        www 60 MX 10 mail.{origin}
        alias CNAME www.{origin}
        sub NS ns1.sub.{origin}
        ns1.sub A 192.0.2.30
        *.w TXT "wild"
        mixed TXT "Case"

        """;

    /// <param name="origin">With its final dot.</param>
    public IReadOnlyList<ScriptedUpdate> Make(string origin) => [.. Enumerable.Range(0, _random.Next(4, 9)).Select(_ => MakeUpdate(origin))];

    private ScriptedUpdate MakeUpdate(string origin)
    {
        var lines = new List<string>();
        for (var count = _random.Next(4) - 1; count > 0; count--)
        {
            lines.Add(Prerequisite(origin));
        }

        for (var count = _random.Next(1, 5); count > 0; count--)
        {
            lines.Add(Change(origin));
        }

        return new ScriptedUpdate(lines);
    }

    private string Prerequisite(string origin)
    {
        var (name, type) = (Name(origin), Pick(Types));
        return _random.Next(5) switch
        {
            0 => $"prereq yxdomain {name}",
            1 => $"prereq nxdomain {name}",
            2 => $"prereq yxrrset {name} {type}",
            3 => $"prereq nxrrset {name} {type}",
            _ => $"prereq yxrrset {name} {type} {Data(type, origin)}",
        };
    }

    private string Change(string origin)
    {
        var (name, type) = (Name(origin), Pick(Types));
        return _random.Next(10) switch
        {
            0 => $"update delete {name}",
            1 or 2 => $"update delete {name} {type}",
            3 or 4 => $"update delete {name} {type} {Data(type, origin)}",
            5 when _random.Next(3) == 0 => $"update add {origin} 3600 SOA ns1.{origin} host.{origin} {_random.Next(90, 300).ToString(CultureInfo.InvariantCulture)} 3600 600 86400 300",
            _ => $"update add {name} {Pick(Times)} {type} {Data(type, origin)}",
        };
    }

    private string Data(string type, string origin) => type switch
    {
        "A" => Pick(["192.0.2.10", "192.0.2.11", "192.0.2.20", "198.51.100.1"]),
        "AAAA" => Pick(["2001:db8::1", "2001:db8::2"]),
        "TXT" => Pick(["\"one\" \"two\"", "\"x\"", "\"wild\"", "\"Case\""]),
        "MX" => $"{Pick(["10", "20"])} mail.{origin}",
        "PTR" or "CNAME" or "DNAME" => Pick([$"www.{origin}", $"t.{origin}", "host.invalid."]),
        "SRV" => $"0 5 {Pick(["443", "8443"])} www.{origin}",
        "NS" => Pick([$"ns1.{origin}", $"ns2.{origin}", $"ns1.sub.{origin}"]),
        "NAPTR" => "100 10 \"u\" \"ALTO:https\" \"!.*!https://alto.example/ird!\" .",
        _ => throw new InvalidOperationException(type),
    };

    private string Name(string origin) => Pick(Labels) + origin;

    private T Pick<T>(IReadOnlyList<T> values) => values[_random.Next(values.Count)];
}
