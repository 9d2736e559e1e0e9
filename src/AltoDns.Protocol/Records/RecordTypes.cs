// The table of record types: one line each. What the rest of the program knows about a type, it knows from here.

using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using AltoDns.Protocol.Messages;
using AltoDns.Protocol.Presentation;

namespace AltoDns.Protocol.Records;

/// <summary>Where names stand in stored record data, so that a message writer can compress them (only the types of RFC 1035, RFC 3597 §4).</summary>
/// <param name="Offset">Octets before the first name.</param>
/// <param name="Count">Names that follow each other from there; 0 where none may be compressed.</param>
public readonly record struct CompressibleNames(byte Offset, byte Count);

/// <summary>Mnemonics and codecs of every record type.</summary>
public static class RecordTypes
{
    private static readonly Entry[] Table =
    [
        Define<AData>(),
        Define<NsData>(new CompressibleNames(0, 1)),
        Define<MdData>(new CompressibleNames(0, 1)),
        Define<MfData>(new CompressibleNames(0, 1)),
        Define<CnameData>(new CompressibleNames(0, 1)),
        Define<SoaData>(new CompressibleNames(0, 2)),
        Define<MbData>(new CompressibleNames(0, 1)),
        Define<MgData>(new CompressibleNames(0, 1)),
        Define<MrData>(new CompressibleNames(0, 1)),
        Define<PtrData>(new CompressibleNames(0, 1)),
        Define<HinfoData>(),
        Define<MinfoData>(new CompressibleNames(0, 2)),
        Define<MxData>(new CompressibleNames(2, 1)),
        Define<TxtData>(),
        Define<RpData>(),
        Define<AfsdbData>(),
        Define<AaaaData>(),
        Define<LocData>(),
        Define<SrvData>(),
        Define<NaptrData>(),
        Define<CertData>(),
        Define<DnameData>(),
        Define<DsData>(),
        Define<SshfpData>(),
        Define<RrsigData>(),
        Define<NsecData>(),
        Define<DnskeyData>(),
        Define<Nsec3Data>(),
        Define<Nsec3ParamData>(),
        Define<TlsaData>(),
        Define<SmimeaData>(),
        Define<CdsData>(),
        Define<CdnskeyData>(),
        Define<OpenPgpKeyData>(),
        Define<CsyncData>(),
        Define<ZoneMdData>(),
        Define<SvcbData>(),
        Define<HttpsData>(),
        Define<SpfData>(),
        Define<UriData>(),
        Define<CaaData>(),
    ];

    private static readonly FrozenDictionary<RecordType, Entry> ByType = Table.ToFrozenDictionary(entry => entry.Type);

    private static readonly FrozenDictionary<string, RecordType> ByMnemonic = Enum.GetValues<RecordType>()
        .Where(type => type != RecordType.None)
        .ToFrozenDictionary(type => type.ToString(), StringComparer.OrdinalIgnoreCase);

    private static readonly FrozenDictionary<string, RecordType>.AlternateLookup<ReadOnlySpan<char>> ByMnemonicSpan =
        ByMnemonic.GetAlternateLookup<ReadOnlySpan<char>>();

    private delegate bool DataReader(ref WireReader reader, [NotNullWhen(true)] out RecordData? data);

    private delegate RecordData DataParser(ref RecordTextReader text);

    /// <summary>The types with codecs of their own, in the table's order.</summary>
    public static IEnumerable<RecordType> Known => Table.Select(entry => entry.Type);

    /// <summary>The mnemonic, or <c>TYPE</c> and the number (RFC 3597 §5).</summary>
    public static string Mnemonic(this RecordType type) =>
        Enum.IsDefined(type) && type != RecordType.None ? type.ToString() : string.Create(CultureInfo.InvariantCulture, $"TYPE{(ushort)type}");

    /// <summary>Reads a mnemonic or <c>TYPE</c> and a number, in either case.</summary>
    public static bool TryParseMnemonic(ReadOnlySpan<char> text, out RecordType type)
    {
        if (ByMnemonicSpan.TryGetValue(text, out type))
        {
            return true;
        }

        if (text.StartsWith("TYPE", StringComparison.OrdinalIgnoreCase)
            && ushort.TryParse(text[4..], NumberStyles.None, CultureInfo.InvariantCulture, out var number))
        {
            type = (RecordType)number;
            return true;
        }

        return false;
    }

    /// <summary>Whether only questions carry the type: OPT, TSIG, transfers, ANY (RFC 6895 §3.1: meta-types and QTYPEs, 128 to 255, and OPT).</summary>
    public static bool IsMeta(this RecordType type) => type is RecordType.OPT or RecordType.None or (>= (RecordType)128 and <= RecordType.ANY);

    /// <summary>Where names stand that a message writer may compress.</summary>
    public static CompressibleNames NamesToCompress(RecordType type) => ByType.TryGetValue(type, out var entry) ? entry.Names : default;

    /// <summary>Reads the data of one record, all octets up to the reader's end; an unknown type is read as opaque octets.</summary>
    public static bool TryReadData(RecordType type, ref WireReader reader, [NotNullWhen(true)] out RecordData? data)
    {
        if (!ByType.TryGetValue(type, out var entry))
        {
            data = new UnknownData(type, reader.ReadRest().ToArray());
            return true;
        }

        var attempt = reader;
        if (!entry.Reader(ref attempt, out data) || !attempt.AtEnd)
        {
            data = null;
            return false;
        }

        reader = attempt;
        return true;
    }

    /// <summary>Reads presentation form, or <c>\# length hex</c> for any type (RFC 3597 §5). Faults, also words left over, are noted in <paramref name="text"/>.</summary>
    public static RecordData? ParseData(RecordType type, ref RecordTextReader text)
    {
        RecordData? data = null;
        if (text.TryReadUnknownMarker())
        {
            var octets = text.ReadUnknownOctets();
            var reader = WireReader.OverData(octets);
            if (!text.Failed && !TryReadData(type, ref reader, out data))
            {
                text.Fail($"these octets are no {type.Mnemonic()} data; write them in its own form or correct them");
            }
        }
        else if (ByType.TryGetValue(type, out var entry))
        {
            data = entry.Parser(ref text);
            CheckLength(data, ref text);
        }
        else
        {
            text.Fail($"{type.Mnemonic()} has no presentation form known here; write its data as \\# LENGTH HEX (RFC 3597 §5)");
        }

        text.ExpectEnd();
        return text.Failed ? null : data;
    }

    private static void CheckLength(RecordData data, ref RecordTextReader text)
    {
        // Only text of this length can stand for more than 65,535 octets; encoding every record to measure it would double the work.
        if (text.Failed || text.TextLength < RecordData.MaxLength / 4)
        {
            return;
        }

        var writer = new WireWriter(new byte[RecordData.MaxLength]);
        data.Write(ref writer);
        if (writer.Overflowed)
        {
            text.Fail($"the data has more than {RecordData.MaxLength} octets; shorten it (RFC 1035 §3.2.1)");
        }
    }

    private static Entry Define<T>(CompressibleNames names = default)
        where T : RecordData, IRecordData<T> =>
        new(T.Type, names, Read<T>, (ref RecordTextReader text) => T.Parse(ref text));

    private static bool Read<T>(ref WireReader reader, [NotNullWhen(true)] out RecordData? data)
        where T : RecordData, IRecordData<T>
    {
        var read = T.TryRead(ref reader, out var typed);
        data = typed;
        return read;
    }

    private sealed record Entry(RecordType Type, CompressibleNames Names, DataReader Reader, DataParser Parser);
}
