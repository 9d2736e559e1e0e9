// What is signed and what is not, and which chain proves what is not there.

using AltoDns.Protocol.Names;
using AltoDns.Protocol.Records;
using AltoDns.Protocol.Security;
using AltoDns.Scenarios;
using AltoDns.Zones.Configuration;
using AltoDns.Zones.Keys;
using AltoDns.Zones.Serving;
using AltoDns.Zones.Signing;

namespace AltoDns.Zones.Tests.Signing;

public sealed class ZoneSignerTests
{
    private static readonly DnssecPolicy Nsec = new();
    private static readonly DnssecPolicy Nsec3 = new() { Denial = DenialMethod.Nsec3 };
    private static readonly DnssecPolicy OptOut = new() { Denial = DenialMethod.Nsec3, OptOut = true };

    public static TheoryData<DnssecAlgorithm, DenialMethod, bool, KeyLayout, bool> Policies()
    {
        var data = new TheoryData<DnssecAlgorithm, DenialMethod, bool, KeyLayout, bool>();
        foreach (var algorithm in DnssecAlgorithms.Supported)
        {
            data.Add(algorithm, DenialMethod.Nsec, false, KeyLayout.Combined, false);
            data.Add(algorithm, DenialMethod.Nsec3, false, KeyLayout.Split, true);
            data.Add(algorithm, DenialMethod.Nsec3, true, KeyLayout.Combined, true);
            data.Add(algorithm, DenialMethod.Nsec, false, KeyLayout.Split, true);
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Policies))]
    public void A_signed_zone_is_found_valid(DnssecAlgorithm algorithm, DenialMethod denial, bool optOut, KeyLayout keys, bool digest)
    {
        var policy = new DnssecPolicy { Algorithm = algorithm, Denial = denial, OptOut = optOut, Keys = keys, ZoneMd = digest };
        var signed = Sign(SignedZones.Parse(SignedZones.Everything), policy);
        SignedZones.AssertValid(signed, SignedZones.Now);
        Assert.Equal(digest ? DigestOutcome.Valid : DigestOutcome.Unchecked, ZoneDigest.Check(signed));
    }

    [Theory]
    [InlineData("example.", "NS SOA TXT NSEC DNSKEY CDS CDNSKEY")]
    [InlineData("*.wild.example.", "TXT NAPTR NSEC")]
    [InlineData("empty.empty2.example.", "")]
    [InlineData("alias.example.", "CNAME NSEC")]
    [InlineData("moved.example.", "DNAME NSEC")]
    [InlineData("secure.example.", "DS NSEC")]
    [InlineData("ns1.secure.example.", "")]
    [InlineData("insecure.example.", "NSEC")]
    public void What_is_authoritative_is_signed_and_nothing_else(string name, string types) =>
        Assert.Equal(
            types.Split(' ').Order(StringComparer.Ordinal),
            SignedZones.SignedTypes(Sign(SignedZones.Parse(SignedZones.Everything), Nsec), name).Split(' ').Order(StringComparer.Ordinal));

    [Theory]
    [InlineData("example.", "alias.example. NS SOA TXT RRSIG NSEC DNSKEY CDS CDNSKEY")]
    [InlineData("alias.example.", "leaf.empty.empty2.example. CNAME RRSIG NSEC")]
    [InlineData("leaf.empty.empty2.example.", "insecure.example. PTR RRSIG NSEC")]
    [InlineData("empty2.example.", "")]
    [InlineData("insecure.example.", "sub.of.insecure2.example. NS RRSIG NSEC")]
    [InlineData("ns1.insecure.example.", "")]
    [InlineData("secure.example.", "*.wild.example. NS DS RRSIG NSEC")]
    [InlineData("zz.example.", "example. TXT RRSIG NSEC")]
    public void The_NSEC_chain_lists_the_names_that_own_something(string name, string data) =>
        Assert.Equal(data, SignedZones.Denial(Sign(SignedZones.Parse(SignedZones.Everything), Nsec), name));

    [Theory]
    [InlineData("example.", "NS SOA TXT RRSIG DNSKEY NSEC3PARAM CDS CDNSKEY", "NS SOA TXT RRSIG DNSKEY NSEC3PARAM CDS CDNSKEY")]
    [InlineData("empty2.example.", "", "")]
    [InlineData("*.wild.example.", "TXT NAPTR RRSIG", "TXT NAPTR RRSIG")]
    [InlineData("secure.example.", "NS DS RRSIG", "NS DS RRSIG")]
    [InlineData("insecure.example.", "NS", "none")]
    [InlineData("insecure2.example.", "", "none")]
    [InlineData("sub.of.insecure2.example.", "NS", "none")]
    [InlineData("ns1.insecure.example.", "none", "none")]
    public void The_NSEC3_chain_lists_names_and_empty_non_terminals(string name, string types, string typesWithOptOut)
    {
        var zone = SignedZones.Parse(SignedZones.Everything);
        Assert.Equal(types, SignedZones.Denial(Sign(zone, Nsec3), name));
        Assert.Equal(typesWithOptOut, SignedZones.Denial(Sign(zone, OptOut), name));
    }

    [Fact]
    public void NSEC3_has_no_salt_and_no_iterations_and_says_whether_it_opts_out()
    {
        var zone = SignedZones.Parse(SignedZones.Everything);
        foreach (var (policy, flags) in new[] { (Nsec3, 0), (OptOut, 1) })
        {
            var records = AltoDns.Zones.ZoneFiles.ZoneExporter.Records(Sign(zone, policy)).ToList();
            Assert.Equal("1 0 0 -", records.Single(record => record.Data is Nsec3ParamData).Data.ToString());
            Assert.All(records.Select(record => record.Data).OfType<Nsec3Data>(), data =>
            {
                Assert.Equal(flags, data.Flags);
                Assert.Equal(0, data.Iterations);
                Assert.True(data.Salt.IsEmpty);
            });
        }
    }

    [Fact]
    public void Signatures_name_the_zone_and_count_labels_without_the_asterisk()
    {
        var signed = Sign(SignedZones.Parse(SignedZones.Everything), Nsec);
        Assert.All(SignedZones.Signatures(signed), signature =>
        {
            Assert.Equal(SignedZones.Origin, signature.Data.Signer);
            Assert.Equal(RrsigFields.LabelsOf(signature.Owner.Wire), signature.Data.Labels);
        });
        Assert.Equal(2, SignedZones.Signatures(signed).First(signature => signature.Owner.IsWildcard).Data.Labels);
        Assert.Equal(60u, SignedZones.Signatures(signed).Single(signature => signature.Data.TypeCovered == RecordType.NAPTR).Data.OriginalTimeToLive);
    }

    [Fact]
    public void A_denial_has_the_TTL_of_the_negative_answer()
    {
        // RFC 9077 §3: the smaller of the SOA's TTL, 3600, and its MINIMUM, 600.
        foreach (var policy in new[] { Nsec, Nsec3 })
        {
            var records = AltoDns.Zones.ZoneFiles.ZoneExporter.Records(Sign(SignedZones.Parse(SignedZones.Everything), policy));
            Assert.All(records.Where(record => record.Data is NsecData or Nsec3Data), record => Assert.Equal(600u, record.TimeToLive));
        }
    }

    [Fact]
    public void The_serial_is_the_one_asked_for()
    {
        var signed = ZoneSigner.Sign(SignedZones.Parse(SignedZones.Everything), SigningKeys.Terms(SignedZones.Origin, Nsec, SignedZones.Now, serial: 4711)).Zone;
        Assert.Equal(4711u, signed.Serial);
    }

    [Fact]
    public void What_somebody_else_signed_with_is_left_out()
    {
        var plain = SignedZones.Parse(SignedZones.Everything);
        foreach (var policy in new[] { Nsec, Nsec3, OptOut with { ZoneMd = true } })
        {
            var others = ZoneSigner.Sign(plain, SigningKeys.Terms(SignedZones.Origin, policy, SignedZones.Now, number: 7)).Zone;
            var signed = Sign(others, Nsec);
            Assert.Equal(SignedZones.Records(Sign(plain, Nsec)), SignedZones.Records(signed));
            SignedZones.AssertValid(signed, SignedZones.Now);
        }
    }

    [Fact]
    public void Names_that_share_data_in_the_unsigned_zone_share_it_in_the_signed_one()
    {
        var builder = new ZoneBuilder(SignedZones.Origin);
        builder.AddRecord(0, 3600, new SoaData(DomainName.Root, DomainName.Root, 1, 7200, 900, 1209600, 600));
        var shared = builder.DefineShared([TxtData.FromText(new byte[400])], 3600);
        for (var i = 0; i < 1000; i++)
        {
            builder.Share(builder.AddName(DomainName.Parse($"n{i}.example.")), shared);
        }

        // 2 signatures of 64 octets and an NSEC record a name, and nothing near the 400 octets of the text.
        var signed = Sign(builder.Freeze(), Nsec);
        SignedZones.AssertValid(signed, SignedZones.Now);
        Assert.InRange(signed.StoredOctets / 1000, 300, 420);
    }

    [Fact]
    public void Two_algorithms_both_sign_everything()
    {
        var (first, second) = (SigningKeys.Key(DnssecAlgorithm.EcdsaP256Sha256, 257), SigningKeys.Key(DnssecAlgorithm.EcdsaP384Sha384, 257));
        var keys = SigningKeys.KeySet(SignedZones.Origin, Nsec);
        var zone = SignedZones.Parse(SignedZones.Everything);
        var published = new[] { first.Data, second.Data };
        var both = Terms(WithKeys(published, [first, second], [first, second]));
        SignedZones.AssertValid(ZoneSigner.Sign(zone, both).Zone, SignedZones.Now);

        // RFC 6840 §5.11: an algorithm of the DNSKEY RRset that does not sign everything makes the zone bogus.
        var half = ZoneVerifier.Verify(ZoneSigner.Sign(zone, Terms(WithKeys(published, [first, second], [first]))).Zone, SignedZones.Now);
        Assert.False(half.IsValid);
        Assert.Contains("no valid signature of algorithm ECDSAP384SHA384", half.Faults[0], StringComparison.Ordinal);

        // RFC 6781 §4.1.4: signatures come before their key.
        SignedZones.AssertValid(ZoneSigner.Sign(zone, Terms(WithKeys([first.Data], [first, second], [first, second]))).Zone, SignedZones.Now);

        ZoneKeySet WithKeys(DnskeyData[] dnskeys, DnssecSigningKey[] keySigners, DnssecSigningKey[] zoneSigners) => new()
        {
            Apex = keys.Apex,
            Generation = 1,
            Dnskeys = dnskeys,
            DnskeySigners = keySigners,
            ZoneSigners = zoneSigners,
            Cds = keys.Cds,
            Cdnskeys = keys.Cdnskeys,
            TimeToLive = keys.TimeToLive,
            NextStep = null,
            AwaitsParent = false,
        };

        static SigningTerms Terms(ZoneKeySet set) => new(set, Nsec, 1, SignedZones.Now);
    }

    private static ZoneSnapshot Sign(ZoneSnapshot zone, DnssecPolicy policy) =>
        ZoneSigner.Sign(zone, SigningKeys.Terms(zone.Origin, policy, SignedZones.Now)).Zone;
}
