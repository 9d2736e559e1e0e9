// TSIG between our two sides: what is signed verifies, what was touched does not.

using System.Buffers.Binary;
using AltoDns.Protocol.Messages;
using AltoDns.Protocol.Names;
using AltoDns.Protocol.Records;
using AltoDns.Protocol.Security;

namespace AltoDns.Protocol.Tests.Security;

public sealed class TsigTests
{
    private const ulong Now = 1_800_000_000;

    public static TheoryData<TsigAlgorithm> Algorithms => [.. Enum.GetValues<TsigAlgorithm>()];

    [Theory]
    [MemberData(nameof(Algorithms))]
    public void Verifies_what_it_signed(TsigAlgorithm algorithm)
    {
        var key = Key(algorithm);
        using var requester = new TsigRequester(key);
        var request = Signed(requester);
        using var responder = Accept(request, key, Now)!;
        Assert.Equal(TsigError.None, responder.Error);
        Assert.Equal(key, responder.Key);

        var response = Response(responder, 300);
        Assert.Equal(TsigVerdict.Verified, requester.Verify(response, Now));
        Assert.True(requester.IsComplete);
    }

    [Fact]
    public void Signs_each_message_of_a_stream_over_the_one_before()
    {
        var key = Key(TsigAlgorithm.HmacSha256);
        using var requester = new TsigRequester(key);
        using var responder = Accept(Signed(requester), key, Now)!;
        var (first, second, third) = (Response(responder, 100), Response(responder, 200), Response(responder, 50));
        Assert.Equal(TsigVerdict.Verified, requester.Verify(first, Now));
        Assert.Equal(TsigVerdict.Verified, requester.Verify(second, Now));
        Assert.Equal(TsigVerdict.Verified, requester.Verify(third, Now));
        Assert.Equal(TsigVerdict.BadSignature, requester.Verify(second, Now));
    }

    [Theory]
    [InlineData(99, TsigVerdict.Pending)]
    [InlineData(100, TsigVerdict.Unsigned)]
    public void Takes_no_more_than_99_unsigned_messages_in_a_row(int count, TsigVerdict last)
    {
        var key = Key(TsigAlgorithm.HmacSha256);
        using var requester = new TsigRequester(key);
        using var responder = Accept(Signed(requester), key, Now)!;
        Assert.Equal(TsigVerdict.Verified, requester.Verify(Response(responder, 100), Now));
        var verdict = TsigVerdict.Verified;
        for (var i = 0; i < count; i++)
        {
            verdict = requester.Verify(Message(100), Now);
        }

        Assert.Equal(last, verdict);
        Assert.False(requester.IsComplete);
    }

    [Fact]
    public void Refuses_an_unsigned_first_message()
    {
        using var requester = new TsigRequester(Key(TsigAlgorithm.HmacSha256));
        Signed(requester);
        Assert.Equal(TsigVerdict.Unsigned, requester.Verify(Message(100), Now));
    }

    [Fact]
    public void Notices_a_change_of_any_octet()
    {
        var key = Key(TsigAlgorithm.HmacSha256);
        using var requester = new TsigRequester(key);
        var request = Signed(requester);
        for (var i = 0; i < request.Length; i++)
        {
            var changed = request.ToArray();
            changed[i] ^= 0x41;
            using var responder = Accept(changed, key, Now);

            // The ID may change on the way; the record keeps the original one, which is covered in its place.
            Assert.True(responder is null || responder.Error != TsigError.None || i < 2, $"octet {i}");
        }
    }

    [Fact]
    public void Finds_no_record_in_what_is_cut_short()
    {
        using var requester = new TsigRequester(Key(TsigAlgorithm.HmacSha256));
        var request = Signed(requester);
        for (var length = 0; length < request.Length; length++)
        {
            Assert.Equal(TsigPresence.Malformed, TsigRecord.Find(request.AsSpan(0, length), out _, out _));
        }
    }

    [Fact]
    public void Refuses_a_record_that_is_not_the_last()
    {
        using var requester = new TsigRequester(Key(TsigAlgorithm.HmacSha256));
        var request = Signed(requester);
        var start = request.Length - requester.RecordLength;
        byte[] twice = [.. request, .. request[start..]];
        BinaryPrimitives.WriteUInt16BigEndian(twice.AsSpan(10), 2);
        Assert.Equal(TsigPresence.Malformed, TsigRecord.Find(twice, out _, out _));
    }

    [Theory]
    [InlineData(300, TsigError.None)]
    [InlineData(-300, TsigError.None)]
    [InlineData(301, TsigError.BadTime)]
    [InlineData(-301, TsigError.BadTime)]
    public void Allows_clocks_to_differ_by_the_fudge(int seconds, TsigError expected)
    {
        var key = Key(TsigAlgorithm.HmacSha256);
        using var requester = new TsigRequester(key);
        using var responder = Accept(Signed(requester), key, (ulong)((long)Now + seconds))!;
        Assert.Equal(expected, responder.Error);
    }

