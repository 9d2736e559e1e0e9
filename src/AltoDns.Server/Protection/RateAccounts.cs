// The accounts of the rate limit: a table of fixed size that all workers share, without locks.
//
//   cell:  | tag, 24 bits | due, 40 bits |     eight cells fill a cache line and are one set
//
// "Due" is when everything that was charged will have been paid off: the generic cell rate algorithm, one number for an account.

using System.Runtime.CompilerServices;

namespace AltoDns.Server.Protection;

/// <summary>Safe for any number of threads. Times are in microseconds of any clock; one that jumps makes accounts be forgotten, no more.</summary>
internal sealed class RateAccounts
{
    private const int Ways = 8;
    private const int CacheLine = 64;
    private const int TimeBits = 40;
    private const ulong TimeMask = (1UL << TimeBits) - 1;

    // A second's worth may come at once.
    private const long Burst = 1_000_000;

    // Whoever goes on at a multiple of the rate has to be quiet for so long before there are answers again.
    private const long Debt = 5_000_000;

    // How often an account that others charge at the same moment is tried; then the last verdict holds.
    private const int Attempts = 4;

    private readonly ulong[] _cells;
    private readonly int _start;
    private readonly int _mask;

    /// <param name="accounts">At least 8; rounded up to a power of two.</param>
    public RateAccounts(int accounts)
    {
        var sets = (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)Math.Max(1, accounts / Ways));
        _mask = sets - 1;
        _cells = GC.AllocateArray<ulong>((sets * Ways) + Ways, pinned: true);
        unsafe
        {
            // Pinned, so that each set stays within one cache line.
            var address = (nint)Unsafe.AsPointer(ref _cells[0]);
            _start = (int)(((CacheLine - (address % CacheLine)) % CacheLine) / sizeof(ulong));
        }
    }

    /// <summary>Charges an account with one answer. False where it is over its limit; that is charged too, up to a bound.</summary>
    /// <param name="key">Names the account: well mixed and not to be guessed.</param>
    /// <param name="cost">What an answer costs: microseconds, a second divided by the rate.</param>
    public bool TryCharge(ulong key, long now, long cost)
    {
        var set = _cells.AsSpan(_start + (((int)key & _mask) * Ways), Ways);
        var tag = key & ~TimeMask;
        ref var cell = ref Find(set, tag, now);
        for (var attempt = 1; ; attempt++)
        {
            var seen = Volatile.Read(ref cell);

            // An account that is new, or another's, begins without a charge.
            var charged = (seen & ~TimeMask) == tag ? Charged(seen, now) : 0;
            var next = Math.Min(charged + cost, Burst + Debt);
            var written = tag | ((ulong)(now + next) & TimeMask);
            if (Interlocked.CompareExchange(ref cell, written, seen) == seen || attempt == Attempts)
            {
                return next <= Burst;
            }
        }
    }

    // The account's cell, or else the one of its set that is the least charged: floods from many networks push out only the quiet.
    private static ref ulong Find(Span<ulong> set, ulong tag, long now)
    {
        for (var i = 0; i < set.Length; i++)
        {
            if (((set[i] ^ tag) & ~TimeMask) == 0)
            {
                return ref set[i];
            }
        }

        var least = 0;
        var leastCharged = long.MaxValue;
        for (var i = 0; i < set.Length && leastCharged > 0; i++)
        {
            var charged = Charged(set[i], now);
            if (charged < leastCharged)
            {
                (least, leastCharged) = (i, charged);
            }
        }

        return ref set[least];
    }

    // Microseconds not paid off yet; what is further ahead than any account gets is left over from long ago (RFC 1982 arithmetic).
    private static long Charged(ulong cell, long now)
    {
        var ahead = (long)((cell - (ulong)now) << (64 - TimeBits)) >> (64 - TimeBits);
        return ahead is > 0 and <= Burst + Debt ? ahead : 0;
    }
}
