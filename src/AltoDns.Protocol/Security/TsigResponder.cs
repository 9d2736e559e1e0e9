// The server's side of TSIG: verifies a request, then signs the response or the stream of responses (RFC 8945 §5.2, §5.3).

using System.Buffers.Binary;
using System.Security.Cryptography;
using AltoDns.Protocol.Messages;
using AltoDns.Protocol.Names;

namespace AltoDns.Protocol.Security;

/// <summary>One request and what answers it. Not safe for several threads.</summary>
public sealed class TsigResponder : IDisposable
{
    // RFC 8945 §10 recommends as much.
    private const ushort Fudge = 300;

    private readonly TsigMac? _mac;
    private readonly DomainName _keyName;
    private readonly DomainName _algorithm;
    private readonly ulong _requestTime;
    private readonly byte[] _prior = new byte[TsigAlgorithms.MaxMacLength];
    private int _priorLength;
    private bool _isContinued;

    private TsigResponder(in TsigRecord request, TsigKey? key, TsigError error)
    {
        Key = key;
        Error = error;
        _keyName = request.KeyName;
        _algorithm = request.Algorithm;
        _requestTime = request.TimeSigned;
        _mac = key is null ? null : new TsigMac(key);
    }

    /// <summary>What is wrong with the request; the response is NOTAUTH then (RFC 8945 §5.2).</summary>
    public TsigError Error { get; private set; }

    /// <summary>The key that the request is signed with; null where its MAC was not verified. With <see cref="TsigError.BadTime"/> it gives no right.</summary>
    public TsigKey? Key { get; private set; }

    /// <summary>Octets that <see cref="Sign"/> adds to a response.</summary>
    public int RecordLength => TsigRecord.Measure(
        _keyName, _algorithm, Key?.MacLength ?? 0, Error == TsigError.BadTime ? TsigRecord.TimeLength : 0);

    /// <summary>Verifies a request.</summary>
    /// <param name="record">The request's TSIG record.</param>
    /// <param name="start">Where in the request the record begins.</param>
    /// <param name="keys">Those that are known, by name.</param>
    /// <param name="unixTime">Seconds since 1970-01-01T00:00:00Z.</param>
    /// <returns>What signs the response, <see cref="Error"/> telling whether the request may be acted on; null where the MAC has an impossible length, which is a format error (RFC 8945 §5.2.2.1).</returns>
    public static TsigResponder? Verify(
        ReadOnlySpan<byte> request, in TsigRecord record, int start, IReadOnlyDictionary<DomainName, TsigKey> keys, ulong unixTime)
    {
        if (!keys.TryGetValue(record.KeyName, out var key) || record.Algorithm != key.Algorithm.Name())
        {
            return new TsigResponder(record, key: null, TsigError.BadKey);
        }

        if (record.Mac.Length > key.Algorithm.MacLength() || record.Mac.Length < key.Algorithm.LeastMacLength())
        {
            return null;
        }

        var responder = new TsigResponder(record, key, TsigError.None);
        responder.Check(request, record, start, key, unixTime);
        return responder;
    }

    /// <summary>Rejects a verified request after all, as one that was carried out before: its client is told that its time is not accepted (RFC 8945 §5.2.3).</summary>
    public void RejectTime() => Error = TsigError.BadTime;

    /// <summary>Adds the TSIG record to a response, or to the next one of a stream.</summary>
    /// <param name="buffer">Starts with the response and has room for <see cref="RecordLength"/> octets more.</param>
    /// <param name="length">Octets of the response.</param>
    /// <param name="unixTime">Seconds since 1970-01-01T00:00:00Z.</param>
    /// <returns>Octets of the response with the record.</returns>
    public int Sign(Span<byte> buffer, int length, ulong unixTime)
    {
        Span<byte> serverTime = stackalloc byte[TsigRecord.TimeLength];
        var writer = new WireWriter(serverTime);
        TsigRecord.WriteTime(ref writer, unixTime);
        var record = new TsigRecord
        {
            KeyName = _keyName,
            Algorithm = _algorithm,

            // RFC 8945 §5.2.3: a client whose clock is wrong shall be able to verify what tells it so.
            TimeSigned = Error == TsigError.BadTime ? _requestTime : unixTime,
            Fudge = Fudge,
            OriginalId = BinaryPrimitives.ReadUInt16BigEndian(buffer),
            Error = Error,
            OtherData = Error == TsigError.BadTime ? serverTime : default,
        };

        // RFC 8945 §5.3.2: what is wrong with key or MAC is told unsigned.
        if (_mac is null || Key is null)
        {
            return record.AppendTo(buffer, length);
        }

        _mac.AppendPrior(_prior.AsSpan(0, _priorLength));
        _mac.AppendMessage(buffer[..length]);
        if (_isContinued)
        {
            _mac.AppendTimers(record.TimeSigned, record.Fudge);
        }
        else
        {
            _mac.AppendVariables(record);
        }

        _mac.Finish(_prior);
        _priorLength = Key.MacLength;
        _isContinued = true;
        return (record with { Mac = _prior.AsSpan(0, _priorLength) }).AppendTo(buffer, length);
    }

    public void Dispose() => _mac?.Dispose();

    private void Check(ReadOnlySpan<byte> request, in TsigRecord record, int start, TsigKey key, ulong unixTime)
    {
        Span<byte> expected = stackalloc byte[TsigAlgorithms.MaxMacLength];
        _mac!.AppendMessage(request, start, record.OriginalId);
        _mac.AppendVariables(record);
        _mac.Finish(expected);
        if (!CryptographicOperations.FixedTimeEquals(expected[..record.Mac.Length], record.Mac))
        {
            Error = TsigError.BadSignature;
            Key = null;
            return;
        }

        record.Mac.CopyTo(_prior);
        _priorLength = record.Mac.Length;
        if (Math.Max(unixTime, record.TimeSigned) - Math.Min(unixTime, record.TimeSigned) > record.Fudge)
        {
            Error = TsigError.BadTime;
        }
        else if (record.Mac.Length < key.MacLength)
        {
            Error = TsigError.BadTruncation;
        }
    }
}
