// The commands that lead from one set of records to another.

using AltoDns.Protocol.Names;
using AltoDns.Zones.Configuration;
using AltoDns.Zones.Exporting;
using AltoDns.Zones.ZoneFiles;

namespace AltoDns.Zones.Tests.Exporting;

public sealed class UpdateCommandsTests
{
    private static readonly DomainName Origin = DomainName.Parse("2.0.192.in-addr.arpa.");

    [Fact]
    public void Takes_out_what_went_and_adds_what_came()
    {
        var commands = Write(
            """
            1 300 NAPTR 100 10 "u" "ALTO:https" "!.*!https://old.example/ird!" .
            2 300 TXT "v=ALTOKEY1; k=ecdsa-p256"
            3 300 NAPTR 100 10 "u" "ALTO:https" "!.*!https://same.example/ird!" .
            """,
            """
            1 300 NAPTR 100 10 "u" "ALTO:https" "!.*!https://new.example/ird!" .
            2 600 TXT "v=ALTOKEY1; k=ecdsa-p256"
            3 300 NAPTR 100 10 "u" "ALTO:https" "!.*!https://same.example/ird!" .
            """,
            out var count);

        Assert.Equal(
            """
            ; Zone 2.0.192.in-addr.arpa., made by AltoDns for nsupdate.
            zone 2.0.192.in-addr.arpa.
            update delete 1.2.0.192.in-addr.arpa. IN NAPTR 100 10 "u" "ALTO:https" "!.*!https://old.example/ird!" .
            update add 1.2.0.192.in-addr.arpa. 300 IN NAPTR 100 10 "u" "ALTO:https" "!.*!https://new.example/ird!" .
            update add 2.2.0.192.in-addr.arpa. 600 IN TXT "v=ALTOKEY1; k=ecdsa-p256"
            send

            """,
            commands);
        Assert.Equal(3, count);
    }

    [Fact]
    public void Sends_nothing_where_nothing_changed()
    {
        var commands = Write("1 300 TXT a\n", "1 300 TXT a\n", out var count);

        Assert.Equal((0, "; Zone 2.0.192.in-addr.arpa., made by AltoDns for nsupdate.\n"), (count, commands));
    }

    [Fact]
    public void Fills_messages_without_cutting_a_name_in_two()
    {
        var text = string.Concat(Enumerable.Range(0, 500).Select(i => $"{i % 250} 300 TXT \"{i} {new string('x', 230)}\"\n"));

        var sends = Write("", text, out var count).Split("send\n", StringSplitOptions.RemoveEmptyEntries);

        Assert.Equal(500, count);
        Assert.True(sends.Length is > 2 and < 6, $"{sends.Length} messages");
        Assert.All(sends, send => Assert.True(send.Length < 90_000));
        var owners = sends.Select(send => send.Split('\n').Where(line => line.StartsWith("update", StringComparison.Ordinal)).Select(line => line.Split(' ')[2]).ToHashSet()).ToList();
        Assert.Equal(250, owners.Sum(set => set.Count));
    }

    private static string Write(string before, string after, out int count)
    {
        using var output = new StringWriter { NewLine = "\n" };
        count = UpdateCommands.Write(Origin, Read(before), Read(after), output);
        return output.ToString();
    }

    private static List<ZoneRecord> Read(string text)
    {
        var problems = new ProblemList();
        var records = new List<ZoneRecord>();
        using var stream = new MemoryStream(System.Text.Encoding.UTF8.GetBytes(text));
        MasterFileReader.Read(stream, "test", Origin, problems, records.Add);
        Assert.False(problems.HasErrors, string.Join('\n', problems.All));
        return records;
    }
}
