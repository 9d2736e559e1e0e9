// Long lists of assignments: whatever part of them is read without a parser, policies and problems are what the parser alone makes of them.

using System.Text;
using AltoDns.Zones.Configuration;

namespace AltoDns.Zones.Tests.Configuration;

public sealed class AssignmentLinesTests
{
    // What stands among plain lines; many of these take the following line's meaning away, or its own.
    private static readonly string[] Odd =
    [
        "", "   ", "# comment", "  # comment", "  10.1.0.0/16: s1 # comment", "  10.1.0.0/16: s1# no comment", "  \"10.1.0.0/16\": s1",
        "  '10.1.0.0/16': s1", "  10.1.0.0/16:    s1   ", "  10.1.0.0/16: 's1'", "  10.1.0.0/16: null", "  10.1.0.0/16:", "    more", "    10.3.0.0/16: s1",
        "  10.1.0.0/16: |", "  10.1.0.0/16: \"s1", "  \"", "  10.1.0.0/16: { a: b }", "  10.1.0.0/16: [", "  ]", "  10.1.0.1/16: s1", "  ffff: s1", "  10.1.0.0/16 s1",
        "  10.1.0.0/16: s2", "  10.2.0.0/16: nobody", "  ::/0: s1", "  \"::/0\": s1", "\t10.1.0.0/16: s1", " 10.1.0.0/16: s1", "delegations: {}",
        "assignments:", "---", "...", "  10.1.0.0/16: s1 # \u2028 odd", "  ::ffff:10.0.0.0/104: s1", "  *: s1", "  10.1.0.0/16: &a s1", "  10.1.0.0/16: *a", "  ? 10.1.0.0/16",
        "  - 10.1.0.0/16", "  10.1.0.0/16: s1\r", "  10.1.0.0/16: -s1",
    ];

    public static TheoryData<int> Seeds() => [.. Enumerable.Range(1, 20)];

    [Fact]
    public void Finds_the_lines_after_the_first()
    {
        var text = Encoding.UTF8.GetBytes(Text([.. Lines(100)]));
        var lines = AssignmentLines.Find(text)!;
        Assert.Equal(99, lines.Cut.Count);
        var read = 0;
        lines.Read((_, _, _, _, _) => read++);
        Assert.Equal(99, read);
        Assert.Equal(100, Read(text).Document!.Assignments.Count);
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Reads_as_the_parser_alone_does(int seed)
    {
        var random = new Random(seed);
        for (var round = 0; round < 100; round++)
        {
            var lines = Lines(random.Next(60, 140)).ToList();
            for (var odd = random.Next(4); odd > 0; odd--)
            {
                lines.Insert(random.Next(lines.Count + 1), Odd[random.Next(Odd.Length)]);
            }

            var header = random.Next(4) switch
            {
                0 => "assignments:   # a comment",
                1 => "assignments: {",
                2 => "publish: \"\nassignments:",
                _ => "assignments:",
            };
            var text = Encoding.UTF8.GetBytes(Text([.. lines], random.Next(3) == 0 ? header : "assignments:", random.Next(5) == 0 ? "" : "ttl: 1h\nnat: {}\nbogus: 1\n"));
            var (expected, expectedProblems) = ReadByParser(text);
            var (actual, actualProblems) = Read(text);
            Assert.Equal(expectedProblems, actualProblems);
            Assert.Equal(expected?.Assignments, actual?.Assignments);
            Assert.Equal(expected?.TimeToLive, actual?.TimeToLive);
        }
    }

    private static string Text(string[] lines, string header = "assignments:", string after = "") => $$"""
        zones: [10.0.0.0/8, "2001:db8::/32"]
        soa: { primary: ns.invalid., contact: host@isp1.example }
        nameservers: ns.invalid.
        alto-servers: { s1: { uri: https://a.isp1.example/ird }, s2: { uri: https://b.isp1.example/ird } }
        {{header}}
        {{string.Join('\n', lines)}}
        {{after}}
        """;

    private static IEnumerable<string> Lines(int count) => Enumerable.Range(0, count).Select(i => (i % 3) switch
    {
        0 => $"  10.{i}.4.0/24: s1",
        1 => $"  2001:db8:{i:x}::/48: s2",
        _ => $"  10.{i}.5.0/24: s2",
    });

    private static (PolicyDocument? Document, List<string> Problems) Read(byte[] text)
    {
        var problems = new ProblemList();
        var document = PolicyReader.Read("policy.yaml", problems, _ => new MemoryStream(text));
        return (document, [.. problems.All.Select(problem => problem.ToString())]);
    }

    private static (PolicyDocument? Document, List<string> Problems) ReadByParser(byte[] text)
    {
        var problems = new ProblemList();
        var reader = new PolicyFileReader(new PolicyContext("policy.yaml", _ => new MemoryStream(text), problems));
        var document = reader.Read(text, lines: null, out _);
        return (document, [.. problems.All.OrderBy(problem => problem.Position.Line).ThenBy(problem => problem.Position.Column).Select(problem => problem.ToString())]);
    }
}
