// Writes the fields of records as the words of a master file.

using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Text;
using AltoDns.Protocol.Names;
using AltoDns.Protocol.Records;

namespace AltoDns.Protocol.Presentation;

/// <summary>Appends words, one space between them. Not safe for several threads.</summary>
public sealed class RecordTextWriter
{
    private readonly StringBuilder _text;
    private bool _needsSpace;

    public RecordTextWriter()
        : this(new StringBuilder())
    {
    }

    /// <param name="text">Where to append; the first word is appended without a space.</param>
    public RecordTextWriter(StringBuilder text) => _text = text;

    /// <summary>Appends text that needs no escaping.</summary>
    public void Word(ReadOnlySpan<char> word)
    {
        Separate();
        _text.Append(word);
    }

    public void Number(uint number)
    {
        Separate();
        _text.Append(CultureInfo.InvariantCulture, $"{number}");
    }

    /// <summary>Appends the absolute form.</summary>
    public void Name(DomainName name)
    {
        Separate();
        NamePresentation.Append(_text, name.Wire);
    }

    public void Type(RecordType type) => Word(type.Mnemonic());

    /// <summary>Appends a quoted string, escaped.</summary>
    public void CharacterString(ReadOnlySpan<byte> octets)
    {
        Separate();
        _text.Append('"');
        foreach (var octet in octets)
        {
            CharacterEscapes.AppendQuotedOctet(_text, octet);
        }

        _text.Append('"');
    }

    /// <summary>Appends a dotted quad.</summary>
    /// <param name="address">The first octet is the most significant.</param>
    public void IPv4Address(uint address)
    {
        Separate();
        _text.Append(CultureInfo.InvariantCulture, $"{address >> 24}.{address >> 16 & 0xFF}.{address >> 8 & 0xFF}.{address & 0xFF}");
    }

    /// <summary>Appends the form of RFC 5952.</summary>
    /// <param name="address">The first octet is the most significant.</param>
    public void IPv6Address(UInt128 address)
    {
        Span<byte> octets = stackalloc byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(octets, address);
        Word(new IPAddress(octets).ToString());
    }

    /// <summary>Appends octets in upper-case hexadecimal.</summary>
    public void Hex(ReadOnlySpan<byte> octets) => Word(Convert.ToHexString(octets));

    /// <summary>Appends octets in base64 (RFC 4648 §4).</summary>
    public void Base64(ReadOnlySpan<byte> octets) => Word(Convert.ToBase64String(octets));

    public override string ToString() => _text.ToString();

    private void Separate()
    {
        if (_needsSpace)
        {
            _text.Append(' ');
        }

        _needsSpace = true;
    }
}
