// Two octets of length and a message, seen in every stage of coming in.

using AltoDns.Server.Listening;
using AltoDns.Server.Tests.Support;

namespace AltoDns.Server.Tests.Listening;

public sealed class MessageFramingTests
{
    [Fact]
    public void Waits_for_every_octet_of_a_message()
    {
        var octets = TcpClientStream.Frame(TestServer.Query(1, 300), TestServer.Query(2));
        for (var length = 0; length < 302; length++)
        {
            Assert.Equal(FrameOutcome.Incomplete, MessageFraming.Read(octets.AsSpan(0, length), out _, out var needed));
            Assert.Equal(length < 2 ? 2 : 302, needed);
        }

        for (var length = 302; length <= octets.Length; length++)
        {
            Assert.Equal(FrameOutcome.Message, MessageFraming.Read(octets.AsSpan(0, length), out var message, out _));
            Assert.Equal(TestServer.Query(1, 300), message.ToArray());
        }
    }

    [Fact]
    public void Refuses_lengths_below_a_header_as_soon_as_they_are_known()
    {
        for (byte length = 0; length < 12; length++)
        {
            Assert.Equal(FrameOutcome.Malformed, MessageFraming.Read([0, length], out _, out _));
        }

        Assert.Equal(FrameOutcome.Incomplete, MessageFraming.Read([0, 12], out _, out _));
    }

    [Fact]
    public void Buffer_keeps_octets_in_order_however_they_come_and_go()
    {
        var random = new Random(4);
        var buffer = default(StreamBuffer);
        var sent = new byte[100_000];
        random.NextBytes(sent);
        var written = 0;
        var read = 0;
        while (read < sent.Length)
        {
            var count = random.Next(0, Math.Min(3_000, sent.Length - written + 1));
            var room = buffer.Reserve(count).Span;
            Assert.True(room.Length >= Math.Max(count, 1));
            sent.AsSpan(written, count).CopyTo(room);
            buffer.Advance(count);
            written += count;
            var taken = random.Next(0, buffer.Length + 1);
            Assert.True(buffer.Filled.Span[..taken].SequenceEqual(sent.AsSpan(read, taken)));
            buffer.Consume(taken);
            read += taken;
        }

        buffer.Release();
        Assert.Equal(0, buffer.Length);
    }
}
