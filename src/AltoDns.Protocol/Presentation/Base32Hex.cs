// Base32 with the extended hex alphabet and without padding, as NSEC3 writes hashes (RFC 4648 §7, RFC 5155 §3.3).

using System.Buffers.Binary;
using System.Text;

namespace AltoDns.Protocol.Presentation;

/// <summary>Five bits a character; upper case written, either case read.</summary>
public static class Base32Hex
{
    private const int BitsPerCharacter = 5;
    private const int OctetsPerGroup = 5;
    private const int CharactersPerGroup = 8;

    private static ReadOnlySpan<byte> Alphabet => "0123456789abcdefghijklmnopqrstuv"u8;

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
        for (; octets.Length >= OctetsPerGroup; octets = octets[OctetsPerGroup..])
        {
            var group = (ulong)BinaryPrimitives.ReadUInt32BigEndian(octets) << 8 | octets[OctetsPerGroup - 1];
            length = Write(group, CharactersPerGroup, text, length);
        }

        if (octets.IsEmpty)
        {
            return length;
        }

        // What is left is filled up with zeros to whole characters.
        Span<byte> rest = stackalloc byte[sizeof(ulong)];
        rest.Clear();
        octets.CopyTo(rest);
        var last = BinaryPrimitives.ReadUInt64BigEndian(rest) >> (64 - OctetsPerGroup * 8);
        var count = (octets.Length * 8 + BitsPerCharacter - 1) / BitsPerCharacter;
        return Write(last >> ((CharactersPerGroup - count) * BitsPerCharacter), count, text, length);
    }

    private static int Write(ulong bits, int count, Span<byte> text, int position)
    {
        var characters = text.Slice(position, count);
        for (var i = characters.Length - 1; i >= 0; i--)
        {
            characters[i] = Alphabet[(int)(bits & 0x1F)];
            bits >>= BitsPerCharacter;
        }

        return position + count;
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

    private static int Value(byte character) => character switch
    {
        >= (byte)'0' and <= (byte)'9' => character - '0',
        >= (byte)'A' and <= (byte)'V' => character - 'A' + 10,
        >= (byte)'a' and <= (byte)'v' => character - 'a' + 10,
        _ => -1,
    };
}
