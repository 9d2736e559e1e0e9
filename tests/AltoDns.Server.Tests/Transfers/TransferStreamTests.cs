// Transfers over real connections: whole, in order, bounded in number, and no burden to others where a client does not read.

using System.Buffers.Binary;
using AltoDns.Protocol.Messages;
using AltoDns.Protocol.Names;
using AltoDns.Protocol.Records;
using AltoDns.Server.Access;
using AltoDns.Server.Answering;
using AltoDns.Server.Tests.Support;
using AltoDns.Server.Transfers;
using AltoDns.Server.Transfers.Outgoing;
using AltoDns.Zones.Serving;

namespace AltoDns.Server.Tests.Transfers;

public sealed class TransferStreamTests
{
    private const int Names = 20_000;

    private static readonly DomainName Large = DomainName.Parse("large.test.");
    private static readonly DomainName Small = DomainName.Parse("small.test.");
    private static readonly ZoneSet Zones = new([Zone(Large, Names), Zone(Small, 3)]);

    [Fact]
    public async Task Sends_every_record_once_and_the_SOA_twice()
    {
        await using var server = Start("127.0.0.0/8");
        using var client = server.ConnectTcp();
        await client.SendAsync(TcpClientStream.Frame(Request(1, Large, RecordType.AXFR)));
        var (records, messages) = await ReceiveAsync(client, 1);
        Assert.Equal(Names + 3, records.Count);
        Assert.Equal(Names + 2, records.Distinct().Count());
        Assert.Equal(records[0], records[^1]);
        Assert.InRange(messages, 2, Names / 100);
    }

    [Fact]
    public async Task Answers_what_was_pipelined_behind_a_transfer_after_it()
    {
        await using var server = Start("127.0.0.0/8");
        using var client = server.ConnectTcp();
        await client.SendAsync(TcpClientStream.Frame(Request(1, Large, RecordType.AXFR), Request(2, Small, RecordType.AXFR), Request(3, Small, RecordType.SOA)));
        Assert.Equal(Names + 3, (await ReceiveAsync(client, 1)).Records.Count);
        Assert.Equal(6, (await ReceiveAsync(client, 2)).Records.Count);
        var last = (await client.ReceiveAsync())!;
        Assert.Equal(3, BinaryPrimitives.ReadUInt16BigEndian(last));
    }

    [Fact]
    public async Task Serves_others_while_clients_do_not_read()
    {
        await using var server = Start("127.0.0.0/8");
        var idlers = Enumerable.Range(0, 20).Select(_ => server.ConnectTcp()).ToList();
        foreach (var idler in idlers)
        {
            await idler.SendAsync(TcpClientStream.Frame([.. Enumerable.Repeat(Request(1, Large, RecordType.AXFR), 20)]));
        }

        using var client = server.ConnectTcp();
        Assert.NotNull(await client.AskAsync(Request(2, Small, RecordType.SOA)));
        idlers.ForEach(idler => idler.Dispose());
    }

    [Fact]
    public async Task Lets_transfers_beyond_the_limit_wait_for_their_turn()
    {
        await using var server = Start("127.0.0.0/8", maxOutgoing: 1);
        using var first = server.ConnectTcp();
        using var second = server.ConnectTcp();

        // More than the socket buffers hold, and nobody reads.
        await first.SendAsync(TcpClientStream.Frame([.. Enumerable.Repeat(Request(1, Large, RecordType.AXFR), 40)]));
        Assert.NotNull(await first.ReceiveAsync());
        await second.SendAsync(TcpClientStream.Frame(Request(2, Small, RecordType.AXFR)));
        var waiting = ReceiveAsync(second, 2);
        first.Dispose();
        Assert.Equal(6, (await waiting.WaitAsync(TimeSpan.FromSeconds(30))).Records.Count);
    }

