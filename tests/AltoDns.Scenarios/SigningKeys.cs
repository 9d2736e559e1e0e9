// Keys for tests that sign: made once for each algorithm, since only what is signed with them matters.

using System.Collections.Concurrent;
using AltoDns.Protocol.Names;
using AltoDns.Protocol.Records;
using AltoDns.Protocol.Security;
using AltoDns.Zones.Configuration;
using AltoDns.Zones.Keys;
using AltoDns.Zones.Signing;

namespace AltoDns.Scenarios;

public static class SigningKeys
{
    private static readonly ConcurrentDictionary<(DnssecAlgorithm Algorithm, ushort Flags, int Number), Lazy<DnssecSigningKey>> Keys = new();

    /// <summary>A key, always the same for the same arguments of one process. Signers clone it.</summary>
    public static DnssecSigningKey Key(DnssecAlgorithm algorithm, ushort flags, int number = 0) =>
        Keys.GetOrAdd((algorithm, flags, number), name => new Lazy<DnssecSigningKey>(() => DnssecSigningKey.Generate(name.Algorithm, name.Flags))).Value;

    /// <summary>The keys of a zone that is not rolling any.</summary>
    /// <param name="number">Another number gives other keys.</param>
    public static ZoneKeySet KeySet(DomainName apex, DnssecPolicy policy, int number = 0)
    {
        var keySigning = Key(policy.Algorithm, DnssecKey.KeySigningFlags, number);
        IReadOnlyList<DnssecSigningKey> zoneSigners = policy.Keys == KeyLayout.Combined ? [keySigning] : [Key(policy.Algorithm, DnssecKey.ZoneSigningFlags, number)];
        return new ZoneKeySet
        {
            Apex = apex,
            Generation = number,
            Dnskeys = [.. zoneSigners.Append(keySigning).Distinct().Select(key => key.Data)],
            DnskeySigners = [keySigning],
            ZoneSigners = zoneSigners,
            Cds = policy.Cds == ParentRequest.Publish ? [DelegationDigest.CreateCds(apex, keySigning.Data, DigestType.Sha256)] : [],
            Cdnskeys = policy.Cds == ParentRequest.Publish
                ? [new CdnskeyData(keySigning.Data.Flags, keySigning.Data.Protocol, keySigning.Algorithm, keySigning.Data.PublicKey.ToArray())]
                : [],
            TimeToLive = (uint)policy.DnskeyTimeToLive.TotalSeconds,
            NextStep = null,
            AwaitsParent = false,
        };
    }

    public static SigningTerms Terms(DomainName apex, DnssecPolicy policy, DateTimeOffset now, uint serial = 1, int number = 0) =>
        new(KeySet(apex, policy, number), policy, serial, now);
}
