// Each way in which a signed zone can be wrong is found, and said.

using AltoDns.Protocol.Names;
using AltoDns.Protocol.Records;
using AltoDns.Scenarios;
using AltoDns.Zones.Configuration;
using AltoDns.Zones.Serving;
using AltoDns.Zones.Signing;

namespace AltoDns.Zones.Tests.Signing;

public sealed class ZoneVerifierTests
{
    private static readonly DnssecPolicy Nsec = new();
    private static readonly DnssecPolicy Nsec3 = new() { Denial = DenialMethod.Nsec3 };

    [Fact]
    public void An_unsigned_zone_is_not_valid() =>
        AssertFault("no zone key", ZoneVerifier.Verify(SignedZones.Parse(SignedZones.Everything), SignedZones.Now));

    [Theory]
    [InlineData(-2, "still to come")]
    [InlineData(24 * 15, "expired at")]
    public void Signatures_out_of_their_time_are_found(int hours, string fault) =>
        AssertFault(fault, ZoneVerifier.Verify(Sign(Nsec), SignedZones.Now.AddHours(hours)));

    [Fact]
    public void A_flipped_bit_in_any_signature_is_found()
    {
        var signed = Sign(Nsec);
        for (var rrset = 0; rrset < signed.RRsetCount; rrset++)
        {
            var run = signed.Parts.Signatures[rrset];
            if (run.Length == 0)
            {
                continue;
            }

            var room = signed.Parts.Data.Fill(run.Offset, run.Length);
            room[^1] ^= 1;
            AssertFault("is not that of the records", ZoneVerifier.Verify(signed, SignedZones.Now));
            room[^1] ^= 1;
        }

        SignedZones.AssertValid(signed, SignedZones.Now);
    }

    [Fact]
    public void A_flipped_bit_in_any_record_is_found()
    {
        foreach (var signed in new[] { Sign(Nsec), Sign(Nsec3) })
        {
            for (var rrset = 0; rrset < signed.RRsetCount; rrset++)
            {
                // Glue and the NS records of delegations are the child's to sign.
                if (signed.SignaturesOf(rrset).IsEmpty)
                {
                    continue;
                }

                var set = signed.RRset(rrset);
                var room = signed.Parts.Data.Fill(set.Offset, set.Length);
                room[^1] ^= 1;
                Assert.False(ZoneVerifier.Verify(signed, SignedZones.Now).IsValid);
                room[^1] ^= 1;
            }
        }
    }

    [Theory]
    [InlineData("ns1.example.", RecordType.A, "no valid signature")]
    [InlineData("alias.example.", RecordType.CNAME, "no valid signature")]
    [InlineData("secure.example.", RecordType.DS, "no valid signature")]
    [InlineData("example.", RecordType.DNSKEY, "no valid signature")]
    public void A_missing_signature_is_found(string name, RecordType type, string fault) =>
        AssertFault(fault, Verify(Edit(Sign(Nsec), name, (zone, rrset) => zone.RRset(rrset).Type == type ? RRsetContent.Signed(zone, rrset, default) : Keep(zone, rrset))));

    [Theory]
    [InlineData("secure.example.", RecordType.NS)]
    [InlineData("ns1.secure.example.", RecordType.A)]
    public void A_signature_where_none_belongs_is_found(string name, RecordType type)
    {
        var signed = Sign(Nsec);
        var signature = signed.SignaturesOf(signed.SoaRRset).ToArray();
        AssertFault("yet it is signed", Verify(Edit(signed, name, (zone, rrset) => zone.RRset(rrset).Type == type ? RRsetContent.Signed(zone, rrset, signature) : Keep(zone, rrset))));
    }

    [Fact]
    public void A_name_missing_from_the_NSEC_chain_is_found() =>
        AssertFault("missing from the chain", Verify(Edit(Sign(Nsec), "alias.example.", (zone, rrset) => zone.RRset(rrset).Type == RecordType.NSEC ? null : Keep(zone, rrset))));

    [Fact]
    public void A_validly_signed_chain_that_leaves_a_name_out_is_found()
    {
        // Signed as it should be, but of a zone without that name.
        var without = ZoneSigner.Sign(SignedZones.Parse(SignedZones.Everything.Replace("alias CNAME leaf.empty.empty2\n", "", StringComparison.Ordinal)), Terms(Nsec)).Zone;
        var whole = Sign(Nsec);
        var editor = new SnapshotEditor(without);
        var alias = Find(whole, "alias.example.");
        var cname = whole.FindRRset(alias, RecordType.CNAME);
        editor.Set(DomainName.Parse("alias.example."), RRsetContent.Of(RecordType.CNAME, whole.RRset(cname).TimeToLive, whole.DataOf(whole.RRset(cname)).ToArray(), whole.SignaturesOf(cname).ToArray()));
        var result = Verify(editor.Build());
        AssertFault("alias.example. NSEC: the name is missing from the chain", result);
        Assert.Contains(result.Faults, fault => fault.Contains("the next name is not the one that follows", StringComparison.Ordinal));
    }

