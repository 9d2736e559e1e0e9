// Writes dnstap messages: protocol buffers of the schema dnstap.proto, field by field.

using System.Buffers;
using System.Buffers.Binary;
using AltoDns.Server.Answering;

namespace AltoDns.Server.Observing.Tap;

/// <summary>Not safe for several threads.</summary>
/// <param name="identity">Which server this is; empty to say nothing.</param>
/// <param name="version">Which program this is.</param>
internal sealed class DnstapEncoder(byte[] identity, byte[] version)
{
    private const int Message = 1;
    private const int AuthQuery = 1;
    private const int AuthResponse = 2;

    // Wire types of protocol buffers.
    private const int Varint = 0;
    private const int Delimited = 2;
    private const int Fixed32 = 5;

    private const int MillisecondsPerSecond = 1000;
    private const uint NanosecondsPerMillisecond = 1_000_000;

    private readonly ArrayBufferWriter<byte> _inner = new(1024);
    private readonly ArrayBufferWriter<byte> _outer = new(1024);

    /// <summary>The question as a Dnstap message, until the next call.</summary>
    public ReadOnlyMemory<byte> Query(TapEntry entry)
    {
        BeginMessage(entry, AuthQuery);
        WriteBytes(_inner, 10, entry.Request);
        return Wrap();
    }

    /// <summary>The answer as a Dnstap message, until the next call.</summary>
    public ReadOnlyMemory<byte> Response(TapEntry entry)
    {
        BeginMessage(entry, AuthResponse);

        // Both are of the same millisecond: an answer is made at once.
        WriteTime(12, entry.UnixTime);
        WriteBytes(_inner, 14, entry.Response);
        return Wrap();
    }

    private void BeginMessage(TapEntry entry, int type)
    {
        _inner.ResetWrittenCount();
        WriteNumber(_inner, 1, (ulong)type);
        WriteNumber(_inner, 2, entry.ClientAddress.Length > sizeof(uint) ? 2u : 1u);
        WriteNumber(_inner, 3, entry.Transport == Transport.Udp ? 1u : entry.IsHttp ? 4u : entry.IsEncrypted ? 3u : 2u);
        WriteBytes(_inner, 4, entry.ClientAddress);
        if (entry.ClientPort != 0)
        {
            WriteNumber(_inner, 6, entry.ClientPort);
        }

        WriteTime(8, entry.UnixTime);
    }

    private ReadOnlyMemory<byte> Wrap()
    {
        _outer.ResetWrittenCount();
        if (identity.Length > 0)
        {
            WriteBytes(_outer, 1, identity);
        }

        WriteBytes(_outer, 2, version);
        WriteBytes(_outer, 14, _inner.WrittenSpan);
        WriteNumber(_outer, 15, Message);
        return _outer.WrittenMemory;
    }

    // Seconds, and nanoseconds in the field after.
    private void WriteTime(int field, long unixMilliseconds)
    {
        WriteNumber(_inner, field, (ulong)(unixMilliseconds / MillisecondsPerSecond));
        WriteTag(_inner, field + 1, Fixed32);
        BinaryPrimitives.WriteUInt32LittleEndian(_inner.GetSpan(sizeof(uint)), (uint)(unixMilliseconds % MillisecondsPerSecond) * NanosecondsPerMillisecond);
        _inner.Advance(sizeof(uint));
    }

    private static void WriteNumber(ArrayBufferWriter<byte> writer, int field, ulong value)
    {
        WriteTag(writer, field, Varint);
        WriteVarint(writer, value);
    }

    private static void WriteBytes(ArrayBufferWriter<byte> writer, int field, ReadOnlySpan<byte> octets)
    {
        WriteTag(writer, field, Delimited);
        WriteVarint(writer, (ulong)octets.Length);
        writer.Write(octets);
    }

    private static void WriteTag(ArrayBufferWriter<byte> writer, int field, int wireType) => WriteVarint(writer, (ulong)((field << 3) | wireType));

    private static void WriteVarint(ArrayBufferWriter<byte> writer, ulong value)
    {
        var room = writer.GetSpan(10);
        var length = 0;
        for (; value >= 0x80; value >>= 7)
        {
            room[length++] = (byte)(value | 0x80);
        }

        room[length++] = (byte)value;
        writer.Advance(length);
    }
}
