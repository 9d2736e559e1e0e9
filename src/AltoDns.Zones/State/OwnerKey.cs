// How owners are kept: from the apex downwards, so that the names of a subtree lie next to each other.

using AltoDns.Protocol.Names;

namespace AltoDns.Zones.State;

/// <summary>The labels below the apex, the topmost first, each with its length octet. The apex is empty.</summary>
internal static class OwnerKey
{
    /// <summary>Writes a name's key.</summary>
    /// <param name="name">At or below the apex.</param>
    /// <param name="apexLength">Octets of the apex in wire form.</param>
    /// <param name="key">Room for 255 octets.</param>
    /// <returns>Octets written.</returns>
    public static int Write(ReadOnlySpan<byte> name, int apexLength, Span<byte> key)
    {
        var length = name.Length - apexLength;
        for (var (from, to) = (0, length); from < length;)
        {
            var label = name[from] + 1;
            to -= label;
            name.Slice(from, label).CopyTo(key[to..]);
            from += label;
        }

        return length;
    }

    /// <summary>Reads a name from its key; false where it is none.</summary>
    public static bool TryRead(ReadOnlySpan<byte> key, DomainName apex, out DomainName name)
    {
        name = default;
        Span<byte> wire = stackalloc byte[DomainName.MaxLength];
        if (key.Length + apex.Length > DomainName.MaxLength)
        {
            return false;
        }

        for (var (from, to) = (0, key.Length); from < key.Length;)
        {
            var label = key[from] + 1;
            if (from + label > key.Length)
            {
                return false;
            }

            to -= label;
            key.Slice(from, label).CopyTo(wire[to..]);
            from += label;
        }

        apex.Wire.CopyTo(wire[key.Length..]);
        return DomainName.TryFromWire(wire[..(key.Length + apex.Length)], out name);
    }
}
