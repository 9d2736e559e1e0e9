// What discovery found for one address, prefix or domain, and every step on the way.

using AltoDns.Discovery.Resolving;
using AltoDns.Protocol.Messages;
using AltoDns.Protocol.Names;
using AltoDns.Protocol.Records;

namespace AltoDns.Discovery;

public enum DiscoveryStatus
{
    /// <summary>There is at least one server.</summary>
    Found,

    /// <summary>No name had a server. Where <see cref="DiscoveryResult.HadTemporaryErrors"/>, one may be found later.</summary>
    NotFound,

    /// <summary>The address belongs to no network that publishes: private, loopback, link-local, multicast. Nothing was asked.</summary>
    NotDiscoverable,
}

/// <summary>One ALTO server, or whatever the service asked for is.</summary>
/// <param name="Uri">Of the Information Resource Directory. Where the record named a host in place of a URI (flags <c>s</c> and <c>a</c>), made of protocol, host and port.</param>
/// <param name="Order">Of the record; servers of one result have the lowest that led to any.</param>
/// <param name="Preference">Of the record; lower ones first.</param>
/// <param name="Security">Of all records that led to it.</param>
/// <param name="Keys">Those that verify its redistributed information, by the host of its URI.</param>
public sealed record AltoServer(Uri Uri, ushort Order, ushort Preference, LookupSecurity Security, IReadOnlyList<AltoKey> Keys);

/// <summary>A public key that verifies redistributed ALTO information (docs/key-records.md).</summary>
/// <param name="Algorithm"><c>ecdsa-p256</c>, <c>ecdsa-p384</c>, <c>ed25519</c>, <c>rsa</c>.</param>
/// <param name="Selector">Tells keys apart while one replaces another.</param>
/// <param name="Host">Of the server that it belongs to.</param>
/// <param name="SubjectPublicKeyInfo">DER (RFC 5280 §4.1.2.7).</param>
/// <param name="Security">How the record was secured. Unless that is <see cref="LookupSecurity.Secure"/>, the key proves nothing.</param>
public sealed record AltoKey(string Algorithm, string Selector, string Host, ReadOnlyMemory<byte> SubjectPublicKeyInfo, LookupSecurity Security);

/// <summary>One lookup.</summary>
/// <param name="Step">Why it was made: <c>peer</c>, <c>port</c>, <c>R24</c>, <c>keys</c>, <c>chain</c> …</param>
/// <param name="Records">How many records of the type came.</param>
/// <param name="CanonicalName">Where aliases led to; null without any.</param>
/// <param name="Failure">Why there was no usable answer; null where there was.</param>
/// <param name="Resolver">Who answered; null for the cache.</param>
public sealed record LookupTrace(
    string Step,
    DomainName Name,
    RecordType Type,
    LookupOutcome Outcome,
    ResponseCode ResponseCode,
    int Records,
    DomainName? CanonicalName,
    LookupSecurity Security,
    TimeSpan Elapsed,
    bool FromCache,
    string? Failure,
    string? Resolver);

public sealed record DiscoveryResult
{
    /// <summary>The address, prefix or domain name asked about.</summary>
    public required string Subject { get; init; }

    public required DiscoveryStatus Status { get; init; }

    /// <summary>Best first.</summary>
    public IReadOnlyList<AltoServer> Servers { get; init; } = [];

    /// <summary>All keys at the name that answered, also those whose host is none of the servers'.</summary>
    public IReadOnlyList<AltoKey> Keys { get; init; } = [];

    /// <summary>The name whose records led to the servers; null where there are none.</summary>
    public DomainName? AnsweringName { get; init; }

    /// <summary>
    /// The weakest of all lookups that decided, those that found nothing at longer names included: who can deny a name can
    /// also choose the server. A server's own is at the server.
    /// </summary>
    public LookupSecurity Security { get; init; }

    /// <summary>Lookups failed that may work later, and may then give a more accurate answer (RFC 8686 §3.5).</summary>
    public bool HadTemporaryErrors { get; init; }

    /// <summary>How long the result may be used (RFC 8686 §4.1); zero where it may not be kept.</summary>
    public TimeSpan TimeToLive { get; init; }

    /// <summary>Every lookup, in its order.</summary>
    public IReadOnlyList<LookupTrace> Trace { get; init; } = [];
}
