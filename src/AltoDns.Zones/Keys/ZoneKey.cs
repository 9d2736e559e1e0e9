// One key of a zone and how far what it puts into the DNS has spread.

using AltoDns.Protocol.Records;
using AltoDns.Protocol.Security;

namespace AltoDns.Zones.Keys;

/// <summary>What a key signs.</summary>
public enum KeyRole
{
    /// <summary>Everything (CSK).</summary>
    Combined,

    /// <summary>The DNSKEY RRset (KSK).</summary>
    KeySigning,

    /// <summary>Everything else (ZSK).</summary>
    ZoneSigning,
}

/// <summary>How far a record has spread, seen from all caches of the world.</summary>
public enum Spread
{
    /// <summary>In no cache and not published.</summary>
    Hidden,

    /// <summary>Published, or asked of the parent; caches may still hold what was before.</summary>
    Rumoured,

    /// <summary>Published, and no cache holds what was before.</summary>
    Omnipresent,

    /// <summary>No longer published, or the parent is asked to remove it; caches may still hold it.</summary>
    Unretentive,
}

/// <summary>A record's spread, and since when it has been so.</summary>
/// <param name="Since">
/// When it was seen to be so: served for a key or signatures, at the parent for a DS record. Null until then: no delay has begun.
/// </param>
public readonly record struct SpreadState(Spread Spread, DateTimeOffset? Since)
{
    /// <summary>Whether the zone, or the request to the parent, has the record.</summary>
    public bool IsPublished => Spread is Spread.Rumoured or Spread.Omnipresent;

    public static SpreadState Of(Spread spread) => new(spread, Since: null);
}

/// <summary>A key of a zone. Immutable.</summary>
/// <param name="Public">The DNSKEY record's data.</param>
/// <param name="IsWanted">False once it is to go: another has been made in its place, or will never be needed.</param>
public sealed record ZoneKey(KeyRole Role, DnskeyData Public, DateTimeOffset Created, bool IsWanted)
{
    /// <summary>The key tag; no two keys of a zone share it.</summary>
    public ushort Tag { get; } = Public.Tag();

    public DnssecAlgorithm Algorithm => Public.Algorithm;

    /// <summary>The DNSKEY record, with the key's signature over the DNSKEY RRset where it makes one.</summary>
    public SpreadState Dnskey { get; init; }

    /// <summary>The signatures over the zone's other RRsets.</summary>
    public SpreadState Signatures { get; init; }

    /// <summary>The DS record at the parent.</summary>
    public SpreadState Ds { get; init; }

    /// <summary>When it first did its work: its signatures were served, or its DS record seen; a lifetime counts from here.</summary>
    public DateTimeOffset? ActiveSince { get; init; }

    /// <summary>Whether it signs the DNSKEY RRset and has a DS record at the parent.</summary>
    public bool IsKeySigning => Role is not KeyRole.ZoneSigning;

    public bool IsZoneSigning => Role is not KeyRole.KeySigning;

    /// <summary>Whether nothing of it is published or cached.</summary>
    public bool IsHidden => Dnskey.Spread == Spread.Hidden && Signatures.Spread == Spread.Hidden && Ds.Spread == Spread.Hidden;

    /// <summary>Whether all that it is for is everywhere.</summary>
    public bool IsSettled => Dnskey.Spread == Spread.Omnipresent
        && (!IsZoneSigning || Signatures.Spread == Spread.Omnipresent)
        && (!IsKeySigning || Ds.Spread == Spread.Omnipresent);
}

/// <summary>Words and DNSKEY flags of roles.</summary>
public static class KeyRoles
{
    /// <summary><c>CSK</c>, <c>KSK</c> or <c>ZSK</c>.</summary>
    public static string Abbreviation(this KeyRole role) => role switch
    {
        KeyRole.Combined => "CSK",
        KeyRole.KeySigning => "KSK",
        _ => "ZSK",
    };

    public static ushort Flags(this KeyRole role) => role == KeyRole.ZoneSigning ? DnssecKey.ZoneSigningFlags : DnssecKey.KeySigningFlags;
}
