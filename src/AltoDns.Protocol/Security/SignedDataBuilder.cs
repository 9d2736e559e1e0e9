// Builds the octets that a signature covers: RRSIG data without the signature, then the RRset in canonical form and order.
//
//   | fields, signer | owner type class TTL length data | owner type class TTL length data | ...

using System.Buffers.Binary;
using AltoDns.Protocol.Messages;
using AltoDns.Protocol.Names;
using AltoDns.Protocol.Records;

namespace AltoDns.Protocol.Security;

/// <summary>
/// Signed data of one RRset after another (RFC 4034 §3.1.8.1): <see cref="Begin"/>, <see cref="Add"/> each record, <see cref="Finish"/>.
/// Keeps its buffers, so that an RRset no larger than an earlier one costs no allocation. One thread at a time.
/// </summary>
public sealed class SignedDataBuilder
{
    private const int HeaderLength = 10; // type, class, TTL, length of the data

    private readonly List<Slice> _records = [];
    private readonly Comparison<Slice> _compare;
    private readonly byte[] _owner = new byte[DomainName.MaxLength];
    private byte[] _data = new byte[1024];
    private byte[] _signed = new byte[2048];
    private int _dataLength;
    private int _prefixLength;
    private int _ownerLength;
    private RecordType _type;
    private uint _timeToLive;

    public SignedDataBuilder() => _compare = (left, right) => CanonicalData.Compare(At(left), At(right));

    /// <summary>RRSIG data before the signature, as given to <see cref="Begin"/>: what a signer puts before the signature. Valid until the next <see cref="Begin"/>.</summary>
    public ReadOnlySpan<byte> Prefix => _signed.AsSpan(0, _prefixLength);

    /// <summary>Starts an RRset.</summary>
    /// <param name="fields">Fewer labels than the owner has mean that the owner stands for a wildcard (RFC 4035 §5.3.2).</param>
    /// <param name="signer">The apex of the zone in wire form.</param>
    /// <param name="owner">The RRset's owner in wire form, in any case.</param>
    /// <exception cref="ArgumentException">More labels than the owner has.</exception>
    public void Begin(in RrsigFields fields, ReadOnlySpan<byte> signer, ReadOnlySpan<byte> owner)
    {
        SetOwner(owner, fields.Labels);
        _type = fields.TypeCovered;
        _timeToLive = fields.OriginalTimeToLive;
        _records.Clear();
        _dataLength = 0;
        fields.Write(_signed);
        WireName.CopyLower(signer, _signed.AsSpan(RrsigFields.Length));
        _prefixLength = RrsigFields.Length + signer.Length;
    }

    /// <summary>Adds a record, in any order; the same data twice counts once (RFC 4034 §6.3).</summary>
    /// <param name="data">Uncompressed data of the type covered, in any case; copied.</param>
    public void Add(ReadOnlySpan<byte> data)
    {
        if (_data.Length - _dataLength < data.Length)
        {
            Array.Resize(ref _data, Math.Max(_data.Length * 2, _dataLength + data.Length));
        }

        var copy = _data.AsSpan(_dataLength, data.Length);
        data.CopyTo(copy);
        CanonicalData.FoldInPlace(_type, copy);
        _records.Add(new Slice(_dataLength, data.Length));
        _dataLength += data.Length;
    }

    /// <summary>The octets to sign. Valid until the next <see cref="Begin"/>.</summary>
    public ReadOnlySpan<byte> Finish()
    {
        if (_records.Count > 1)
        {
            _records.Sort(_compare);
        }

        var most = _prefixLength + _dataLength + (_records.Count * (_ownerLength + HeaderLength));
        if (_signed.Length < most)
        {
            Array.Resize(ref _signed, Math.Max(_signed.Length * 2, most));
        }

        var length = _prefixLength;
        for (var i = 0; i < _records.Count; i++)
        {
            var data = At(_records[i]);
            if (i > 0 && data.SequenceEqual(At(_records[i - 1])))
            {
                continue;
            }

            length += WriteRecord(_signed.AsSpan(length), data);
        }

        return _signed.AsSpan(0, length);
    }

    private int WriteRecord(Span<byte> signed, ReadOnlySpan<byte> data)
    {
        _owner.AsSpan(0, _ownerLength).CopyTo(signed);
        var header = signed[_ownerLength..];
        BinaryPrimitives.WriteUInt16BigEndian(header, (ushort)_type);
        BinaryPrimitives.WriteUInt16BigEndian(header[2..], (ushort)RecordClass.Internet);
        BinaryPrimitives.WriteUInt32BigEndian(header[4..], _timeToLive);
        BinaryPrimitives.WriteUInt16BigEndian(header[8..], checked((ushort)data.Length));
        data.CopyTo(header[HeaderLength..]);
        return _ownerLength + HeaderLength + data.Length;
    }

    private void SetOwner(ReadOnlySpan<byte> owner, byte labels)
    {
        var surplus = RrsigFields.LabelsOf(owner) - labels;
        if (surplus < 0)
        {
            throw new ArgumentException("The owner has fewer labels than the signature says.", nameof(labels));
        }

        if (surplus == 0)
        {
            WireName.CopyLower(owner, _owner);
            _ownerLength = owner.Length;
            return;
        }

        // A wildcard is itself signed with its * in place, and never expanded from: its leading label is one more to drop.
        var position = 0;
        for (var skip = WireName.CountLabels(owner) - labels; skip > 0; skip--)
        {
            position += owner[position] + 1;
        }

        _owner[0] = 1;
        _owner[1] = (byte)'*';
        WireName.CopyLower(owner[position..], _owner.AsSpan(2));
        _ownerLength = 2 + owner.Length - position;
    }

    private ReadOnlySpan<byte> At(Slice record) => _data.AsSpan(record.Start, record.Length);

    private readonly record struct Slice(int Start, int Length);
}
