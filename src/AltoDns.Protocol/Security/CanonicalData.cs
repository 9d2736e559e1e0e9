// The canonical form of record data that is already in wire form, made in place.

using AltoDns.Protocol.Names;
using AltoDns.Protocol.Records;

namespace AltoDns.Protocol.Security;

/// <summary>
/// Record data in canonical form (RFC 4034 §6.2): names of the listed types in lower case, those of NSEC left as they are
/// (RFC 6840 §5.1), every other type untouched.
/// </summary>
public static class CanonicalData
{
    /// <summary>Lower-cases the names that canonical form folds. Data that does not have its type's shape is left as it is from there on.</summary>
    /// <param name="data">Uncompressed data of one record.</param>
    public static void FoldInPlace(RecordType type, Span<byte> data)
    {
        switch (Shape(type))
        {
            case NameShape.None:
                break;
            case NameShape.Naptr:
                FoldNaptr(data);
                break;
            case NameShape.A6:
                // RFC 2874 §3.1: a prefix length, then the octets of the address that it leaves.
                FoldNames(data, data.IsEmpty ? 0 : 1 + ((128 - Math.Min((byte)128, data[0]) + 7) / 8), 1);
                break;
            case var shape:
                FoldNames(data, (int)shape >> 4, (int)shape & 0xF);
                break;
        }
    }

    /// <summary>Whether the data of this type may hold names that canonical form folds.</summary>
    public static bool HasFoldableNames(RecordType type) => Shape(type) != NameShape.None;

    /// <summary>Orders data in canonical form as octets, a shorter one before its extensions (RFC 4034 §6.3).</summary>
    public static int Compare(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right) => left.SequenceCompareTo(right);

    private static void FoldNaptr(Span<byte> data)
    {
        var position = 4; // order and preference
        for (var text = 0; text < 3; text++)
        {
            if (position >= data.Length)
            {
                return;
            }

            position += 1 + data[position];
        }

        FoldNames(data, position, 1);
    }

    private static void FoldNames(Span<byte> data, int position, int count)
    {
        for (; count > 0 && position < data.Length; count--)
        {
            var length = WireName.Measure(data[position..]);
            WireName.LowerInPlace(data.Slice(position, length));
            position += length == 0 ? data.Length : length;
        }
    }

    // Types without a class of their own still have to be folded, since validators do it (RFC 4034 §6.2).
    private static NameShape Shape(RecordType type) => (ushort)type switch
    {
        (ushort)RecordType.NS or (ushort)RecordType.MD or (ushort)RecordType.MF or (ushort)RecordType.CNAME or (ushort)RecordType.MB
            or (ushort)RecordType.MG or (ushort)RecordType.MR or (ushort)RecordType.PTR or (ushort)RecordType.DNAME
            or Nxt => NameShape.First,
        (ushort)RecordType.SOA or (ushort)RecordType.MINFO or (ushort)RecordType.RP => NameShape.FirstTwo,
        (ushort)RecordType.MX or (ushort)RecordType.AFSDB or Route or KeyExchanger => NameShape.AfterTwo,
        PointerX400 => NameShape.TwoAfterTwo,
        (ushort)RecordType.SRV => NameShape.AfterSix,
        (ushort)RecordType.RRSIG or (ushort)RecordType.SIG => NameShape.AfterEighteen,
        (ushort)RecordType.NAPTR => NameShape.Naptr,
        AddressSix => NameShape.A6,
        _ => NameShape.None,
    };

    private const ushort Route = 21; // RT
    private const ushort PointerX400 = 26; // PX
    private const ushort Nxt = 30;
    private const ushort KeyExchanger = 36; // KX
    private const ushort AddressSix = 38; // A6

    // Octets before the first name times 16, and how many names follow each other.
    private enum NameShape
    {
        None = 0,
        First = 0x001,
        FirstTwo = 0x002,
        AfterTwo = 0x021,
        TwoAfterTwo = 0x022,
        AfterSix = 0x061,
        AfterEighteen = 0x121,
        Naptr = 0x1000,
        A6 = 0x1001,
    }
}
