// Base32 with the extended hex alphabet and without padding, as NSEC3 writes hashes (RFC 4648 §7, RFC 5155 §3.3).

using System.Text;

namespace AltoDns.Protocol.Presentation;

/// <summary>Five bits a character; upper case written, either case read.</summary>
public static class Base32Hex
{
    private const int BitsPerCharacter = 5;

    /// <param name="octets">At most 255 octets.</param>
    public static string Encode(ReadOnlySpan<byte> octets)
    {
        Span<byte> text = stackalloc byte[(byte.MaxValue * 8 + BitsPerCharacter - 1) / BitsPerCharacter];
        return Encoding.ASCII.GetString(text[..EncodeLower(octets, text)]).ToUpperInvariant();
    }

    /// <summary>Writes the characters in lower case, as names of a zone have them.</summary>
    /// <param name="text">Room for a character per five bits.</param>
    /// <returns>Characters written.</returns>
    public static int EncodeLower(ReadOnlySpan<byte> octets, Span<byte> text)
    {
        var length = 0;
        var pending = 0;
        var bits = 0;
        foreach (var octet in octets)
        {
            pending = pending << 8 | octet;
            for (bits += 8; bits >= BitsPerCharacter; bits -= BitsPerCharacter)
            {
                text[length++] = Character(pending >> (bits - BitsPerCharacter) & 0x1F);
            }

            pending &= (1 << bits) - 1;
        }

        if (bits > 0)
        {
            text[length++] = Character(pending << (BitsPerCharacter - bits));
        }

        return length;
    }

    /// <summary>False where a character is not of the alphabet, the length fits no whole octets, or the bits left over are not zero.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> text, out byte[] octets)
    {
        octets = new byte[text.Length * BitsPerCharacter / 8];
        var length = 0;
        var pending = 0;
        var bits = 0;
        foreach (var character in text)
        {
            var value = Value(character);
            if (value < 0)
            {
                return false;
            }

            pending = pending << BitsPerCharacter | value;
            bits += BitsPerCharacter;
            if (bits >= 8)
            {
                bits -= 8;
                octets[length++] = (byte)(pending >> bits);
                pending &= (1 << bits) - 1;
            }
        }

        return bits < BitsPerCharacter && pending == 0;
    }

    private static byte Character(int value) => (byte)(value < 10 ? '0' + value : 'a' + value - 10);

    private static int Value(byte character) => character switch
    {
        >= (byte)'0' and <= (byte)'9' => character - '0',
        >= (byte)'A' and <= (byte)'V' => character - 'A' + 10,
        >= (byte)'a' and <= (byte)'v' => character - 'a' + 10,
        _ => -1,
    };
}
