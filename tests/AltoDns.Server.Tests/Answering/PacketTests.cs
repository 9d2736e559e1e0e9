// Packets that are not as they should be: one by one from a table, cut at every octet, and mutated by the thousand.

using System.Buffers.Binary;
using AltoDns.Protocol.Messages;
using AltoDns.Server.Answering;
using AltoDns.Testing;

namespace AltoDns.Server.Tests.Answering;

public sealed class PacketTests
{
    private static readonly byte[] ValidQuery = Case("query with EDNS").Octets;

    public static TheoryData<string> Names { get; } = new(PacketCase.All.Select(packet => packet.Name));

    [Theory]
    [MemberData(nameof(Names))]
    public void Answers_each_packet_as_it_deserves(string name)
    {
        var packet = Case(name);
        var asker = new Asker(Asker.Load("example.", PacketCase.ZoneText));
        foreach (var transport in Enum.GetValues<Transport>())
        {
            Assert.Equal(packet.Expected, PacketCase.Describe(asker.Ask(packet.Octets, transport)));
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Error_answers_keep_id_and_opcode_and_carry_no_records(string name)
    {
        var packet = Case(name);
        var answer = new Asker(Asker.Load("example.", PacketCase.ZoneText)).Ask(packet.Octets, Transport.Udp);
        if (packet.Expected is "FORMERR" or "NOTIMP")
        {
            Assert.True(MessageHeader.TryRead(answer, out var header));
            Assert.True(MessageHeader.TryRead(packet.Octets, out var asked));
            Assert.Equal(asked.Id, header.Id);
            Assert.Equal(asked.Opcode, header.Opcode);
            Assert.Equal((0, 0), (header.AnswerCount, header.AuthorityCount));
            Assert.Empty(AnswerMessage.Parse(answer).Additional);
        }
    }

    [Fact]
    public void Every_truncation_of_a_query_gets_silence_or_FORMERR()
    {
        var asker = new Asker(Asker.Load("example.", PacketCase.ZoneText));
        for (var length = 0; length < ValidQuery.Length; length++)
        {
            var expected = length < MessageHeader.Length ? PacketCase.Silence : "FORMERR";
            Assert.Equal(expected, PacketCase.Describe(asker.Ask(ValidQuery.AsSpan(0, length), Transport.Udp)));
        }
    }

    [Fact]
    public void Long_options_never_push_an_answer_over_its_limit()
    {
        var asker = new Asker(Asker.Load("example.", PacketCase.ZoneText), Asker.Talkative);
        foreach (var packet in PacketCase.All.Where(packet => packet.Octets.Length > MessageHeader.Length))
        {
            // 512 octets, and every option that is answered: COOKIE, NSID, ZONEVERSION.
            var end = MessageEnd(packet.Octets);
            byte[] asked = [.. packet.Octets.AsSpan(0, end), .. Convert.FromHexString("0000290200000000000000140003000000130000000A00080102030405060708")];
            asked[11] = 1;
            var answer = asker.Ask(asked, Transport.Udp);
            Assert.True(answer.Length <= 512, packet.Name);
            _ = PacketCase.Describe(answer);
        }
    }

    [Theory]
    [InlineData("0269640673657276657200")]
    [InlineData("0776657273696F6E0462696E6400")]
    public void Answers_of_class_CH_keep_within_512_octets(string name)
    {
        var asker = new Asker(Asker.Load("example.", PacketCase.ZoneText), Asker.Talkative);
        var query = Convert.FromHexString(
            "123400000001000000000001" + name + "001000030000290200000000000000140003000000130000000A00080102030405060708");
        var answer = asker.Ask(query, Transport.Udp);
        Assert.InRange(answer.Length, MessageHeader.Length, 512);
        _ = PacketCase.Describe(answer);
    }

    private static PacketCase Case(string name) => PacketCase.All.Single(packet => packet.Name == name);

    // After the question, as far as there is one.
    private static int MessageEnd(ReadOnlySpan<byte> packet)
    {
        var reader = new WireReader(packet);
        reader.TryReadOctets(MessageHeader.Length, out _);
        return BinaryPrimitives.ReadUInt16BigEndian(packet[4..]) == 1 && Question.TryRead(ref reader, out _) ? reader.Position : packet.Length;
    }
}
