// Computes the MAC of one message after the other with one key, over what RFC 8945 §4.3 puts together.

using System.Buffers.Binary;
using System.Security.Cryptography;
using AltoDns.Protocol.Messages;
using AltoDns.Protocol.Names;

namespace AltoDns.Protocol.Security;

/// <summary>Not safe for several threads.</summary>
internal sealed class TsigMac(TsigKey key) : IDisposable
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHMAC(key.Algorithm.HashName(), key.Secret.Span);

    /// <summary>The MAC of the message before, its length first (RFC 8945 §4.3.1, §5.3.1).</summary>
    public void AppendPrior(ReadOnlySpan<byte> mac)
    {
        Span<byte> length = stackalloc byte[sizeof(ushort)];
        BinaryPrimitives.WriteUInt16BigEndian(length, (ushort)mac.Length);
        _hash.AppendData(length);
        _hash.AppendData(mac);
    }

    /// <summary>A message as it is on the wire.</summary>
    public void AppendMessage(ReadOnlySpan<byte> message) => _hash.AppendData(message);

    /// <summary>A message that came with a TSIG record, as it was before it got that (RFC 8945 §4.3.2).</summary>
    /// <param name="start">Where the record begins.</param>
    public void AppendMessage(ReadOnlySpan<byte> message, int start, ushort originalId)
    {
        Span<byte> header = stackalloc byte[MessageHeader.Length];
        message[..MessageHeader.Length].CopyTo(header);
        BinaryPrimitives.WriteUInt16BigEndian(header, originalId);
        BinaryPrimitives.WriteUInt16BigEndian(header[10..], (ushort)(BinaryPrimitives.ReadUInt16BigEndian(header[10..]) - 1));
        _hash.AppendData(header);
        _hash.AppendData(message[MessageHeader.Length..start]);
    }

    /// <summary>All fields of the record but the MAC and the original ID (RFC 8945 §4.3.3).</summary>
    public void AppendVariables(in TsigRecord record)
    {
        Span<byte> buffer = stackalloc byte[2 * DomainName.MaxLength + 6 + TsigRecord.TimeLength + 3 * sizeof(ushort)];
        var writer = new WireWriter(buffer, canonical: true);
        writer.WriteName(record.KeyName, RdataName.Foldable);
        writer.WriteUInt16((ushort)RecordClass.Any);
        writer.WriteUInt32(0);
        writer.WriteName(record.Algorithm, RdataName.Foldable);
        TsigRecord.WriteTime(ref writer, record.TimeSigned);
        writer.WriteUInt16(record.Fudge);
        writer.WriteUInt16((ushort)record.Error);
        writer.WriteUInt16((ushort)record.OtherData.Length);
        _hash.AppendData(writer.Written);
        _hash.AppendData(record.OtherData);
    }

    /// <summary>The time alone, for messages of a stream after the first (RFC 8945 §5.3.1).</summary>
    public void AppendTimers(ulong timeSigned, ushort fudge)
    {
        Span<byte> buffer = stackalloc byte[TsigRecord.TimeLength + sizeof(ushort)];
        var writer = new WireWriter(buffer);
        TsigRecord.WriteTime(ref writer, timeSigned);
        writer.WriteUInt16(fudge);
        _hash.AppendData(buffer);
    }

    /// <summary>Writes the whole MAC of what was appended and starts anew.</summary>
    /// <param name="mac">Room for <see cref="TsigAlgorithms.MaxMacLength"/> octets.</param>
    /// <returns>Octets written.</returns>
    public int Finish(Span<byte> mac) => _hash.GetHashAndReset(mac);

    public void Dispose() => _hash.Dispose();
}
