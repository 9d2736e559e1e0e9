// Which signatures are kept and which are made anew, as time passes, keys change and names do.

using AltoDns.Protocol.Names;
using AltoDns.Protocol.Records;
using AltoDns.Protocol.Security;
using AltoDns.Scenarios;
using AltoDns.Zones.Configuration;
using AltoDns.Zones.History;
using AltoDns.Zones.Keys;
using AltoDns.Zones.Serving;
using AltoDns.Zones.Signing;
using AltoDns.Zones.Tests.Serving;

namespace AltoDns.Zones.Tests.Signing;

public sealed class SignatureReuseTests
{
    private static readonly DnssecPolicy Policy = new()
    {
        SignatureLifetime = TimeSpan.FromDays(14),
        SignatureRefresh = TimeSpan.FromDays(5),
        Jitter = TimeSpan.FromDays(1),
    };

    public static TheoryData<int, DenialMethod, bool, bool> Edits()
    {
        var data = new TheoryData<int, DenialMethod, bool, bool>();
        for (var seed = 1; seed <= 12; seed++)
        {
            data.Add(seed, DenialMethod.Nsec, false, seed % 4 == 0);
            data.Add(seed, DenialMethod.Nsec3, false, seed % 4 == 1);
            data.Add(seed, DenialMethod.Nsec3, true, seed % 4 == 2);
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Edits))]
    public void A_zone_signed_name_by_name_equals_one_signed_as_a_whole(int seed, DenialMethod denial, bool optOut, bool digest)
    {
        var random = new Random(seed);
        var policy = Policy with { Denial = denial, OptOut = optOut, ZoneMd = digest };
        var model = new ZoneModel(ZoneMaker.Origin);
        for (var names = random.Next(20, 60); names > 0; names--)
        {
            Put(model, random);
        }

        // Small zones are copied otherwise.
        var limits = seed % 3 == 0 ? EditLimits.Default : EditLimits.Always;
        var plain = WithLimits(model.Freeze(), limits);
        var signed = ZoneSigner.Sign(plain, SigningKeys.Terms(plain.Origin, policy, SignedZones.Now)).Zone;
        for (var version = 2u; version < 14; version++)
        {
            for (var edits = random.Next(1, 4); edits > 0; edits--)
            {
                Put(model, random);
            }

            var next = WithLimits(model.Freeze(), limits);
            var terms = SigningKeys.Terms(plain.Origin, policy, SignedZones.Now.AddHours(version), version);
            var updated = ZoneSigner.Update(next, terms, signed, ZoneDelta.Between(plain, next).ChangedNames);
            Assert.Equal(SignedZones.Records(ZoneSigner.Sign(next, terms).Zone), SignedZones.Records(updated.Zone));
            SignedZones.AssertValid(updated.Zone, terms.Now);
            var partial = updated.Verify(terms.Now);
            Assert.True(partial.IsValid, partial.ToString());
            (plain, signed) = (next, updated.Zone);
        }
    }

    [Theory]
    [InlineData(DenialMethod.Nsec)]
    [InlineData(DenialMethod.Nsec3)]
    public void Edits_appended_to_a_zone_are_appended_to_the_signed_one(DenialMethod denial)
    {
        var random = new Random(1);
        var policy = Policy with { Denial = denial };
        var model = new ZoneModel(ZoneMaker.Origin);
        for (var names = 0; names < 40; names++)
        {
            Put(model, random);
        }

        var plain = WithLimits(model.Freeze(), EditLimits.Always);
        var signed = ZoneSigner.Sign(plain, SigningKeys.Terms(plain.Origin, policy, SignedZones.Now)).Zone;
        for (var version = 2u; version < 20; version++)
        {
            var editor = new SnapshotEditor(plain);
            var name = DomainName.Parse($"n{version % 5}.m.example.");
            editor.Set(name, version % 3 == 0 ? default : editor.Add(RRsetContent.Of(60, [new AData(version)])));
            var next = editor.Build();
            var terms = SigningKeys.Terms(plain.Origin, policy, SignedZones.Now.AddHours(version), version);
            var updated = ZoneSigner.Update(next, terms, signed, ZoneDelta.Between(plain, next).ChangedNames);
            Assert.False(updated.IsWhole);
            Assert.Equal(SignedZones.Records(ZoneSigner.Sign(next, terms).Zone), SignedZones.Records(updated.Zone));
            SignedZones.AssertValid(updated.Zone, terms.Now);
            Assert.True(updated.Verify(terms.Now).IsValid);
            var refreshed = ZoneSigner.Refresh(next, terms with { Now = terms.Now.AddDays(12) }, updated.Zone);
            SignedZones.AssertValid(refreshed.Zone, terms.Now.AddDays(12));
            (plain, signed) = (next, updated.Zone);
        }

        Assert.NotNull(signed.Parts.Order);
    }

    [Fact]
    public void A_change_signs_the_name_its_neighbour_and_the_SOA()
    {
        var plain = SignedZones.Parse(SignedZones.Everything);
        var signed = ZoneSigner.Sign(plain, Terms(0)).Zone;
        Assert.Equal(3, Update("alias2 TXT \"new\"", "alias2.example.").Made - 1); // TXT and NSEC of the name, NSEC before it, SOA
        Assert.Equal(2, Update("ns1 AAAA 2001:db8::1", "ns1.example.").Made - 1); // AAAA and NSEC of the name, SOA

        SignedZone Update(string line, string name)
        {
            var result = ZoneSigner.Update(SignedZones.Parse($"{SignedZones.Everything}\n{line}"), Terms(1), signed, [DomainName.Parse(name)]);
            Assert.False(result.IsWhole);
            SignedZones.AssertValid(result.Zone, Terms(1).Now);
            return result;
        }
    }

    [Fact]
    public void Signatures_that_were_verified_are_believed_and_others_are_not()
    {
        var plain = SignedZones.Parse(SignedZones.Everything);
        var first = ZoneSigner.Sign(plain, Terms(0));
        Assert.Equal(first.Made, first.Verify(Terms(0).Now).SignaturesChecked);
        var again = ZoneSigner.Sign(plain, Terms(1), first.Zone);
        Assert.Equal(1, again.Verify(Terms(1).Now).SignaturesChecked);

        // Of a name that is edited, what stays is believed, too.
        var edited = ZoneSigner.Update(SignedZones.Parse($"{SignedZones.Everything}\n@ TXT \"more\""), Terms(2), first.Zone, [SignedZones.Origin]);
        Assert.False(edited.IsWhole);
        Assert.True(edited.Kept > 0);
        Assert.Equal(edited.Made, edited.Verify(Terms(2).Now).SignaturesChecked);

        // A key that signed before it was in the zone: nobody has looked at its signatures yet.
        var (key, other) = (SigningKeys.Key(DnssecAlgorithm.EcdsaP256Sha256, 257), SigningKeys.Key(DnssecAlgorithm.EcdsaP384Sha384, 257));
        var hidden = ZoneSigner.Sign(plain, With([key.Data]));
        Assert.Equal(hidden.Made / 2, hidden.Verify(SignedZones.Now).SignaturesChecked);
        var published = ZoneSigner.Sign(plain, With([key.Data, other.Data]), hidden.Zone);
        Assert.True(published.Kept > published.Made);
        Assert.Equal(published.Kept + published.Made, published.Verify(SignedZones.Now).SignaturesChecked);

        SigningTerms With(DnskeyData[] keys) => new(
            new ZoneKeySet
            {
                Apex = SignedZones.Origin,
                Generation = keys.Length,
                Dnskeys = keys,
                DnskeySigners = [key, other],
                ZoneSigners = [key, other],
                Cds = [],
                Cdnskeys = [],
                TimeToLive = 3600,
                NextStep = null,
                AwaitsParent = false,
            },
            Policy,
            (uint)keys.Length,
            SignedZones.Now);
    }

    [Fact]
    public void A_cut_above_existing_names_takes_their_signatures_away()
    {
        var plain = SignedZones.Parse(SignedZones.Everything);
        var signed = ZoneSigner.Sign(plain, Terms(0)).Zone;
        var next = SignedZones.Parse($"{SignedZones.Everything}\nempty2 NS ns1");
        var result = ZoneSigner.Update(next, Terms(1), signed, [DomainName.Parse("empty2.example.")]);
        SignedZones.AssertValid(result.Zone, Terms(1).Now);
        Assert.Equal("", SignedZones.SignedTypes(result.Zone, "leaf.empty.empty2.example."));
    }

    [Fact]
    public void Signatures_are_kept_until_they_are_due_and_then_made_anew()
    {
        var plain = SignedZones.Parse(SignedZones.Everything);
        var first = ZoneSigner.Sign(plain, Terms(0));
        var early = ZoneSigner.Sign(plain, Terms(24), first.Zone);
        Assert.Equal(1, early.Made); // the SOA's, whose serial is new
        Assert.Equal(first.Made - 1, early.Kept);
        var refreshed = ZoneSigner.Refresh(plain, Terms(9.5 * 24), first.Zone);
        SignedZones.AssertValid(refreshed.Zone, Terms(9.5 * 24).Now);
        Assert.All(SignedZones.Signatures(refreshed.Zone), signature => Assert.True(SignatureLife(signature.Data, 9.5 * 24) >= 5));
        var later = ZoneSigner.Refresh(plain, Terms(13 * 24), refreshed.Zone);
        SignedZones.AssertValid(later.Zone, Terms(13 * 24).Now);
    }

    [Fact]
    public void Only_what_is_due_is_signed_by_a_refresh()
    {
        var plain = Many(2000);
        var first = ZoneSigner.Sign(plain, Terms(0)).Zone;

        // The first expire a day before the last, when five days are left of the thirteenth.
        var hours = (13 - 5) * 24 + 2.5;
        var refreshed = ZoneSigner.Refresh(plain, Terms(hours), first);
        Assert.False(refreshed.IsWhole);
        Assert.InRange(refreshed.Made, 200, 900);
        SignedZones.AssertValid(refreshed.Zone, Terms(hours).Now);
        Assert.All(SignedZones.Signatures(refreshed.Zone), signature => Assert.True(SignatureLife(signature.Data, hours) >= 5));
    }

    [Fact]
    public void Expirations_are_spread_over_the_jitter()
    {
        var signed = ZoneSigner.Sign(Many(500), Terms(0)).Zone;
        var lives = SignedZones.Signatures(signed).Select(signature => SignatureLife(signature.Data, 0)).ToList();
        Assert.All(lives, life => Assert.InRange(life, 13, 14));
        for (var quarter = 0; quarter < 4; quarter++)
        {
            Assert.InRange(lives.Count(life => life >= 13 + quarter / 4.0 && life < 13 + (quarter + 1) / 4.0), lives.Count / 6, lives.Count / 3);
        }
    }

    [Theory]
    [InlineData(-0.9, true)] // An hour of slow clock is what inceptions are dated back for.
    [InlineData(-3, false)]
    [InlineData(24 * 30, false)]
    public void After_a_jump_of_the_clock_signatures_that_do_not_hold_are_made_anew(double hours, bool keeps)
    {
        var plain = SignedZones.Parse(SignedZones.Everything);
        var first = ZoneSigner.Sign(plain, Terms(0));
        var next = ZoneSigner.Refresh(plain, Terms(hours), first.Zone);
        SignedZones.AssertValid(next.Zone, Terms(hours).Now);
        Assert.Equal(keeps ? 1 : first.Made, next.Made);
    }

    [Fact]
    public void Another_key_keeps_no_signature_even_under_the_same_tag()
    {
        var plain = SignedZones.Parse(SignedZones.Everything);
        var first = ZoneSigner.Sign(plain, Terms(0));
        var rolled = ZoneSigner.Sign(plain, SigningKeys.Terms(SignedZones.Origin, Policy, SignedZones.Now, number: 3), first.Zone);
        Assert.Equal(0, rolled.Kept);
        SignedZones.AssertValid(rolled.Zone, SignedZones.Now);
    }

    [Fact]
    public void A_shorter_lifetime_takes_effect_at_once()
    {
        var plain = SignedZones.Parse(SignedZones.Everything);
        var first = ZoneSigner.Sign(plain, Terms(0)).Zone;
        var policy = Policy with { SignatureLifetime = TimeSpan.FromDays(4), SignatureRefresh = TimeSpan.FromDays(1), Jitter = TimeSpan.Zero };
        var next = ZoneSigner.Refresh(plain, SigningKeys.Terms(SignedZones.Origin, policy, SignedZones.Now), first);
        Assert.All(SignedZones.Signatures(next.Zone), signature => Assert.InRange(SignatureLife(signature.Data, 0), 3.9, 4));
    }

    private static ZoneSnapshot Many(int names) => SignedZones.Parse(
        "@ SOA ns1 hostmaster 1 7200 900 1209600 600\n@ NS ns1\n" + string.Join('\n', Enumerable.Range(0, names).Select(i => $"h{i} A 192.0.2.1")));

    private static SigningTerms Terms(double hours) =>
        SigningKeys.Terms(SignedZones.Origin, Policy, SignedZones.Now.AddHours(hours), serial: (uint)(100 + hours));

    private static double SignatureLife(RrsigData signature, double hours) =>
        SerialNumber.Compare(signature.Expiration, (uint)SignedZones.Now.AddHours(hours).ToUnixTimeSeconds()) / 86400.0;

    private static ZoneSnapshot WithLimits(ZoneSnapshot zone, EditLimits limits) => new(zone.Origin, zone.Parts with { Limits = limits });

    private static void Put(ZoneModel model, Random random)
    {
        var name = ZoneMaker.Name(random, model.Origin);
        if (name == model.Origin)
        {
            return;
        }

        var rrsets = ZoneModel.RandomRRsets(random);
        if (rrsets.Count == 0)
        {
            model.Names.Remove(name);
        }
        else
        {
            model.Names[name] = new(rrsets.ToDictionary(entry => entry.Key, entry => entry.Value with { Signatures = [] }));
        }
    }
}
