// One option of an OPT record, and the walk over all of them (RFC 6891 §6.1.2).

using System.Buffers.Binary;
using AltoDns.Protocol.Messages;

namespace AltoDns.Protocol.Edns;

/// <summary>Code and data; the data is part of the octets that the options were read from.</summary>
public readonly ref struct EdnsOption(EdnsOptionCode code, ReadOnlySpan<byte> data)
{
    /// <summary>Octets before the data: code and length.</summary>
    public const int HeaderLength = 4;

    public EdnsOptionCode Code { get; } = code;

    public ReadOnlySpan<byte> Data { get; } = data;

    /// <param name="data">At most 65,535 octets.</param>
    public static void Write(ref WireWriter writer, EdnsOptionCode code, scoped ReadOnlySpan<byte> data)
    {
        writer.WriteUInt16((ushort)code);
        writer.WriteUInt16(checked((ushort)data.Length));
        writer.WriteOctets(data);
    }
}

/// <summary>A walk over options that does not allocate.</summary>
public ref struct EdnsOptionEnumerator
{
    private ReadOnlySpan<byte> _rest;

    /// <param name="options">Code, length and data of each option, one after the other.</param>
    public EdnsOptionEnumerator(ReadOnlySpan<byte> options) => _rest = options;

    public EdnsOption Current { get; private set; }

    /// <summary>Whether the walk ended at octets that are no whole option.</summary>
    public bool IsCutShort { get; private set; }

    public bool MoveNext()
    {
        if (_rest.Length < EdnsOption.HeaderLength)
        {
            IsCutShort = !_rest.IsEmpty;
            return false;
        }

        var code = (EdnsOptionCode)BinaryPrimitives.ReadUInt16BigEndian(_rest);
        int length = BinaryPrimitives.ReadUInt16BigEndian(_rest[sizeof(ushort)..]);
        var data = _rest[EdnsOption.HeaderLength..];
        if (data.Length < length)
        {
            IsCutShort = true;
            return false;
        }

        Current = new EdnsOption(code, data[..length]);
        _rest = data[length..];
        return true;
    }
}
