// Remembers the updates that were carried out, so that one that comes twice is carried out once (RFC 8945 §11).

using System.Buffers.Binary;
using System.Security.Cryptography;
using AltoDns.Protocol.Messages;
using AltoDns.Protocol.Names;

namespace AltoDns.Server.Updates;

/// <summary>What a request is to the guard.</summary>
internal enum Familiarity
{
    New,

    /// <summary>The client did not get the answer, and asks again.</summary>
    Repeated,

    /// <summary>Somebody else sends what the client has sent, or what it sent is too old to tell.</summary>
    Replayed,
}

/// <summary>
/// A request is known by its key and MAC until its time is over. Where there are too many to remember, and after a restart, a key's
/// requests have to be signed later than those forgotten. Not safe for several threads.
/// </summary>
/// <param name="newest">By key, when the newest request was signed that was carried out before the program started.</param>
internal sealed class ReplayGuard(IReadOnlyDictionary<DomainName, long> newest, int capacity = 1 << 20)
{
    private readonly Dictionary<UInt128, Known> _known = [];
    private readonly Queue<(UInt128 Id, DomainName Key)> _order = new();
    private readonly Dictionary<DomainName, long> _floor = newest.ToDictionary();

    /// <summary>Whether a request was carried out before.</summary>
    /// <param name="code">What it was answered then, of <see cref="Familiarity.Repeated"/>.</param>
    public Familiarity Look(in SignedRequest request, out ResponseCode code)
    {
        code = ResponseCode.NoError;
        if (_known.TryGetValue(request.Id, out var known))
        {
            code = known.Code;
            return known.Client == request.Client ? Familiarity.Repeated : Familiarity.Replayed;
        }

        return _floor.TryGetValue(request.Key, out var floor) && request.TimeSigned <= floor ? Familiarity.Replayed : Familiarity.New;
    }

    /// <summary>To be called for each request that was answered for good.</summary>
    public void Remember(in SignedRequest request, ResponseCode code, long unixTime)
    {
        while (_order.TryPeek(out var oldest) && (_order.Count >= capacity || _known[oldest.Id].Until < unixTime))
        {
            _order.Dequeue();
            _known.Remove(oldest.Id, out var forgotten);
            if (forgotten.Until >= unixTime)
            {
                _floor[oldest.Key] = Math.Max(_floor.GetValueOrDefault(oldest.Key), forgotten.TimeSigned);
            }
        }

        if (_known.TryAdd(request.Id, new Known(request.Client, code, request.TimeSigned, request.TimeSigned + request.Fudge)))
        {
            _order.Enqueue((request.Id, request.Key));
        }
    }

    private readonly record struct Known(UInt128 Client, ResponseCode Code, long TimeSigned, long Until);
}

/// <summary>What tells a request from all others.</summary>
/// <param name="Id">A digest of key and MAC.</param>
/// <param name="Client">A digest of the client's address.</param>
/// <param name="TimeSigned">Seconds since 1970-01-01T00:00:00Z.</param>
/// <param name="Fudge">Seconds for which it may be sent.</param>
internal readonly record struct SignedRequest(UInt128 Id, UInt128 Client, DomainName Key, long TimeSigned, ushort Fudge)
{
    public static UInt128 Digest(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second = default)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(first);
        hash.AppendData(second);
        return BinaryPrimitives.ReadUInt128BigEndian(hash.GetHashAndReset());
    }
}
