// Decides which answers over UDP are sent, so that nobody can have this server flood a third party in whose name he asks.

using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using AltoDns.Server.Access;

namespace AltoDns.Server.Protection;

/// <summary>What becomes of an answer.</summary>
internal enum RateVerdict
{
    Send,

    /// <summary>Nothing is sent.</summary>
    Drop,

    /// <summary>A truncated answer without records is sent: a client that is there comes back over TCP.</summary>
    Slip,
}

/// <summary>Kinds of answers, each with an account of its own.</summary>
internal enum AnswerClass
{
    /// <summary>One RRset; all names that a wildcard answers for are one.</summary>
    Positive = 1,

    /// <summary>A name without the type, anywhere in one zone.</summary>
    NoData,

    /// <summary>A name that is not there, anywhere in one zone.</summary>
    NameError,

    /// <summary>One zone cut.</summary>
    Referral,

    /// <summary>Any other response code, whatever was asked.</summary>
    Error,
}

/// <summary>Safe for any number of threads; allocates when made and never again.</summary>
internal sealed class ResponseRateLimiter
{
    private const long Second = 1_000_000;

    private readonly RateAccounts _accounts;
    private readonly AddressRanges _exempt;
    private readonly ProtectionTally _tally;
    private readonly long _cost;
    private readonly long _totalCost;
    private readonly int _slip;
    private readonly ulong _mask4;
    private readonly ulong _mask6;

    // Who could guess where accounts lie could have two networks share one.
    private readonly ulong _seed = BinaryPrimitives.ReadUInt64LittleEndian(RandomNumberGenerator.GetBytes(sizeof(ulong)));

    [ThreadStatic]
    private static uint _limited;

    public ResponseRateLimiter(RateLimitOptions options, ProtectionTally tally)
    {
        _accounts = new RateAccounts(options.Accounts);
        _exempt = new AddressRanges(options.Exempt);
        _tally = tally;
        _cost = Second / options.Rate;
        _totalCost = options.TotalRate == 0 ? 0 : Second / options.TotalRate;
        _slip = options.Slip;
        _mask4 = (ulong)(uint.MaxValue << (32 - options.IPv4Length));
        _mask6 = ulong.MaxValue << (64 - options.IPv6Length);
    }

    /// <summary>Charges the client's network with one answer.</summary>
    /// <param name="client">4 or 16 octets in network order.</param>
    /// <param name="owner">What within the class the answer is about; the same for the same answer.</param>
    /// <param name="unixMilliseconds">Milliseconds since 1970.</param>
    public RateVerdict Judge(ReadOnlySpan<byte> client, AnswerClass kind, ulong owner, long unixMilliseconds)
    {
        if (!_exempt.IsEmpty && _exempt.Contains(client))
        {
            return RateVerdict.Send;
        }

        var now = unixMilliseconds * (Second / 1000);
        var network = client.Length > sizeof(uint)
            ? BinaryPrimitives.ReadUInt64BigEndian(client) & _mask6
            : 0xFFFF_0000_0000 | (BinaryPrimitives.ReadUInt32BigEndian(client) & _mask4);
        var key = Mix(network ^ _seed, 0x9E37_79B9_7F4A_7C15);
        var isWithin = _accounts.TryCharge(Mix(key ^ (ulong)kind, owner ^ _seed), now, _cost);
        if (_totalCost != 0)
        {
            isWithin &= _accounts.TryCharge(key, now, _totalCost);
        }

        return isWithin ? RateVerdict.Send : Limit();
    }

    private RateVerdict Limit()
    {
        if (_slip > 0 && ++_limited % (uint)_slip == 0)
        {
            Interlocked.Increment(ref _tally.LimitedSlipped);
            return RateVerdict.Slip;
        }

        Interlocked.Increment(ref _tally.LimitedDropped);
        return RateVerdict.Drop;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Mix(ulong left, ulong right)
    {
        // Neither factor is ever 0 or 1 to speak of: the second one has the seed in it or is a constant.
        var high = Math.BigMul(left ^ 0xA076_1D64_78BD_642F, right ^ 0xE703_7ED1_A0B4_28DB, out var low);
        return high ^ low;
    }
}
