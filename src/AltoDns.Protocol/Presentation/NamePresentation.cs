// Domain names as text: escapes, relative names and the origin (RFC 1035 §5.1, RFC 4343 §2.1).

using System.Runtime.CompilerServices;
using System.Text;
using AltoDns.Protocol.Names;

namespace AltoDns.Protocol.Presentation;

internal static class NamePresentation
{
    // Zone files have millions of names: worth compiling well from the first one on.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static NameError TryParse(ReadOnlySpan<byte> text, DomainName origin, out DomainName name)
    {
        name = default;
        switch (text)
        {
            case []:
                return NameError.Empty;
            case [(byte)'.']:
                return NameError.None;
            case [(byte)'@']:
                name = origin;
                return NameError.None;
        }

        Span<byte> wire = stackalloc byte[DomainName.MaxLength];
        var labelStart = 0;
        var end = 1;
        var position = 0;
        var absolute = false;
        while (position < text.Length)
        {
            if (text[position] == (byte)'.')
            {
                if (end == labelStart + 1)
                {
                    return NameError.EmptyLabel;
                }

                position++;
                wire[labelStart] = (byte)(end - labelStart - 1);
                labelStart = end++;
                absolute = position == text.Length;
                continue;
            }

            // Octets that stand for themselves are taken in one piece; an escape is a piece of its own.
            var rest = text[position..];
            var plain = rest.IndexOfAny((byte)'.', (byte)'\\');
            var piece = rest[..(plain < 0 ? rest.Length : plain)];
            position += piece.Length;
            byte escaped = 0;
            if (piece.IsEmpty && !CharacterEscapes.TryReadOctet(text, ref position, out escaped))
            {
                return NameError.BadEscape;
            }

            var length = Math.Max(1, piece.Length);
            if (end - labelStart - 1 + length > DomainName.MaxLabelLength)
            {
                return NameError.LabelTooLong;
            }

            // One octet stays free for the root label.
            if (end + length > DomainName.MaxLength - 1)
            {
                return NameError.NameTooLong;
            }

            wire[end] = escaped;
            piece.CopyTo(wire[end..]);
            end += length;
        }

        if (absolute)
        {
            wire[labelStart] = 0;
            name = DomainName.FromValidWire(wire[..(labelStart + 1)]);
            return NameError.None;
        }

        wire[labelStart] = (byte)(end - labelStart - 1);
        if (end + origin.Length > DomainName.MaxLength)
        {
            return NameError.NameTooLong;
        }

        origin.Wire.CopyTo(wire[end..]);
        name = DomainName.FromValidWire(wire[..(end + origin.Length)]);
        return NameError.None;
    }

    public static string ToString(ReadOnlySpan<byte> wire)
    {
        var text = new StringBuilder(wire.Length + 8);
        Append(text, wire);
        return text.ToString();
    }

    /// <summary>Appends the absolute form of a well-formed name.</summary>
    public static void Append(StringBuilder text, ReadOnlySpan<byte> wire)
    {
        if (wire[0] == 0)
        {
            text.Append('.');
            return;
        }

        for (var position = 0; wire[position] != 0; position += wire[position] + 1)
        {
            foreach (var octet in wire.Slice(position + 1, wire[position]))
            {
                CharacterEscapes.AppendLabelOctet(text, octet);
            }

            text.Append('.');
        }
    }
}
