// The accounts of the rate limit: a table of fixed size that all workers share, without locks.
//
//   cell:  | tag, 24 bits | due, 40 bits |     eight cells fill a cache line and are one set
//
// "Due" is when everything that was charged will have been paid off: the generic cell rate algorithm, one number for an account.

using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace AltoDns.Server.Protection;

/// <summary>
/// Safe for any number of threads. Of charges that several make to one account in the same few nanoseconds one may count for all: at worst
/// each thread allows the rate, as if it had a table of its own. That is the price of a charge without a locked instruction. Times are in microseconds of any clock; one that jumps makes accounts be forgotten, no more.
/// </summary>
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

    // Threads read the time once for many answers, so one may be behind another.
    private const long Skew = 60_000_000;

    private readonly ulong[] _cells;
    private readonly int _start;
    private readonly int _mask;

    /// <param name="accounts">At least 8; rounded up to a power of two.</param>
    public RateAccounts(int accounts)
    {
        var sets = (int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(1, accounts / Ways));
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
        ref var set = ref _cells[_start + (((int)key & _mask) * Ways)];
        var tag = key & ~TimeMask;
        var matches = Matches(ref set, tag);
        ref var cell = ref Unsafe.Add(ref set, matches != 0 ? BitOperations.TrailingZeroCount(matches) : LeastCharged(ref set, now));
        var seen = Volatile.Read(ref cell);

        // An account that is new, or another's, begins without a charge.
        var next = Math.Min((matches != 0 ? Charged(seen, now) : 0) + cost, Burst + Debt);
        var written = tag | ((ulong)(now + next) & TimeMask);
        if (written != seen)
        {
            Volatile.Write(ref cell, written);
        }

        return next <= Burst;
    }

    // A bit for each cell of the set with this tag.
    private static uint Matches(ref ulong set, ulong tag)
    {
        var (tags, wanted) = (Vector256.Create(~TimeMask), Vector256.Create(tag));
        var first = Vector256.Equals(Vector256.LoadUnsafe(ref set) & tags, wanted).ExtractMostSignificantBits();
        var second = Vector256.Equals(Vector256.LoadUnsafe(ref set, (nuint)Vector256<ulong>.Count) & tags, wanted).ExtractMostSignificantBits();
        return first | (second << Vector256<ulong>.Count);
    }

    // Floods from many networks push out only the quiet.
    private static int LeastCharged(ref ulong set, long now)
    {
        var least = 0;
        var leastCharged = long.MaxValue;
        for (var i = 0; i < Ways && leastCharged > 0; i++)
        {
            var charged = Charged(Unsafe.Add(ref set, i), now);
            if (charged < leastCharged)
            {
                (least, leastCharged) = (i, charged);
            }
        }

        return least;
    }

    // Microseconds not paid off yet; what is much further ahead than any account gets is left over from long ago (RFC 1982 arithmetic).
    private static long Charged(ulong cell, long now)
    {
        var ahead = (long)((cell - (ulong)now) << (64 - TimeBits)) >> (64 - TimeBits);
        return ahead is > 0 and <= Burst + Debt + Skew ? Math.Min(ahead, Burst + Debt) : 0;
    }
}