    [Fact]
    public void Types_that_an_NSEC_record_leaves_out_are_found()
    {
        var more = ZoneSigner.Sign(SignedZones.Parse($"{SignedZones.Everything}\nzz A 192.0.2.9"), Terms(Nsec)).Zone;
        var signed = Sign(Nsec);
        var added = more.FindRRset(Find(more, "zz.example."), RecordType.A);
        var editor = new SnapshotEditor(signed);
        var node = Find(signed, "zz.example.");
        editor.Set(node, editor.Add(
        [
            RRsetContent.Of(RecordType.A, 3600, more.DataOf(more.RRset(added)).ToArray(), more.SignaturesOf(added).ToArray()),
            .. Enumerable.Range(signed.FirstRRset(node), 2).Select(rrset => RRsetContent.Keep(signed, rrset)),
        ]));
        AssertFault("the types are not those of the name", Verify(editor.Build()));
    }

    [Fact]
    public void A_link_too_few_or_too_many_in_the_NSEC3_chain_is_found()
    {
        var signed = Sign(Nsec3);
        var chain = signed.Nsec3!;
        var few = new SnapshotEditor(signed);
        few.RemoveLink(chain.HashOf(2));
        AssertFault("missing from the chain", Verify(few.Build()));
        var many = new SnapshotEditor(signed);
        var stray = chain.HashOf(2).ToArray();
        stray[^1]++;
        many.SetLink(stray, RRsetContent.Keep(signed, chain.RRsetOf(2)));
        var result = Verify(many.Build());
        AssertFault("no name of the zone has this hash", result);
        Assert.Contains(result.Faults, fault => fault.Contains("the next hash is not the one that follows", StringComparison.Ordinal));
    }

    [Fact]
    public void A_secure_delegation_may_not_be_left_out_by_opt_out()
    {
        var signed = Sign(new DnssecPolicy { Denial = DenialMethod.Nsec3, OptOut = true });
        var hash = new byte[Protocol.Security.Nsec3Hash.Length];
        Protocol.Security.Nsec3Hash.Compute(DomainName.Parse("secure.example.").Wire, signed.Nsec3!.Parameters, hash);
        var editor = new SnapshotEditor(signed);
        editor.RemoveLink(hash);
        AssertFault("secure.example. NSEC3: the name is missing", Verify(editor.Build()));
    }

    [Fact]
    public void A_digest_of_another_zone_is_found()
    {
        var signed = Sign(Nsec with { ZoneMd = true });
        var before = Sign(Nsec with { ZoneMd = true }, SignedZones.Everything + "\nzzz A 192.0.2.1");
        var digest = before.FindRRset(0, RecordType.ZONEMD);
        var wrong = RRsetContent.Of(RecordType.ZONEMD, 3600, before.DataOf(before.RRset(digest)).ToArray(), before.SignaturesOf(digest).ToArray());
        AssertFault("the digest is not that of the zone", Verify(Edit(signed, "example.", (zone, rrset) => zone.RRset(rrset).Type == RecordType.ZONEMD ? wrong : Keep(zone, rrset))));
    }

    [Fact]
    public void Faults_beyond_the_first_are_counted()
    {
        var result = ZoneVerifier.Verify(Sign(Nsec), SignedZones.Now.AddDays(20));
        Assert.Equal(10, result.Faults.Count);
        Assert.True(result.FaultCount > 30);
        Assert.EndsWith($"and {result.FaultCount - 10} more", result.ToString(), StringComparison.Ordinal);
    }

    private static RRsetContent? Keep(ZoneSnapshot zone, int rrset) => RRsetContent.Keep(zone, rrset);

    private static ZoneSnapshot Edit(ZoneSnapshot zone, string name, Func<ZoneSnapshot, int, RRsetContent?> change)
    {
        var node = Find(zone, name);
        var editor = new SnapshotEditor(zone);
        editor.Set(node, editor.Add([.. Enumerable.Range(zone.FirstRRset(node), zone.RRsetsOf(node).Length).Select(rrset => change(zone, rrset)).OfType<RRsetContent>()]));
        return editor.Build();
    }

    private static int Find(ZoneSnapshot zone, string name)
    {
        var lookup = new LookupName();
        lookup.Set(DomainName.Parse(name).Wire);
        return zone.FindNode(lookup);
    }

    private static void AssertFault(string fault, VerificationResult result)
    {
        Assert.False(result.IsValid);
        Assert.Contains(result.Faults, text => text.Contains(fault, StringComparison.Ordinal));
    }

    private static VerificationResult Verify(ZoneSnapshot zone) => ZoneVerifier.Verify(zone, SignedZones.Now);

    private static SigningTerms Terms(DnssecPolicy policy) => SigningKeys.Terms(SignedZones.Origin, policy, SignedZones.Now);

    private static ZoneSnapshot Sign(DnssecPolicy policy, string text = SignedZones.Everything) => ZoneSigner.Sign(SignedZones.Parse(text), Terms(policy)).Zone;
}
