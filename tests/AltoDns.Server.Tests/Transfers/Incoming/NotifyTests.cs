// NOTIFY: who may bring news, and what others are told.

using System.Net;
using AltoDns.Protocol.Messages;
using AltoDns.Protocol.Names;
using AltoDns.Protocol.Records;
using AltoDns.Protocol.Security;
using AltoDns.Server.Access;
using AltoDns.Server.Answering;
using AltoDns.Server.Tests.Support;
using AltoDns.Server.Transfers;
using AltoDns.Server.Transfers.Incoming;
using AltoDns.Zones.Serving;

namespace AltoDns.Server.Tests.Transfers.Incoming;

public sealed class NotifyTests
{
    private static readonly TsigKey Key = new(DomainName.Parse("transfer."), TsigAlgorithm.HmacSha256, "0123456789abcdef0123456789abcdef"u8.ToArray());

    private static readonly IPAddress Stranger = IPAddress.Parse("198.51.100.66");

    [Fact]
    public async Task A_primary_and_those_allowed_are_heard_and_strangers_are_refused()
    {
        await using var primary = new ScriptedPrimary();
        primary.Publish(SecondarySetup.Version(1));
        var options = SecondarySetup.From(primary.Peer);
        var allowed = new AccessList([new AccessRule(IPPrefix.Parse("203.0.113.0/24"), null)]);
        options = options with { Secondaries = [options.Secondaries[0] with { AllowNotify = allowed }] };
        await using var secondary = new SecondarySetup(options);
        await secondary.Reaches(1);
        var processor = Processor(secondary);
        primary.Publish(SecondarySetup.Version(2));
        Assert.Equal(ResponseCode.Refused, Ask(processor, secondary, Stranger, SecondarySetup.Origin));
        Assert.Equal(ResponseCode.NotAuth, Ask(processor, secondary, Stranger, DomainName.Parse("other.example.")));
        Assert.Equal(1, secondary.Log.Entries.Count(entry => entry.Id == 1558));
        secondary.Time.Advance(TimeSpan.FromSeconds(61));
        Assert.Equal(ResponseCode.Refused, Ask(processor, secondary, Stranger, SecondarySetup.Origin));
        Assert.Equal(2, secondary.Log.Entries.Count(entry => entry.Id == 1558));
        Assert.Equal(1u, secondary.Serial);
        Assert.Equal(ResponseCode.NoError, Ask(processor, secondary, IPAddress.Loopback, SecondarySetup.Origin));
        await secondary.Reaches(2);
        primary.Publish(SecondarySetup.Version(3));
        Assert.Equal(ResponseCode.NoError, Ask(processor, secondary, IPAddress.Parse("203.0.113.5"), SecondarySetup.Origin));
        await secondary.Reaches(3);
    }

    [Fact]
    public async Task A_primary_with_a_key_has_to_sign()
    {
        var time = new ManualTime();
        await using var primary = new ScriptedPrimary { Key = Key, Clock = () => (ulong)time.GetUtcNow().ToUnixTimeSeconds() };
        primary.Publish(SecondarySetup.Version(1));
        await using var secondary = new SecondarySetup(SecondarySetup.From(Key, primary.Peer), time);
        await secondary.Reaches(1);
        var processor = Processor(secondary);
        primary.Publish(SecondarySetup.Version(2));
        Assert.Equal(ResponseCode.Refused, Ask(processor, secondary, IPAddress.Loopback, SecondarySetup.Origin));
        Assert.Equal(ResponseCode.NotAuth, Ask(processor, secondary, IPAddress.Loopback, SecondarySetup.Origin, Key with { Secret = new byte[32] }));
        Assert.Equal(1u, secondary.Serial);
        Assert.Equal(ResponseCode.NoError, Ask(processor, secondary, IPAddress.Loopback, SecondarySetup.Origin, Key));
        await secondary.Reaches(2);
    }

    [Fact]
    public async Task Any_octets_are_answered_or_dropped()
    {
        await using var secondary = new SecondarySetup(new TransferOptions());
        var processor = Processor(secondary);
        var good = Message(SecondarySetup.Origin);
        var response = new byte[512];
        for (var length = 0; length <= good.Length; length++)
        {
            var written = processor.Process(good.AsSpan(0, length), response, Context(Stranger, secondary));
            Assert.True(written == 0 ? length < MessageHeader.Length : MessageHeader.TryRead(response.AsSpan(0, written), out var header) && header.ResponseCode != ResponseCode.NoError);
        }
    }

    [Fact]
    public async Task Without_zones_of_others_NOTIFY_is_not_implemented()
    {
        await using var secondary = new SecondarySetup(new TransferOptions());
        Assert.Equal(ResponseCode.NotImplemented, Ask(new QueryProcessor(new ZoneStore(ZoneSet.Empty), new AnsweringSettings()), secondary, Stranger, SecondarySetup.Origin));
    }

    private static QueryProcessor Processor(SecondarySetup secondary) => new(
        new ZoneStore(ZoneSet.Empty), new AnsweringSettings(), notify: new NotifyResponder(secondary.Transfers, secondary.Time).Process);

    private static QueryContext Context(IPAddress client, SecondarySetup secondary) => new()
    {
        Transport = Transport.Udp,
        ClientAddress = client.GetAddressBytes(),
        UnixTime = (uint)secondary.Time.GetUtcNow().ToUnixTimeSeconds(),
    };

    private static ResponseCode Ask(QueryProcessor processor, SecondarySetup secondary, IPAddress client, DomainName zone, TsigKey? key = null)
    {
        var message = new byte[1024];
        var length = Message(zone).Length;
        Message(zone).CopyTo(message, 0);
        using var signature = key is null ? null : new TsigRequester(key);
        var context = Context(client, secondary);
        length = signature?.Sign(message, length, context.UnixTime) ?? length;
        var response = new byte[1232];
        var written = processor.Process(message.AsSpan(0, length), response, context);
        Assert.True(MessageHeader.TryRead(response.AsSpan(0, written), out var header));
        Assert.Equal(Opcode.Notify, header.Opcode);
        if (header.ResponseCode == ResponseCode.NoError && signature is not null)
        {
            Assert.Equal(TsigVerdict.Verified, signature.Verify(response.AsSpan(0, written), context.UnixTime));
        }

        return header.ResponseCode;
    }

    private static byte[] Message(DomainName zone)
    {
        var buffer = new byte[512];
        new MessageHeader(77, MessageFlags.Authoritative, Opcode.Notify, ResponseCode.NoError, 1, 0, 0, 0).Write(buffer);
        var writer = new WireWriter(buffer.AsSpan(MessageHeader.Length));
        new Question(zone, RecordType.SOA, RecordClass.Internet).Write(ref writer);
        return buffer[..(MessageHeader.Length + writer.Position)];
    }
}
