// One remembered name and type, and the answers that many of them share.

using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using AltoDns.Discovery.Resolving;

namespace AltoDns.Discovery.Caching;

/// <summary>A member of the ring that holds all entries in the order of their use.</summary>
internal sealed class CacheEntry
{
    public CacheEntry(byte[] key, SharedAnswer shared, long expires)
    {
        Key = key;
        Shared = shared;
        Expires = expires;
        Previous = Next = this;
    }

    public byte[] Key { get; }

    public SharedAnswer Shared { get; }

    /// <summary>Milliseconds since 1970.</summary>
    public long Expires { get; }

    public CacheEntry Previous { get; set; }

    public CacheEntry Next { get; set; }
}

/// <param name="size">Octets, as estimated.</param>
internal sealed class SharedAnswer(LookupAnswer answer, int size)
{
    public LookupAnswer Answer { get; } = answer;

    public int Size { get; } = size;

    /// <summary>Entries that have it.</summary>
    public int Uses { get; set; }
}

/// <summary>Finds entries by the octets of a key. The hash is seeded anew in each process, so that strangers cannot make names collide.</summary>
internal sealed class CacheEntryComparer : IEqualityComparer<CacheEntry>, IAlternateEqualityComparer<ReadOnlySpan<byte>, CacheEntry>
{
    public static CacheEntryComparer Instance { get; } = new();

    public bool Equals(CacheEntry? x, CacheEntry? y) => ReferenceEquals(x, y) || (x is not null && y is not null && x.Key.AsSpan().SequenceEqual(y.Key));

    public int GetHashCode(CacheEntry obj) => GetHashCode(obj.Key.AsSpan());

    public bool Equals(ReadOnlySpan<byte> alternate, CacheEntry other) => alternate.SequenceEqual(other.Key);

    public int GetHashCode(ReadOnlySpan<byte> alternate)
    {
        var hash = default(HashCode);
        hash.AddBytes(alternate);
        return hash.ToHashCode();
    }

    public CacheEntry Create(ReadOnlySpan<byte> alternate) => throw new NotSupportedException();
}

/// <summary>Answers are alike that say the same: outcome, code, security, where the aliases end, the records.</summary>
internal sealed class AnswerContentComparer : IEqualityComparer<LookupAnswer>
{
    public static AnswerContentComparer Instance { get; } = new();

    /// <summary>Octets that the records and names take, as estimated.</summary>
    public static int SizeOf(LookupAnswer answer) =>
        (answer.CanonicalName?.Length ?? 0) + answer.Records.Sum(record => 120 + 2 * record.ToWire().Length) + 2 * (answer.Failure?.Length ?? 0);

    public bool Equals(LookupAnswer? x, LookupAnswer? y) =>
        ReferenceEquals(x, y)
        || (x is not null
            && y is not null
            && x.Outcome == y.Outcome
            && x.ResponseCode == y.ResponseCode
            && x.Security == y.Security
            && x.CanonicalName == y.CanonicalName
            && x.Records.Count == y.Records.Count
            && string.Equals(x.Failure, y.Failure, StringComparison.Ordinal)
            && x.Records.SequenceEqual(y.Records));

    public int GetHashCode([DisallowNull] LookupAnswer obj)
    {
        var hash = default(HashCode);
        hash.Add(obj.Outcome);
        hash.Add(obj.Security);
        hash.Add(obj.CanonicalName);
        hash.AddBytes(MemoryMarshal.AsBytes(obj.Failure.AsSpan()));
        foreach (var record in obj.Records)
        {
            hash.Add(record);
        }

        return hash.ToHashCode();
    }
}
