// Signs one RRset after another with the keys of a zone.

using System.Buffers.Binary;
using AltoDns.Protocol.Names;
using AltoDns.Protocol.Records;
using AltoDns.Protocol.Security;
using AltoDns.Zones.Serving;

namespace AltoDns.Zones.Signing;

/// <summary>Has clones of the keys, so that each thread can have one of its own; an instance is not safe for several threads.</summary>
internal sealed class RRsetSigner : IDisposable
{
    private const int SignerStart = RrsigFields.Length;

    private readonly DnssecSigningKey[] _parentSigners;
    private readonly DnssecSigningKey[] _zoneSigners;
    private readonly SignatureTimes _times;
    private readonly byte[] _origin;
    private readonly bool _mayReuse;
    private readonly SignedDataBuilder _builder = new();

    /// <param name="origin">The signer's name.</param>
    /// <param name="mayReuse">Whether a tag and an algorithm tell the same key in the previous zone as here.</param>
    public RRsetSigner(DomainName origin, SigningTerms terms, bool mayReuse)
    {
        _origin = origin.ToLower().Wire.ToArray();
        _times = terms.Times;
        _mayReuse = mayReuse;
        _parentSigners = [.. terms.Keys.DnskeySigners.Select(key => key.Clone())];
        _zoneSigners = [.. terms.Keys.ZoneSigners.Select(key => key.Clone())];
    }

    /// <summary>Signatures made.</summary>
    public int Made { get; private set; }

    /// <summary>Signatures taken over.</summary>
    public int Kept { get; private set; }

    /// <summary>The first time at which one of all these signatures expires, in the 32 bits of RRSIG records; null where there were none.</summary>
    public uint? FirstExpiration { get; private set; }

    /// <summary>Octets that the signatures of an RRset take, each with its length before it.</summary>
    public static int LengthOf(RecordType type, DomainName origin, SigningTerms terms)
    {
        var length = 0;
        var keys = terms.SignersOf(type);
        for (var i = 0; i < keys.Count; i++)
        {
            length += sizeof(ushort) + RrsigFields.Length + origin.Length + keys[i].SignatureLength;
        }

        return length;
    }

    /// <summary>Writes the signatures of an RRset.</summary>
    /// <param name="owner">In wire form and lower case.</param>
    /// <param name="data">The RRset, each record with its length before it.</param>
    /// <param name="previous">The signatures of the very same RRset made earlier; empty for none.</param>
    /// <param name="signatures"><see cref="LengthOf"/> octets.</param>
    public void Sign(ReadOnlySpan<byte> owner, RecordType type, uint timeToLive, ReadOnlySpan<byte> data, ReadOnlySpan<byte> previous, Span<byte> signatures)
    {
        foreach (var key in SigningTerms.IsForParent(type) ? _parentSigners : _zoneSigners)
        {
            var length = SignerStart + _origin.Length + key.SignatureLength;
            BinaryPrimitives.WriteUInt16BigEndian(signatures, (ushort)length);
            var signature = signatures.Slice(sizeof(ushort), length);
            if (_mayReuse && FindReusable(previous, key, timeToLive) is { IsEmpty: false } reusable)
            {
                reusable.CopyTo(signature);
                Kept++;
            }
            else
            {
                Make(key, owner, type, timeToLive, data, signature);
                Made++;
            }

            Note(signature);
            signatures = signatures[(sizeof(ushort) + length)..];
        }
    }

    public void Dispose()
    {
        foreach (var key in _parentSigners.Concat(_zoneSigners))
        {
            key.Dispose();
        }
    }

    private void Make(
        DnssecSigningKey key, ReadOnlySpan<byte> owner, RecordType type, uint timeToLive, ReadOnlySpan<byte> data, Span<byte> signature)
    {
        var fields = new RrsigFields(
            type, key.Algorithm, RrsigFields.LabelsOf(owner), timeToLive, _times.ExpirationOf(owner, type), _times.Inception, key.Tag);
        _builder.Begin(fields, _origin, owner);
        foreach (var record in new RRsetDataEnumerator(data))
        {
            _builder.Add(record);
        }

        var signed = _builder.Finish();
        _builder.Prefix.CopyTo(signature);
        key.Sign(signed, signature[_builder.Prefix.Length..]);
    }

    private void Note(ReadOnlySpan<byte> signature)
    {
        RrsigFields.TryRead(signature, out var fields);
        if (FirstExpiration is not { } first || SerialNumber.Compare(fields.Expiration, first) < 0)
        {
            FirstExpiration = fields.Expiration;
        }
    }

    private ReadOnlySpan<byte> FindReusable(ReadOnlySpan<byte> previous, DnssecSigningKey key, uint timeToLive)
    {
        foreach (var signature in new RRsetDataEnumerator(previous))
        {
            if (signature.Length == SignerStart + _origin.Length + key.SignatureLength
                && RrsigFields.TryRead(signature, out var fields)
                && fields.Algorithm == key.Algorithm
                && fields.KeyTag == key.Tag
                && fields.OriginalTimeToLive == timeToLive
                && _times.Keeps(fields.Inception, fields.Expiration))
            {
                return signature;
            }
        }

        return default;
    }
}
