// What happens to a zone's keys, step by step.

using AltoDns.Protocol.Names;

namespace AltoDns.Zones.Keys;

/// <summary>One step in the life of a key, in the usual order.</summary>
public enum KeyStep
{
    Created,

    /// <summary>Another key follows it.</summary>
    Succeeded,

    /// <summary>Its DNSKEY record goes into the zone.</summary>
    Published,

    /// <summary>Its DNSKEY record is in every cache that has the zone's.</summary>
    Ready,

    /// <summary>It signs the zone.</summary>
    SigningBegan,

    /// <summary>Every cached RRset has its signature.</summary>
    SignaturesEverywhere,

    /// <summary>The parent is asked for its DS record.</summary>
    DsSubmitted,

    /// <summary>The parent has its DS record.</summary>
    DsSeen,

    /// <summary>Its DS record is in every cache that has the parent's.</summary>
    DsEverywhere,

    /// <summary>The parent no longer has its DS record, though it should.</summary>
    DsVanished,

    /// <summary>The parent is asked to remove its DS record.</summary>
    DsWithdrawn,

    /// <summary>The parent no longer has its DS record, as it should.</summary>
    DsGone,

    /// <summary>It signs the zone no more.</summary>
    SigningEnded,

    /// <summary>Its DNSKEY record leaves the zone.</summary>
    Unpublished,

    /// <summary>Nothing of it is cached any more; its file is deleted.</summary>
    Removed,
}

/// <summary>A step of one key.</summary>
public readonly record struct KeyEvent(KeyStep Step, DomainName Zone, KeyRole Role, byte Algorithm, ushort Tag)
{
    public static KeyEvent Of(KeyStep step, DomainName zone, ZoneKey key) => new(step, zone, key.Role, (byte)key.Algorithm, key.Tag);
}
