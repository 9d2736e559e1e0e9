// Fields of one word each: numbers, times, addresses, types.

using System.Globalization;
using System.Text;
using AltoDns.Protocol.Records;

namespace AltoDns.Protocol.Presentation;

/// <summary>Reads a field and notes a fault where the word is not of its form; the result is then zero.</summary>
public static class RecordTextFields
{
    public static byte ReadUInt8(this ref RecordTextReader text, string field) => (byte)text.ReadInteger(field, byte.MaxValue);

    public static ushort ReadUInt16(this ref RecordTextReader text, string field) => (ushort)text.ReadInteger(field, ushort.MaxValue);

    public static uint ReadUInt32(this ref RecordTextReader text, string field) => text.ReadInteger(field, uint.MaxValue);

    /// <summary>Reads a number, or a mnemonic in either case that stands for one.</summary>
    /// <param name="fromMnemonic">The number of an upper-case mnemonic; below 0 where it is none.</param>
    public static uint ReadMnemonic(this ref RecordTextReader text, string field, uint maximum, Func<string, int> fromMnemonic)
    {
        var word = text.ReadWord(field);
        if (TryParseInteger(word, maximum, out var value) || text.Failed)
        {
            return value;
        }

        var number = fromMnemonic(Encoding.Latin1.GetString(word).ToUpperInvariant());
        if (number < 0)
        {
            text.Fail($"the {field} '{RecordTextReader.Quote(word)}' is neither a number from 0 to {maximum} nor a mnemonic known here; write the number");
        }

        return (uint)Math.Max(number, 0);
    }

    /// <summary>Reads seconds, or numbers with units such as <c>1h30m</c>; 0 to 2^31 - 1.</summary>
    public static uint ReadTimeToLive(this ref RecordTextReader text, string field) => text.ReadSeconds(field, TimeToLive.Maximum);

    /// <summary>Reads a period as <see cref="ReadTimeToLive"/> does, or plain seconds up to 2^32 - 1 (RFC 1035 §3.3.13).</summary>
    public static uint ReadPeriod(this ref RecordTextReader text, string field) => text.ReadSeconds(field, uint.MaxValue);

    /// <summary>Reads a dotted quad, the first octet the most significant.</summary>
    public static uint ReadIPv4Address(this ref RecordTextReader text, string field)
    {
        var word = text.ReadWord(field);
        if (!AddressPresentation.TryParseIPv4(word, out var address))
        {
            text.Fail($"the {field} '{RecordTextReader.Quote(word)}' is not an IPv4 address; write four numbers from 0 to 255 with dots between them");
            return 0;
        }

        return address;
    }

    /// <summary>Reads an IPv6 address, the first octet the most significant.</summary>
    public static UInt128 ReadIPv6Address(this ref RecordTextReader text, string field)
    {
        var word = text.ReadWord(field);
        if (!AddressPresentation.TryParseIPv6(word, out var address))
        {
            text.Fail($"the {field} '{RecordTextReader.Quote(word)}' is not an IPv6 address; write it as in 2001:db8::1 (RFC 4291 §2.2)");
            return UInt128.Zero;
        }

        return address;
    }

    /// <summary>Reads a mnemonic, or <c>TYPE</c> and a number (RFC 3597 §5).</summary>
    public static RecordType ReadType(this ref RecordTextReader text, string field)
    {
        var word = text.ReadWord(field);
        if (!RecordTypes.TryParseMnemonic(Encoding.Latin1.GetString(word), out var type))
        {
            text.Fail($"the {field} '{RecordTextReader.Quote(word)}' is not a record type; write a mnemonic or TYPE and a number");
        }

        return type;
    }

    private static uint ReadInteger(this ref RecordTextReader text, string field, uint maximum)
    {
        var word = text.ReadWord(field);
        if (!TryParseInteger(word, maximum, out var value))
        {
            text.Fail($"the {field} '{RecordTextReader.Quote(word)}' is not a whole number from 0 to {maximum}");
        }

        return value;
    }

    private static uint ReadSeconds(this ref RecordTextReader text, string field, uint maximum)
    {
        var word = text.ReadWord(field);
        if (!TryParseInteger(word, maximum, out var seconds) && !TimeToLive.TryParse(word, out seconds))
        {
            text.Fail($"the {field} '{RecordTextReader.Quote(word)}' is not a time; write seconds, or units such as 1h30m, at most 2147483647 s (RFC 2181 §8)");
        }

        return seconds;
    }

    private static bool TryParseInteger(ReadOnlySpan<byte> word, uint maximum, out uint value)
    {
        if (uint.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out value) && value <= maximum)
        {
            return true;
        }

        value = 0;
        return false;
    }
}
