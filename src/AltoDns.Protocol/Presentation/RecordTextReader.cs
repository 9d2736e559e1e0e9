// Reads the fields of one record from the words of a master file. The first fault is kept, later reads give default
// values, so that a record's parser reads straight through and asks once at the end.

using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using System.Text;
using AltoDns.Protocol.Names;

namespace AltoDns.Protocol.Presentation;

/// <summary>A cursor over the data words of one record (RFC 1035 §5.1).</summary>
public ref struct RecordTextReader
{
    private readonly ReadOnlySpan<byte> _text;
    private readonly ReadOnlySpan<TextToken> _tokens;
    private readonly DomainName _origin;
    private readonly TextPosition _endPosition;
    private int _next;

    /// <param name="text">The buffer that the tokens point into.</param>
    /// <param name="tokens">The words of the record's data.</param>
    /// <param name="origin">What relative names end in.</param>
    /// <param name="endPosition">Where a missing word would have stood.</param>
    public RecordTextReader(ReadOnlySpan<byte> text, ReadOnlySpan<TextToken> tokens, DomainName origin, TextPosition endPosition)
    {
        _text = text;
        _tokens = tokens;
        _origin = origin;
        _endPosition = endPosition;
    }

    public readonly bool AtEnd => _next == _tokens.Length;

    /// <summary>Octets of all words together: about what the data takes in wire form, names without their origins.</summary>
    public readonly int TextLength
    {
        get
        {
            var length = 0;
            foreach (var token in _tokens)
            {
                length += token.Length;
            }

            return length;
        }
    }

    [System.Diagnostics.CodeAnalysis.MemberNotNullWhen(true, nameof(Error))]
    public readonly bool Failed => Error is not null;

    /// <summary>The first fault with its remedy, as the end of a sentence; null while there is none.</summary>
    public string? Error { get; private set; }

    /// <summary>Where the first fault is.</summary>
    public TextPosition ErrorPosition { get; private set; }

    /// <summary>Notes a fault at the word read last, unless one is noted already.</summary>
    public void Fail(string fault)
    {
        if (Error is null)
        {
            Error = fault;
            ErrorPosition = _next == 0 || _next > _tokens.Length ? _endPosition : _tokens[_next - 1].Position;
        }
    }

    /// <summary>The octets of the next word as written, without unescaping; empty after a fault.</summary>
    public ReadOnlySpan<byte> ReadWord(string field)
    {
        if (Failed)
        {
            return default;
        }

        if (AtEnd)
        {
            Error = $"the {field} is missing";
            ErrorPosition = _endPosition;
            return default;
        }

        var token = _tokens[_next++];
        return _text.Slice(token.Start, token.Length);
    }

    /// <summary>Reads a name; a relative one ends in the origin.</summary>
    public DomainName ReadName(string field)
    {
        var word = ReadWord(field);
        if (Failed)
        {
            return default;
        }

        // In quotes '@' is a label like any other.
        var isLiteralAt = word is [(byte)'@'] && _tokens[_next - 1].IsQuoted;
        var error = DomainName.TryParse(isLiteralAt ? "\\@"u8 : word, _origin, out var name);
        if (error != NameError.None)
        {
            Fail($"the {field} '{Quote(word)}' is not a domain name: {error.Describe()}");
        }

        return name;
    }

    /// <summary>Reads a word or quoted string of at most 255 octets, escapes resolved.</summary>
    public byte[] ReadCharacterString(string field)
    {
        var octets = ReadString(field);
        if (octets.Length > byte.MaxValue)
        {
            FailTooLong(field, octets.Length);
        }

        return octets;
    }

    /// <summary>Reads a word or quoted string of any length, escapes resolved.</summary>
    public byte[] ReadString(string field)
    {
        var word = ReadWord(field);
        if (word.IndexOf((byte)'\\') < 0)
        {
            return word.ToArray();
        }

        var octets = new byte[word.Length];
        var length = Unescape(field, word, octets);
        return length == octets.Length ? octets : octets[..length];
    }

    /// <summary>Reads all words that are left, at least one, as character-strings in wire form: each a length octet and the octets.</summary>
    public byte[] ReadCharacterStrings(string field)
    {
        var capacity = 0;
        foreach (var token in _tokens[_next..])
        {
            capacity += token.Length + 1;
        }

        var octets = capacity <= 512 ? stackalloc byte[512] : new byte[capacity];
        var end = 0;
        do
        {
            var word = ReadWord(field);
            if (Failed)
            {
                return [];
            }

            var length = Unescape(field, word, octets[(end + 1)..]);
            if (length > byte.MaxValue)
            {
                FailTooLong(field, length);
            }

            octets[end] = (byte)length;
            end += length + 1;
        }
        while (!Failed && !AtEnd);

        return octets[..end].ToArray();
    }

    /// <summary>Reads hexadecimal digits from one word.</summary>
    public byte[] ReadHex(string field) => DecodeHex(field, ReadWord(field));

    /// <summary>Reads hexadecimal digits from all words that are left, at least one.</summary>
    public byte[] ReadHexRest(string field) => DecodeHex(field, ReadWords(field));

    /// <summary>Reads base64 (RFC 4648 §4) from all words that are left, at least one.</summary>
    public byte[] ReadBase64Rest(string field)
    {
        var words = ReadWords(field);
        var octets = new byte[Base64.GetMaxDecodedFromUtf8Length(words.Length)];
        if (words.Length > 0 && Base64.DecodeFromUtf8(words, octets, out _, out var written) == OperationStatus.Done)
        {
            return written == octets.Length ? octets : octets[..written];
        }

        Fail($"the {field} is not base64; groups of four characters, the last padded with '=' (RFC 4648 §4)");
        return [];
    }

    /// <summary>Whether the next word is <c>\#</c>, which starts opaque data (RFC 3597 §5); if so, moves past it.</summary>
    public bool TryReadUnknownMarker() => TryReadWord("\\#"u8);

    /// <summary>Moves past the next word where it is <paramref name="expected"/>, not in quotes.</summary>
    public bool TryReadWord(scoped ReadOnlySpan<byte> expected)
    {
        if (Failed || AtEnd || _tokens[_next].IsQuoted || !_text.Slice(_tokens[_next].Start, _tokens[_next].Length).SequenceEqual(expected))
        {
            return false;
        }

        _next++;
        return true;
    }

    /// <summary>Reads length and hexadecimal octets, after <c>\#</c> (RFC 3597 §5).</summary>
    public byte[] ReadUnknownOctets()
    {
        var length = this.ReadUInt16("length of the opaque data");
        var octets = length == 0 && AtEnd ? [] : ReadHexRest("opaque data");
        if (octets.Length != length)
        {
            Fail($"the length of the opaque data is {octets.Length} but given as {length}; correct one of them (RFC 3597 §5)");
        }

        return octets;
    }

    /// <summary>Takes the next word where it is a quoted string that follows the last word without a blank, as in <c>key="a b"</c>.</summary>
    public bool TryReadQuotedBehind(out ReadOnlySpan<byte> word)
    {
        word = default;
        if (Failed || AtEnd || _next == 0 || !_tokens[_next].IsQuoted || _tokens[_next].Start != _tokens[_next - 1].Start + _tokens[_next - 1].Length + 1)
        {
            return false;
        }

        word = _text.Slice(_tokens[_next].Start, _tokens[_next].Length);
        _next++;
        return true;
    }

    /// <summary>Notes a fault where words are left over.</summary>
    public void ExpectEnd()
    {
        if (!Failed && !AtEnd)
        {
            var token = _tokens[_next++];
            Fail($"'{Quote(_text.Slice(token.Start, token.Length))}' comes after the last field; remove it, or quote text that has spaces");
        }
    }

    private int Unescape(string field, scoped ReadOnlySpan<byte> word, scoped Span<byte> octets)
    {
        if (word.IndexOf((byte)'\\') < 0)
        {
            word.CopyTo(octets);
            return word.Length;
        }

        var length = 0;
        for (var position = 0; position < word.Length;)
        {
            if (!CharacterEscapes.TryReadOctet(word, ref position, out octets[length++]))
            {
                Fail($"the {field} has a bad escape; {NameError.BadEscape.Describe()}");
                return 0;
            }
        }

        return length;
    }

    private void FailTooLong(string field, int octets) =>
        Fail($"the {field} has {octets} octets; a character-string holds at most 255 (RFC 1035 §3.3)");

    private byte[] DecodeHex(string field, ReadOnlySpan<byte> digits)
    {
        var octets = new byte[digits.Length / 2];
        if (!digits.IsEmpty && digits.Length % 2 == 0 && Convert.FromHexString(digits, octets, out _, out _) == OperationStatus.Done)
        {
            return octets;
        }

        Fail($"the {field} is not hexadecimal; write two digits for each octet");
        return [];
    }

    private byte[] ReadWords(string field)
    {
        var words = new ArrayBufferWriter<byte>();
        do
        {
            words.Write(ReadWord(field));
        }
        while (!Failed && !AtEnd);

        return words.WrittenSpan.ToArray();
    }

    /// <summary>The start of a word as it may stand in a fault.</summary>
    internal static string Quote(ReadOnlySpan<byte> word)
    {
        var text = new StringBuilder();
        foreach (var character in Encoding.UTF8.GetString(word.Length > 80 ? word[..80] : word))
        {
            // A control character could make a terminal show something else.
            _ = char.IsControl(character) ? text.Append(CultureInfo.InvariantCulture, $"\\{(int)character:D3}") : text.Append(character);
        }

        return text.Append(word.Length > 80 ? "…" : "").ToString();
    }
}
