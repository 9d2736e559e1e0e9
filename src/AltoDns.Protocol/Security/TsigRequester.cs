// The client's side of TSIG: signs a request, then verifies the response or the stream of responses (RFC 8945 §5.1, §5.3).

using System.Buffers.Binary;
using System.Security.Cryptography;

namespace AltoDns.Protocol.Security;

/// <summary>What the signature of a response is worth.</summary>
public enum TsigVerdict
{
    /// <summary>Signed, and so are all messages of the stream before it.</summary>
    Verified,

    /// <summary>A message of a stream without a signature; it holds once a later one is <see cref="Verified"/>.</summary>
    Pending,

    /// <summary>No signature where there has to be one: the first message, or the hundredth in a row (RFC 8945 §5.3.1).</summary>
    Unsigned,

    /// <summary>The message cannot be read, or its TSIG record is not that of this key.</summary>
    Malformed,

    BadSignature,

    /// <summary>Well signed, but not now.</summary>
    BadTime,

    /// <summary>The server says that it cannot verify the request; <see cref="TsigRequester.ServerError"/> has its reason. Not signed where that is about key or MAC.</summary>
    Rejected,
}

/// <summary>One request and what answers it. Not safe for several threads.</summary>
public sealed class TsigRequester(TsigKey key) : IDisposable
{
    // RFC 8945 §5.3.1: at most so many messages of a stream in a row may come unsigned.
    private const int MaxUnsigned = 99;
    private const ushort Fudge = 300;

    private readonly TsigMac _mac = new(key);
    private readonly byte[] _prior = new byte[TsigAlgorithms.MaxMacLength];
    private int _priorLength;
    private bool _isContinued;
    private int _unsigned;

    /// <summary>What the server finds wrong with the request, where it said so.</summary>
    public TsigError ServerError { get; private set; }

    /// <summary>Whether the message verified last was signed, as the last one of a stream has to be (RFC 8945 §5.3.1).</summary>
    public bool IsComplete => _isContinued && _unsigned == 0;

    /// <summary>Octets that <see cref="Sign"/> adds to a request.</summary>
    public int RecordLength => TsigRecord.Measure(key.Name, key.Algorithm.Name(), key.MacLength, otherLength: 0);

    /// <summary>Adds the TSIG record to a request.</summary>
    /// <param name="buffer">Starts with the request and has room for <see cref="RecordLength"/> octets more.</param>
    /// <param name="length">Octets of the request.</param>
    /// <param name="unixTime">Seconds since 1970-01-01T00:00:00Z.</param>
    /// <returns>Octets of the request with the record.</returns>
    public int Sign(Span<byte> buffer, int length, ulong unixTime)
    {
        var record = new TsigRecord
        {
            KeyName = key.Name,
            Algorithm = key.Algorithm.Name(),
            TimeSigned = unixTime,
            Fudge = Fudge,
            OriginalId = BinaryPrimitives.ReadUInt16BigEndian(buffer),
        };
        _mac.AppendMessage(buffer[..length]);
        _mac.AppendVariables(record);
        _mac.Finish(_prior);
        _priorLength = key.MacLength;
        (_isContinued, _unsigned, ServerError) = (false, 0, TsigError.None);
        return (record with { Mac = _prior.AsSpan(0, _priorLength) }).AppendTo(buffer, length);
    }

    /// <summary>Verifies the response, or the next of a stream. After anything but <see cref="TsigVerdict.Verified"/> and <see cref="TsigVerdict.Pending"/> the stream is worth nothing.</summary>
    /// <param name="unixTime">Seconds since 1970-01-01T00:00:00Z.</param>
    public TsigVerdict Verify(ReadOnlySpan<byte> response, ulong unixTime)
    {
        switch (TsigRecord.Find(response, out var record, out var start))
        {
            case TsigPresence.Absent when _isContinued && _unsigned < MaxUnsigned:
                Begin();
                _mac.AppendMessage(response);
                _unsigned++;
                return TsigVerdict.Pending;
            case TsigPresence.Absent:
                return TsigVerdict.Unsigned;
            case TsigPresence.Malformed:
                return TsigVerdict.Malformed;
            default:
                return Verify(response, record, start, unixTime);
        }
    }

    public void Dispose() => _mac.Dispose();

    private TsigVerdict Verify(ReadOnlySpan<byte> response, in TsigRecord record, int start, ulong unixTime)
    {
        ServerError = record.Error;
        if (record.Error is TsigError.BadKey or TsigError.BadSignature)
        {
            return TsigVerdict.Rejected;
        }

        if (record.KeyName != key.Name || record.Algorithm != key.Algorithm.Name()
            || record.Mac.Length > key.Algorithm.MacLength() || record.Mac.Length < key.MacLength)
        {
            return TsigVerdict.Malformed;
        }

        Begin();
        _mac.AppendMessage(response, start, record.OriginalId);
        if (_isContinued)
        {
            _mac.AppendTimers(record.TimeSigned, record.Fudge);
        }
        else
        {
            _mac.AppendVariables(record);
        }

        Span<byte> expected = stackalloc byte[TsigAlgorithms.MaxMacLength];
        _mac.Finish(expected);
        if (!CryptographicOperations.FixedTimeEquals(expected[..record.Mac.Length], record.Mac))
        {
            return TsigVerdict.BadSignature;
        }

        record.Mac.CopyTo(_prior);
        _priorLength = record.Mac.Length;
        _isContinued = true;
        _unsigned = 0;
        if (record.Error != TsigError.None)
        {
            return TsigVerdict.Rejected;
        }

        var isTimely = Math.Max(unixTime, record.TimeSigned) - Math.Min(unixTime, record.TimeSigned) <= record.Fudge;
        return isTimely ? TsigVerdict.Verified : TsigVerdict.BadTime;
    }

    // The MAC before is the first that the next one covers, whether its message follows at once or unsigned ones come between.
    private void Begin()
    {
        if (_unsigned == 0)
        {
            _mac.AppendPrior(_prior.AsSpan(0, _priorLength));
        }
    }
}
