// Answers that are not what was asked for, or not from whom: ignored, and the true one taken.

using System.Net;
using AltoDns.Discovery.Resolving;
using AltoDns.Discovery.Tests.Support;
using AltoDns.Protocol.Messages;
using AltoDns.Protocol.Names;
using AltoDns.Protocol.Records;

namespace AltoDns.Discovery.Tests.Resolving;

public sealed class HostileAnswerTests
{
    private const string Record = """100.51.198.in-addr.arpa. 3600 IN NAPTR 1 1 "u" "ALTO:https" "!.*!https://true.example/ird!" .""";

    private static readonly DomainName Name = DomainName.Parse("100.51.198.in-addr.arpa.");
    private static readonly ZoneAnswers Truth = ZoneAnswers.OfRecords([Record]);
    private static readonly ZoneAnswers Lie = ZoneAnswers.OfRecords([Record.Replace("true", "false", StringComparison.Ordinal)]);

    /// <summary>What is done to a forged answer before it is sent.</summary>
    public static TheoryData<string> Forgeries =>
    [
        "other ID", "other name", "other type", "other class", "other letters", "no question", "two questions", "a query", "other opcode",
        "other cookie", "too large", "cut short", "empty", "octets after the header alone",
    ];

    [Theory]
    [MemberData(nameof(Forgeries))]
    public async Task Forged_answers_are_ignored_and_the_true_one_is_taken(string forgery)
    {
        await using var server = new ScriptedServer(query => query.IsTcp
            ? [Truth.Answer(query.Message, true)]
            : [Forge(forgery, query), Truth.Answer(query.Message, false)]);
        await using var resolver = new Resolver(Clients.Options(server));

        var result = await resolver.LookupAsync(Name, RecordType.NAPTR);

        Assert.Contains("true.example", Assert.Single(result.Answer.Records).ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("other letters")]
    [InlineData("other cookie")]
    public async Task What_may_be_forged_is_asked_for_again_over_tcp(string forgery)
    {
        await using var server = new ScriptedServer(query => [query.IsTcp ? Truth.Answer(query.Message, true) : Forge(forgery, query)]);
        await using var resolver = new Resolver(Clients.Impatient(server));

        var result = await resolver.LookupAsync(Name, RecordType.NAPTR);

        Assert.Contains("true.example", Assert.Single(result.Answer.Records).ToString(), StringComparison.Ordinal);
        Assert.Contains(server.Queries, query => query.IsTcp);
    }

    [Fact]
    public async Task Answers_from_another_port_are_ignored()
    {
        using var forger = new System.Net.Sockets.UdpClient(new IPEndPoint(IPAddress.Loopback, 0));
        await using var server = new ScriptedServer(query =>
        {
            forger.Send(Lie.Answer(query.Message, false), new IPEndPoint(IPAddress.Loopback, query.Port));
            return [Truth.Answer(query.Message, false)];
        });
        await using var resolver = new Resolver(Clients.Options(server));

        var result = await resolver.LookupAsync(Name, RecordType.NAPTR);

        Assert.Contains("true.example", Assert.Single(result.Answer.Records).ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Late_answers_are_ignored()
    {
        byte[]? first = null;
        await using var server = new ScriptedServer(query =>
        {
            if (first is null)
            {
                first = Lie.Answer(query.Message, false);
                return [];
            }

            return [first, Truth.Answer(query.Message, query.IsTcp)];
        });
        await using var resolver = new Resolver(Clients.Impatient(server));

        var result = await resolver.LookupAsync(Name, RecordType.NAPTR);

        Assert.Contains("true.example", Assert.Single(result.Answer.Records).ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Queries_have_ids_ports_and_letters_that_cannot_be_foreseen()
    {
        await using var server = Truth.Serve();
        await using var resolver = new Resolver(Clients.Options(server));

        await Task.WhenAll(Enumerable.Range(0, 256).Select(i => resolver.LookupAsync(DomainName.Parse($"name-of-many-letters-{i}.example."), RecordType.A).AsTask()));

        var queries = server.Queries.ToList();
        Assert.True(queries.Select(query => query.Message[0] << 8 | query.Message[1]).Distinct().Count() > 240);
        Assert.True(queries.Select(query => query.Port).Distinct().Count() >= 256 / UdpPort.MaxQueries);
        Assert.True(queries.Count(query => query.Question.Name.ToString().Any(char.IsAsciiLetterUpper)) > 250);
        Assert.True(queries.Count(query => query.Question.Name.ToString().Any(char.IsAsciiLetterLower)) > 250);
    }

    [Fact]
    public async Task Truncated_answers_are_asked_for_again_over_tcp()
    {
        await using var server = new ScriptedServer(query =>
        {
            var answer = Truth.Answer(query.Message, query.IsTcp);
            if (!query.IsTcp)
            {
                answer[2] |= 0x02;
                answer = answer[..^7]; // and cut within a record
            }

            return [answer];
        });
        await using var resolver = new Resolver(Clients.Options(server));

        var result = await resolver.LookupAsync(Name, RecordType.NAPTR);

        Assert.Equal(LookupOutcome.Found, result.Answer.Outcome);
        Assert.Equal([false, true], server.Queries.Select(query => query.IsTcp));
    }

    private static byte[] Forge(string forgery, ScriptedQuery query)
    {
        var lie = Lie.Answer(query.Message, false);
        var type = MessageHeader.Length + query.Question.Name.Length;
        switch (forgery)
        {
            case "other ID": lie[1] ^= 1; break;
            case "other name": lie[MessageHeader.Length + 1] ^= 1; break;
            case "other type": lie[type + 1] ^= 1; break;
            case "other class": lie[type + 3] ^= 2; break;
            case "other letters": FlipLetter(lie); break;
            case "no question": return [.. lie[..4], 0, 0, .. lie[6..12], .. lie[(type + 4)..]];
            case "two questions": return [.. lie[..4], 0, 2, .. lie[6..(type + 4)], .. lie[MessageHeader.Length..]];
            case "a query": lie[2] &= 0x7F; break;
            case "other opcode": lie[2] |= 0x10; break;
            case "other cookie": FlipCookie(lie); break;
            case "too large": return [.. lie, .. new byte[QueryMessage.UdpPayloadSize]];
            case "cut short": return lie[..^3];
            case "empty": return [];
            case "octets after the header alone": return lie[..(MessageHeader.Length + 1)];
            default: throw new ArgumentException("Unknown.", nameof(forgery));
        }

        return lie;
    }

    private static void FlipLetter(byte[] message)
    {
        var letter = Array.FindIndex(message, MessageHeader.Length, octet => char.IsAsciiLetter((char)octet));
        message[letter] ^= 0x20;
    }

    // The client cookie comes first in the last option of the message.
    private static void FlipCookie(byte[] message)
    {
        var option = message.AsSpan().LastIndexOf((ReadOnlySpan<byte>)[0, 10, 0, 24]);
        message[option + 4] ^= 1;
    }
}
