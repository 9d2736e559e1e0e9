// The data of one record: the four codecs that every record type has.

using System.Diagnostics.CodeAnalysis;
using AltoDns.Protocol.Messages;
using AltoDns.Protocol.Presentation;

namespace AltoDns.Protocol.Records;

/// <summary>Decoded record data. Immutable; equal where type and canonical wire form are equal (RFC 4034 §6.2, RFC 2181 §5).</summary>
public abstract class RecordData : IEquatable<RecordData>
{
    /// <summary>The most octets that the data of one record may take (RFC 1035 §3.2.1).</summary>
    public const int MaxLength = ushort.MaxValue;

    public abstract RecordType RecordType { get; }

    /// <summary>Writes the fields in wire order, names uncompressed.</summary>
    public abstract void Write(ref WireWriter writer);

    /// <summary>Appends the fields in presentation form.</summary>
    public abstract void Print(RecordTextWriter text);

    /// <summary>The data in wire form, names uncompressed.</summary>
    /// <param name="canonical">Whether foldable names are lower-cased (RFC 4034 §6.2).</param>
    /// <exception cref="InvalidOperationException">The data was built with more than 65,535 octets.</exception>
    public byte[] ToWire(bool canonical = false)
    {
        Span<byte> small = stackalloc byte[512];
        var writer = new WireWriter(small, canonical);
        Write(ref writer);
        if (!writer.Overflowed)
        {
            return writer.Written.ToArray();
        }

        writer = new WireWriter(new byte[MaxLength], canonical);
        Write(ref writer);
        return writer.Overflowed
            ? throw new InvalidOperationException($"{RecordType.Mnemonic()} data exceeds {MaxLength} octets.")
            : writer.Written.ToArray();
    }

    public bool Equals([NotNullWhen(true)] RecordData? other) =>
        other is not null && RecordType == other.RecordType && ToWire(canonical: true).AsSpan().SequenceEqual(other.ToWire(canonical: true));

    public sealed override bool Equals([NotNullWhen(true)] object? obj) => Equals(obj as RecordData);

    public sealed override int GetHashCode()
    {
        var hash = default(HashCode);
        hash.Add(RecordType);
        hash.AddBytes(ToWire(canonical: true));
        return hash.ToHashCode();
    }

    /// <summary>The presentation form.</summary>
    public sealed override string ToString()
    {
        var text = new RecordTextWriter();
        Print(text);
        return text.ToString();
    }
}

/// <summary>What a record type's class offers to the table in <see cref="RecordTypes"/>.</summary>
public interface IRecordData<TSelf>
    where TSelf : RecordData, IRecordData<TSelf>
{
    static abstract RecordType Type { get; }

    /// <summary>Reads data that reaches to the reader's end; what may follow the last field is the caller's to check.</summary>
    static abstract bool TryRead(ref WireReader reader, [NotNullWhen(true)] out TSelf? data);

    /// <summary>Reads presentation form. Faults are noted in <paramref name="text"/>; the result then has no meaning.</summary>
    static abstract TSelf Parse(ref RecordTextReader text);
}
