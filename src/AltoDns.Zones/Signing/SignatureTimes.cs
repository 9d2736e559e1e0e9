// From when to when signatures hold, and when they are made anew.

using AltoDns.Protocol.Names;
using AltoDns.Protocol.Records;
using AltoDns.Protocol.Security;
using AltoDns.Zones.Configuration;

namespace AltoDns.Zones.Signing;

/// <summary>All in seconds; <paramref name="Now"/> since 1970, in the 32 bits of RRSIG records (RFC 4034 §3.1.5).</summary>
/// <param name="Lifetime">From now to the expiration that no signature goes beyond.</param>
/// <param name="Refresh">A signature with less than this left is made anew.</param>
/// <param name="Jitter">Expirations are spread over this time before the latest, so that signatures do not all fall due at once.</param>
/// <param name="Backdating">How far back the inception lies, for validators whose clock is slow.</param>
public readonly record struct SignatureTimes(uint Now, uint Lifetime, uint Refresh, uint Jitter, uint Backdating)
{
    public uint Inception => Now - Backdating;

    /// <param name="ahead">Added to the time that a signature has to have left.</param>
    public static SignatureTimes Of(DnssecPolicy policy, DateTimeOffset now, TimeSpan ahead = default) => new(
        (uint)now.ToUnixTimeSeconds(),
        (uint)policy.SignatureLifetime.TotalSeconds,
        (uint)(policy.SignatureRefresh + ahead).TotalSeconds,
        (uint)policy.Jitter.TotalSeconds,
        (uint)policy.InceptionOffset.TotalSeconds);

    /// <summary>The time that 32 bits of an RRSIG record stand for: the one closest to now (RFC 4034 §3.1.5).</summary>
    public static DateTimeOffset ToTime(uint seconds, DateTimeOffset now)
    {
        var unixTime = now.ToUnixTimeSeconds();
        return DateTimeOffset.FromUnixTimeSeconds(unixTime + SerialNumber.Compare(seconds, (uint)unixTime));
    }

    /// <summary>The expiration of a signature made now: always the same for one owner, type and time, whoever asks.</summary>
    /// <param name="owner">In wire form.</param>
    public uint ExpirationOf(ReadOnlySpan<byte> owner, RecordType type) => Now + Lifetime - Spread(owner, type);

    /// <summary>Whether a signature need not be made anew: it holds now, long enough, and not longer than one made now would.</summary>
    public bool Keeps(uint inception, uint expiration) =>
        SerialNumber.Compare(inception, Now) <= 0
        && SerialNumber.Compare(expiration, RefreshBefore) >= 0
        && SerialNumber.Compare(expiration, Now + Lifetime + Backdating) <= 0;

    /// <summary>Signatures that expire before this time are due.</summary>
    public uint RefreshBefore => Now + Refresh;

    private uint Spread(ReadOnlySpan<byte> owner, RecordType type)
    {
        // A multiplication mixes well enough: neighbouring names and types must fall apart, nobody gains by guessing.
        var mixed = ((uint)WireName.HashIgnoreCase(owner) ^ ((uint)type << 16) ^ Now) * 0x9E37_79B9_7F4A_7C15UL;
        return (uint)((mixed >> 32) * (Jitter + 1UL) >> 32);
    }
}
