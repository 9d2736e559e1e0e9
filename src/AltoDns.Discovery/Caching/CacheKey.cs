// What an answer is remembered under: a name in lower case and a type, as octets.

using AltoDns.Protocol.Names;
using AltoDns.Protocol.Records;

namespace AltoDns.Discovery.Caching;

internal static class CacheKey
{
    public const int MaxLength = DomainName.MaxLength + sizeof(ushort);

    /// <summary>Stands for all types of a name that does not exist.</summary>
    public const RecordType EveryType = RecordType.None;

    /// <param name="key">Room for <see cref="MaxLength"/> octets.</param>
    /// <returns>The octets written.</returns>
    public static int Write(ReadOnlySpan<byte> name, RecordType type, Span<byte> key)
    {
        key[0] = (byte)((ushort)type >> 8);
        key[1] = (byte)type;
        WireName.CopyLower(name, key[sizeof(ushort)..]);
        return sizeof(ushort) + name.Length;
    }
}