    [Theory]
    [InlineData("192.0.2.0/24", "small.test.", ResponseCode.Refused)]
    [InlineData("127.0.0.0/8", "other.test.", ResponseCode.NotAuth)]
    [InlineData("127.0.0.0/8", "a.small.test.", ResponseCode.NotAuth)]
    public async Task Says_why_there_is_no_transfer(string allowed, string zone, ResponseCode expected)
    {
        await using var server = Start(allowed);
        using var client = server.ConnectTcp();
        foreach (var type in new[] { RecordType.AXFR, RecordType.IXFR })
        {
            Assert.True(MessageHeader.TryRead(await client.AskAsync(Request(1, DomainName.Parse(zone), type)), out var header));
            Assert.Equal(expected, header.ResponseCode);
        }
    }

    private static TestServer Start(string allowed, int maxOutgoing = 32)
    {
        Assert.True(AccessRuleText.TryParse(allowed, out var rule, out _));
        var store = new ZoneStore(Zones);
        var options = new TransferOptions { Default = new ZoneTransferOptions { AllowTransfer = new AccessList([rule]) }, MaxOutgoing = maxOutgoing };
        var transfers = new TransferResponder(
            store, new TransferOptionsStore(options), history: null, payloadSize: 1232, TimeProvider.System, new LogRecorder<TransferResponder>());
        return TestServer.Start(new QueryProcessor(store, new AnsweringSettings(), transfers).Process, streamHandler: transfers.Begin);
    }

    private static byte[] Request(ushort id, DomainName zone, RecordType type)
    {
        var buffer = new byte[512];
        var hasSoa = type == RecordType.IXFR;
        new MessageHeader(id, MessageFlags.None, Opcode.Query, ResponseCode.NoError, 1, 0, hasSoa ? (ushort)1 : (ushort)0, 0).Write(buffer);
        var writer = new WireWriter(buffer.AsSpan(MessageHeader.Length));
        new Question(zone, type, RecordClass.Internet).Write(ref writer);
        if (hasSoa)
        {
            new ResourceRecord(zone, RecordClass.Internet, 0, new SoaData(zone, zone, 1, 1, 1, 1, 1)).Write(ref writer);
        }

        return buffer[..(MessageHeader.Length + writer.Position)];
    }

    private static async Task<(List<string> Records, int Messages)> ReceiveAsync(TcpClientStream client, ushort id)
    {
        var records = new List<string>();
        var messages = 0;
        while (records.Count < 2 || records[^1] != records[0])
        {
            var message = (await client.ReceiveAsync())!;
            Assert.Equal(id, BinaryPrimitives.ReadUInt16BigEndian(message));
            Read(message, records);
            messages++;
        }

        return (records, messages);
    }

    private static void Read(byte[] message, List<string> records)
    {
        Assert.True(MessageHeader.TryRead(message, out var header));
        Assert.Equal(ResponseCode.NoError, header.ResponseCode);
        var reader = new WireReader(message);
        reader.TryReadOctets(MessageHeader.Length, out _);
        Assert.True(header.QuestionCount == 0 || Question.TryRead(ref reader, out _));
        for (var i = 0; i < header.AnswerCount; i++)
        {
            Assert.True(ResourceRecord.TryRead(ref reader, out var record));
            records.Add(record.ToString());
        }
    }

    private static ZoneSnapshot Zone(DomainName origin, int names)
    {
        var builder = new ZoneBuilder(origin);
        builder.AddRecord(ZoneSnapshot.Apex, 60, new SoaData(origin, origin, 1, 1, 1, 1, 1));
        builder.AddRecord(ZoneSnapshot.Apex, 60, new NsData(DomainName.Parse("ns.isp.example.")));
        for (var i = 0; i < names; i++)
        {
            builder.AddRecord(builder.AddName(DomainName.Parse($"{i & 255}.{i >> 8}.{origin}").Wire), 60, new PtrData(DomainName.Parse($"host-{i}.isp.example.")));
        }

        return builder.Freeze();
    }
}
