// What an operator wrote in one YAML file: which prefix is served by which ALTO server, and the zones to publish it in.

using System.Net;
using AltoDns.Protocol.Names;
using AltoDns.Protocol.Records;

namespace AltoDns.Zones.Configuration;

/// <summary>Which names of the reverse tree carry discovery records.</summary>
public enum PublishMode
{
    /// <summary>Every address name, by inheritance and wildcards: one lookup finds the server of any address.</summary>
    EveryName,

    /// <summary>Only the names that RFC 8686 §3.3 looks up: fewer records, true NXDOMAIN, more lookups.</summary>
    Rfc8686Names,
}

/// <summary>A validated policy: every reference resolves, every prefix is in a zone, every value is in range.</summary>
public sealed record PolicyDocument
{
    public required string File { get; init; }

    /// <summary>The address space published, without overlap.</summary>
    public required IReadOnlyList<Positioned<IPPrefix>> Zones { get; init; }

    /// <summary>Zones outside the reverse tree, such as the small one that the ALTO servers' hosts are in; none in another.</summary>
    public IReadOnlyList<Positioned<DomainName>> ForwardZones { get; init; } = [];

    public PublishMode Publish { get; init; } = PublishMode.EveryName;

    /// <summary>Null where the base zone's SOA is to be used.</summary>
    public SoaSettings? Soa { get; init; }

    /// <summary>The apex NS targets; empty where the base zone's are to be used.</summary>
    public required IReadOnlyList<Positioned<DomainName>> Nameservers { get; init; }

    /// <summary>TTL of the records that the policy makes, in seconds.</summary>
    public uint TimeToLive { get; init; } = 3600;

    /// <summary>Zone files and transferred zones with the records that exist already.</summary>
    public required IReadOnlyList<BaseZoneDocument> Bases { get; init; }

    /// <summary>In the order of the file; assignments refer to an entry by index.</summary>
    public required IReadOnlyList<AltoServerDocument> Servers { get; init; }

    /// <summary>Without duplicates, in the order of the file.</summary>
    public required IReadOnlyList<AssignmentDocument> Assignments { get; init; }

    public required IReadOnlyList<DelegationDocument> Delegations { get; init; }

    /// <summary>What tells peers apart that share an address, without overlap.</summary>
    public IReadOnlyList<NatDocument> Nats { get; init; } = [];

    /// <summary>Whether any zone's records are transferred.</summary>
    public bool HasTransfers => Bases.Any(document => document.Transfer is not null);

    /// <summary>How the zones are signed; null where they are not.</summary>
    public DnssecPolicy? Dnssec { get; init; }
}

/// <summary>A value and where it was written.</summary>
public readonly record struct Positioned<T>(T Value, SourcePosition Position);

/// <summary>The SOA fields that an operator may set (RFC 1035 §3.3.13); times in seconds.</summary>
/// <param name="Serial">Null: by <see cref="SerialPolicy"/>.</param>
/// <param name="NegativeTimeToLive">The MINIMUM field, which bounds negative caching (RFC 2308 §4).</param>
/// <param name="TimeToLive">Of the SOA and NS records.</param>
public sealed record SoaSettings(
    DomainName Primary,
    DomainName Contact,
    uint? Serial,
    uint Refresh,
    uint Retry,
    uint Expire,
    uint NegativeTimeToLive,
    uint TimeToLive)
{
    /// <summary>Where the serial comes from; of no matter where it is set.</summary>
    public SerialPolicy SerialPolicy { get; init; }
}

/// <summary>A master file, or a transferred zone, whose records are merged into the zones.</summary>
/// <param name="Path">Absolute, or relative to the working directory; empty where the zone is transferred.</param>
/// <param name="Origin">The zone it is for, also its first origin; null for all zones of the policy, the first listed being the origin.</param>
public sealed record BaseZoneDocument(string Path, DomainName? Origin, SourcePosition Position)
{
    /// <summary>Where the zone of this origin comes from; null for a file.</summary>
    public BaseTransfer? Transfer { get; init; }
}

/// <summary>The present primaries of a zone, whose records are transferred and merged.</summary>
/// <param name="Primaries">In order of preference, at least one.</param>
/// <param name="Key">The TSIG key that requests are signed with; null for none.</param>
public sealed record BaseTransfer(IReadOnlyList<Positioned<IPEndPoint>> Primaries, DomainName? Key);

/// <summary>An ALTO server: where its information resource directory is, and the keys that verify redistributed guidance.</summary>
/// <param name="Name">What assignments call it.</param>
/// <param name="Uris">As written, in order of preference, at least one; each at most 250 octets without a bare <c>!</c>.</param>
public sealed record AltoServerDocument(
    string Name,
    IReadOnlyList<Positioned<string>> Uris,
    IReadOnlyList<AltoKeyDocument> Keys,
    SourcePosition Position)
{
    /// <summary>What its hosts show when TLS starts; two while one follows the other.</summary>
    public IReadOnlyList<CertificateDocument> Certificates { get; init; } = [];
}

/// <summary>A public key, read from its PEM file.</summary>
/// <param name="Algorithm">The <c>k</c> value of the key record, such as <c>ecdsa-p256</c>.</param>
/// <param name="Selector">The <c>s</c> value: names the key while two are in use.</param>
/// <param name="SubjectPublicKeyInfo">DER (RFC 5280 §4.1.2.7).</param>
public sealed record AltoKeyDocument(string Path, string Algorithm, string Selector, byte[] SubjectPublicKeyInfo, SourcePosition Position);

/// <summary>The key of a TLS certificate, read from its PEM file.</summary>
/// <param name="SubjectPublicKeyInfo">DER (RFC 5280 §4.1.2.7).</param>
public sealed record CertificateDocument(string Path, byte[] SubjectPublicKeyInfo, SourcePosition Position);

/// <summary>A prefix and the server that guides its hosts.</summary>
/// <param name="Server">Index into <see cref="PolicyDocument.Servers"/>.</param>
/// <param name="Line">Line in the policy's file, from 1.</param>
/// <param name="Column">Column in the policy's file, from 1.</param>
public readonly record struct AssignmentDocument(IPPrefix Prefix, int Server, int Line, int Column);

/// <summary>Address space whose reverse zone another operator serves.</summary>
/// <param name="Nameservers">At least one.</param>
/// <param name="Glue">Addresses of name servers that lie below the cut (RFC 9471).</param>
/// <param name="Ds">The child's DS records, possibly none.</param>
public sealed record DelegationDocument(
    IPPrefix Prefix,
    IReadOnlyList<Positioned<DomainName>> Nameservers,
    IReadOnlyList<GlueDocument> Glue,
    IReadOnlyList<RecordData> Ds,
    SourcePosition Position);

/// <summary>An address of a delegated zone's name server.</summary>
/// <param name="Address">A full-length prefix.</param>
public sealed record GlueDocument(DomainName Nameserver, IPPrefix Address);
