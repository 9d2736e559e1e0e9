// Signatures that an earlier run of the program made and verified, found by what they are for.

using System.Buffers.Binary;
using System.Numerics;
using AltoDns.Zones.History;
using AltoDns.Zones.Serving;

namespace AltoDns.Zones.Signing;

/// <summary>Immutable. What is in it is authentic: see <see cref="SignatureFile"/>.</summary>
public sealed class KeptSignatures
{
    /// <summary>Octets of an entry before its signatures: their length and the digest of the RRset.</summary>
    internal const int HeaderLength = sizeof(ushort) + SignedContent.DigestLength;

    private readonly OctetStore _entries;

    // Open addressing: where an entry starts and one more, or 0.
    private readonly uint[] _table;

    /// <param name="entries">Each a length, a digest and so many octets of signatures.</param>
    /// <param name="starts">Of the entries.</param>
    internal KeptSignatures(OctetStore entries, List<uint> starts)
    {
        _entries = entries;
        _table = new uint[BitOperations.RoundUpToPowerOf2((uint)starts.Count * 2 + 1)];
        Count = starts.Count;
        foreach (var start in starts)
        {
            var place = PlaceOf(DigestAt(start));
            while (_table[place] != 0)
            {
                place = (place + 1) & (_table.Length - 1);
            }

            _table[place] = start + 1;
        }
    }

    /// <summary>RRsets whose signatures are there.</summary>
    public int Count { get; }

    /// <summary>Of the version that they were kept of.</summary>
    public uint Serial { get; internal init; }

    /// <summary>What <see cref="DigestUnsigned"/> gave for that version.</summary>
    internal byte[] Unsigned { get; init; } = [];

    /// <summary>Whether a zone, all of whose signatures were taken over from here, is the version that they were kept of.</summary>
    internal bool AreAllOf(ZoneSnapshot zone)
    {
        // All of its signed RRsets are here; as many are here, so they are the same.
        var unsigned = DigestUnsigned(zone, out var signed);
        return signed == Count && unsigned.AsSpan().SequenceEqual(Unsigned);
    }

    /// <summary>The <see cref="ContentDigest"/> of the RRsets of a signed zone that have no signatures: glue, and delegations.</summary>
    /// <param name="signed">How many RRsets have some.</param>
    internal static byte[] DigestUnsigned(ZoneSnapshot zone, out int signed)
    {
        signed = 0;
        var unsigned = new ContentDigest();
        var owners = new OwnedRRsets(zone);
        foreach (var owner in OwnedRRsets.All(zone))
        {
            var count = owners.Find(owner, out var first);
            for (var rrset = first; rrset < first + count; rrset++)
            {
                if (zone.SignaturesOf(rrset).Length > 0)
                {
                    signed++;
                    continue;
                }

                ref readonly var set = ref zone.RRset(rrset);
                unsigned.Add(owners.NameOf(owner), set.Type, set.TimeToLive, zone.DataOf(set));
            }
        }

        return unsigned.ToArray();
    }

    /// <summary>For a zone that is being signed, or checked.</summary>
    internal IEarlierSignatures For(ZoneSnapshot zone) => new OfZone(this, zone);

    private ReadOnlySpan<byte> Find(scoped ReadOnlySpan<byte> digest)
    {
        for (var place = PlaceOf(digest); _table[place] != 0; place = (place + 1) & (_table.Length - 1))
        {
            var start = _table[place] - 1;
            if (DigestAt(start).SequenceEqual(digest))
            {
                var length = BinaryPrimitives.ReadUInt16BigEndian(_entries.Get(start, sizeof(ushort)));
                return _entries.Get(start, HeaderLength + length)[HeaderLength..];
            }
        }

        return default;
    }

    private ReadOnlySpan<byte> DigestAt(uint start) => _entries.Get(start, HeaderLength)[sizeof(ushort)..];

    private int PlaceOf(ReadOnlySpan<byte> digest) => (int)(BinaryPrimitives.ReadUInt32BigEndian(digest) & (uint)(_table.Length - 1));

    private sealed class OfZone(KeptSignatures kept, ZoneSnapshot zone) : IEarlierSignatures
    {
        public ReadOnlySpan<byte> Find(int owner, ReadOnlySpan<byte> name, int rrset)
        {
            ref readonly var set = ref zone.RRset(rrset);
            Span<byte> digest = stackalloc byte[SignedContent.DigestLength];
            SignedContent.Digest(name, set.Type, set.TimeToLive, zone.DataOf(set), digest);
            return kept.Find(digest);
        }
    }
}
