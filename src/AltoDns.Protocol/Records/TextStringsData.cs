// The shape of TXT and SPF: one or more character-strings.

using System.Diagnostics.CodeAnalysis;
using AltoDns.Protocol.Messages;
using AltoDns.Protocol.Presentation;

namespace AltoDns.Protocol.Records;

/// <summary>Text in one or more strings of at most 255 octets each (RFC 1035 §3.3.14).</summary>
public abstract class TextStringsData : RecordData
{
    private readonly byte[] _wire;

    /// <param name="wire">The strings, each after its length octet.</param>
    private protected TextStringsData(byte[] wire) => _wire = wire;

    /// <summary>The strings in their order, at least one.</summary>
    public IEnumerable<ReadOnlyMemory<byte>> Strings
    {
        get
        {
            for (var position = 0; position < _wire.Length; position += _wire[position] + 1)
            {
                yield return _wire.AsMemory(position + 1, _wire[position]);
            }
        }
    }

    public sealed override void Write(ref WireWriter writer) => writer.WriteOctets(_wire);

    public sealed override void Print(RecordTextWriter text)
    {
        for (var position = 0; position < _wire.Length; position += _wire[position] + 1)
        {
            text.CharacterString(_wire.AsSpan(position + 1, _wire[position]));
        }
    }

    /// <summary>Takes all octets to the reader's end, where they are one or more whole strings.</summary>
    private protected static bool TryReadStrings(ref WireReader reader, [NotNullWhen(true)] out byte[]? wire)
    {
        wire = null;
        var attempt = reader;
        do
        {
            if (!attempt.TryReadCharacterString(out _))
            {
                return false;
            }
        }
        while (!attempt.AtEnd);

        wire = reader.ReadRest().ToArray();
        return true;
    }

    /// <summary>Cuts text of any length into strings of 255 octets, the last one shorter.</summary>
    private protected static byte[] Split(ReadOnlySpan<byte> text)
    {
        var strings = Math.Max(1, (text.Length + byte.MaxValue - 1) / byte.MaxValue);
        var wire = new byte[text.Length + strings];
        var position = 0;
        for (var i = 0; i < strings; i++)
        {
            var part = text[(i * byte.MaxValue)..Math.Min(text.Length, (i + 1) * byte.MaxValue)];
            wire[position] = (byte)part.Length;
            part.CopyTo(wire.AsSpan(position + 1));
            position += part.Length + 1;
        }

        return wire;
    }
}