    [Fact]
    public void Tells_the_time_under_signature()
    {
        var key = Key(TsigAlgorithm.HmacSha512);
        using var requester = new TsigRequester(key);
        using var responder = Accept(Signed(requester), key, Now + 5000)!;
        var response = Message(40);
        Array.Resize(ref response, response.Length + responder.RecordLength);
        responder.Sign(response, 40, Now + 5000);
        Assert.Equal(TsigVerdict.Rejected, requester.Verify(response, Now));
        Assert.Equal(TsigError.BadTime, requester.ServerError);
        Assert.Equal(TsigPresence.Present, TsigRecord.Find(response, out var record, out _));
        Assert.Equal(Now, record.TimeSigned);
        Assert.Equal(Now + 5000, BinaryPrimitives.ReadUInt64BigEndian([0, 0, .. record.OtherData]));
    }

    [Fact]
    public void Tells_of_unknown_keys_and_wrong_secrets_without_a_signature()
    {
        var key = Key(TsigAlgorithm.HmacSha256);
        using var requester = new TsigRequester(key);
        var request = Signed(requester);
        Check(key with { Name = DomainName.Parse("other.") }, TsigError.BadKey);
        Check(Key(TsigAlgorithm.HmacSha384), TsigError.BadKey);
        Check(key with { Secret = new byte[] { 1, 2, 3 } }, TsigError.BadSignature);

        void Check(TsigKey known, TsigError expected)
        {
            using var responder = Accept(request, known, Now)!;
            Assert.Equal(expected, responder.Error);
            Assert.Null(responder.Key);
            var response = Response(responder, 30);
            Assert.Equal(TsigVerdict.Rejected, requester.Verify(response, Now));
            Assert.Equal(TsigPresence.Present, TsigRecord.Find(response, out var record, out _));
            Assert.True(record.Mac.IsEmpty);
            Assert.Equal(expected, record.Error);
        }
    }

    [Fact]
    public void Takes_short_macs_only_where_the_key_allows_them()
    {
        var whole = Key(TsigAlgorithm.HmacSha256);
        var cut = whole with { MacLength = 16 };
        using var requester = new TsigRequester(cut);
        var request = Signed(requester);
        using (var responder = Accept(request, whole, Now)!)
        {
            Assert.Equal(TsigError.BadTruncation, responder.Error);
        }

        using (var responder = Accept(request, cut, Now)!)
        {
            Assert.Equal(TsigError.None, responder.Error);
            Assert.Equal(TsigVerdict.Verified, requester.Verify(Response(responder, 60), Now));
        }

        // RFC 8945 §5.2.2.1: below half of the MAC's length it is a format error.
        using var shorter = new TsigRequester(whole with { MacLength = 15 });
        Assert.Null(Accept(Signed(shorter), cut, Now));
    }

    private static TsigKey Key(TsigAlgorithm algorithm) =>
        new(DomainName.Parse("Transfer.Key."), algorithm, Enumerable.Range(1, 32).Select(i => (byte)i).ToArray());

    private static byte[] Message(int length)
    {
        // A question, then one record of an unknown type that fills the message.
        var message = new byte[length];
        var writer = new WireWriter(message);
        writer.WriteOctets([0x12, 0x34, 0x84, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0]);
        writer.WriteUInt16((ushort)RecordType.NULL);
        writer.WriteUInt16((ushort)RecordClass.Internet);
        writer.WriteUInt32(60);
        writer.WriteUInt16((ushort)(length - writer.Position - sizeof(ushort)));
        return message;
    }

    private static byte[] Signed(TsigRequester requester)
    {
        var buffer = new byte[512];
        var writer = new WireWriter(buffer);
        writer.WriteOctets([0x12, 0x34, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0]);
        new Question(DomainName.Parse("2.0.192.in-addr.arpa."), RecordType.SOA, RecordClass.Internet).Write(ref writer);
        return buffer[..requester.Sign(buffer, writer.Position, Now)];
    }

    private static TsigResponder? Accept(byte[] request, TsigKey key, ulong now)
    {
        if (TsigRecord.Find(request, out var record, out var start) != TsigPresence.Present)
        {
            return null;
        }

        return TsigResponder.Verify(request, record, start, new Dictionary<DomainName, TsigKey> { [key.Name] = key }, now);
    }

    private static byte[] Response(TsigResponder responder, int length)
    {
        var response = Message(length);
        Array.Resize(ref response, length + responder.RecordLength);
        Assert.Equal(response.Length, responder.Sign(response, length, Now));
        return response;
    }
}
