// Answers that are still valid, by name and type: bounded in octets, the least recently used go first.
//
//   entries (hash set by key) ─→ CacheEntry { key, expiry, neighbours in order of use } ─→ answer, shared by all names answered alike

using System.Diagnostics.CodeAnalysis;
using AltoDns.Discovery.Resolving;
using AltoDns.Protocol.Names;
using AltoDns.Protocol.Records;

namespace AltoDns.Discovery.Caching;

/// <summary>A prefix's thousand addresses have one ALTO server: its records are held once. Safe for several threads.</summary>
internal sealed class AnswerCache(long capacity, TimeProvider time)
{
    private const int ArrayOverhead = 24;
    private const int EntryOverhead = 88; // the object, its place in the hash set
    private const int AnswerOverhead = 200;

    private readonly Lock _gate = new();
    private readonly HashSet<CacheEntry> _entries = new(CacheEntryComparer.Instance);
    private readonly Dictionary<LookupAnswer, SharedAnswer> _answers = new(AnswerContentComparer.Instance);
    private readonly CacheEntry _head = new([], null!, 0); // of the ring in order of use: its next is the most recent, its previous the least

    /// <summary>Entries at present.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _entries.Count;
            }
        }
    }

    /// <summary>Octets in use, as estimated.</summary>
    public long Size { get; private set; }

    /// <summary>Finds what is known: the RRset, its absence, or that the name or one above it does not exist (RFC 8020 §2).</summary>
    public bool TryGet(DomainName name, RecordType type, [NotNullWhen(true)] out LookupAnswer? answer, out TimeSpan timeToLive)
    {
        Span<byte> key = stackalloc byte[CacheKey.MaxLength];
        var length = CacheKey.Write(name.Wire, type, key);
        lock (_gate)
        {
            var now = Now();
            if (Find(key[..length], now) is { } entry)
            {
                return Return(entry, now, out answer, out timeToLive);
            }

            // The same octets serve for the names above: what precedes them becomes the type.
            const int TypeLength = sizeof(ushort);
            for (var label = TypeLength; ; label += key[label] + 1)
            {
                var above = key[(label - TypeLength)..length];
                var saved = (above[0], above[1]);
                (above[0], above[1]) = (0, 0);
                if (Find(above, now) is { } cut)
                {
                    return Return(cut, now, out answer, out timeToLive);
                }

                (above[0], above[1]) = saved;
                if (key[label] == 0)
                {
                    answer = null;
                    timeToLive = default;
                    return false;
                }
            }
        }
    }

    /// <summary>Remembers an answer for a name and type, or for all types of it; in place of an earlier one.</summary>
    public void Add(DomainName name, RecordType type, LookupAnswer answer, TimeSpan timeToLive)
    {
        if (timeToLive <= TimeSpan.Zero)
        {
            return;
        }

        Span<byte> key = stackalloc byte[CacheKey.MaxLength];
        var length = CacheKey.Write(name.Wire, type, key);
        lock (_gate)
        {
            var lookup = _entries.GetAlternateLookup<ReadOnlySpan<byte>>();
            if (lookup.TryGetValue(key[..length], out var earlier))
            {
                Remove(earlier);
            }

            var entry = new CacheEntry(key[..length].ToArray(), Share(answer), Now() + (long)timeToLive.TotalMilliseconds);
            _entries.Add(entry);
            LinkFirst(entry);
            Size += SizeOf(entry);
            while (Size > capacity && _entries.Count > 1)
            {
                Remove(_head.Previous);
            }
        }
    }

    private static long SizeOf(CacheEntry entry) => EntryOverhead + ArrayOverhead + (entry.Key.Length + 7 & ~7);

    private long Now() => time.GetUtcNow().ToUnixTimeMilliseconds();

    private CacheEntry? Find(ReadOnlySpan<byte> key, long now)
    {
        if (!_entries.GetAlternateLookup<ReadOnlySpan<byte>>().TryGetValue(key, out var entry))
        {
            return null;
        }

        if (entry.Expires > now)
        {
            return entry;
        }

        Remove(entry);
        return null;
    }

    private bool Return(CacheEntry entry, long now, out LookupAnswer answer, out TimeSpan timeToLive)
    {
        Unlink(entry);
        LinkFirst(entry);
        answer = entry.Shared.Answer;
        timeToLive = TimeSpan.FromMilliseconds(entry.Expires - now);
        return true;
    }

    private SharedAnswer Share(LookupAnswer answer)
    {
        if (!_answers.TryGetValue(answer, out var shared))
        {
            shared = new SharedAnswer(answer, AnswerOverhead + AnswerContentComparer.SizeOf(answer));
            _answers.Add(answer, shared);
            Size += shared.Size;
        }

        shared.Uses++;
        return shared;
    }

    private void Remove(CacheEntry entry)
    {
        Unlink(entry);
        _entries.Remove(entry);
        Size -= SizeOf(entry);
        if (--entry.Shared.Uses == 0)
        {
            _answers.Remove(entry.Shared.Answer);
            Size -= entry.Shared.Size;
        }
    }

    private void LinkFirst(CacheEntry entry)
    {
        entry.Next = _head.Next;
        entry.Previous = _head;
        _head.Next.Previous = entry;
        _head.Next = entry;
    }

    private static void Unlink(CacheEntry entry)
    {
        entry.Previous.Next = entry.Next;
        entry.Next.Previous = entry.Previous;
    }
}
