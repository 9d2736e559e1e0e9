// Signatures that outlast the program: what is taken over from their file, and what no damage to it can bring about.

using AltoDns.Protocol.Names;
using AltoDns.Protocol.Records;
using AltoDns.Protocol.Security;
using AltoDns.Scenarios;
using AltoDns.Zones.Configuration;
using AltoDns.Zones.Keys;
using AltoDns.Zones.Signing;

namespace AltoDns.Zones.Tests.Signing;

public sealed class SignatureFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("altodns-signatures-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private SignatureFile SignatureFile => new(_folder, SignedZones.Origin);

    [Theory]
    [InlineData(DnssecAlgorithm.EcdsaP256Sha256, DenialMethod.Nsec, false, KeyLayout.Combined)]
    [InlineData(DnssecAlgorithm.EcdsaP384Sha384, DenialMethod.Nsec3, true, KeyLayout.Split)]
    [InlineData(DnssecAlgorithm.RsaSha256, DenialMethod.Nsec3, false, KeyLayout.Combined)]
    public void An_unchanged_zone_needs_no_signature_but_those_of_its_serial(DnssecAlgorithm algorithm, DenialMethod denial, bool optOut, KeyLayout keys)
    {
        var policy = new DnssecPolicy { Algorithm = algorithm, Denial = denial, OptOut = optOut, Keys = keys, ZoneMd = true };
        var zone = SignedZones.Parse(SignedZones.Everything);
        var first = ZoneSigner.Sign(zone, Terms(policy, serial: 1));
        Write(first, policy);
        var second = ZoneSigner.Sign(zone, Terms(policy, serial: 2, hours: 5), kept: Read(policy));

        // The SOA and the digest.
        Assert.Equal(2, second.Made);
        Assert.Equal(first.Made - 2, second.Kept);
        var result = second.Verify(SignedZones.Now.AddHours(5));
        Assert.True(result.IsValid, result.ToString());
        Assert.Equal(2, result.SignaturesChecked);
        SignedZones.AssertValid(second.Zone, SignedZones.Now.AddHours(5));
    }

    [Fact]
    public void The_file_is_its_owners_alone()
    {
        Write(Sign(new()), new());
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(SignatureFile.Path));
        }
    }

    [Fact]
    public void What_changed_meanwhile_is_signed_anew()
    {
        var policy = new DnssecPolicy();
        Write(Sign(policy), policy);
        var changed = SignedZones.Parse(SignedZones.Everything.Replace("ns1 A 192.0.2.1", "ns1 A 192.0.2.99", StringComparison.Ordinal));
        var next = ZoneSigner.Sign(changed, Terms(policy, serial: 2), kept: Read(policy));
        Assert.Equal(2, next.Made);
        SignedZones.AssertValid(next.Zone, SignedZones.Now);
    }

    [Fact]
    public void A_signature_that_is_due_is_made_anew()
    {
        var policy = new DnssecPolicy();
        var first = Sign(policy);
        Write(first, policy);
        var late = SignedZones.Now + policy.SignatureLifetime;
        var next = ZoneSigner.Sign(SignedZones.Parse(SignedZones.Everything), SigningKeys.Terms(SignedZones.Origin, policy, late), kept: Read(policy));
        Assert.Equal(first.Made, next.Made);
        Assert.True(next.Verify(late).IsValid);

        // And when the clock was set back to before they were made.
        var early = SignedZones.Now.AddDays(-2);
        next = ZoneSigner.Sign(SignedZones.Parse(SignedZones.Everything), SigningKeys.Terms(SignedZones.Origin, policy, early), kept: Read(policy));
        Assert.Equal(first.Made, next.Made);
        Assert.True(next.Verify(early).IsValid);
    }

    [Fact]
    public void Nothing_is_taken_over_that_is_by_other_keys()
    {
        var policy = new DnssecPolicy();
        Write(Sign(policy), policy);
        Assert.Null(SignatureFile.Read(SigningKeys.KeySet(SignedZones.Origin, policy, number: 1), out var fault));
        Assert.Null(fault);
    }

    [Fact]
    public void A_file_by_another_key_with_the_same_tag_is_a_fault()
    {
        var policy = new DnssecPolicy();
        Write(Sign(policy), policy);
        var keys = SigningKeys.KeySet(SignedZones.Origin, policy, number: 1);
        var octets = File.ReadAllBytes(SignatureFile.Path);
        var tag = "ALTODNS SIGNATURES 2\n".Length + SignedZones.Origin.Length + sizeof(uint) + 2;
        (octets[tag], octets[tag + 1]) = ((byte)(keys.ZoneSigners[0].Tag >> 8), (byte)keys.ZoneSigners[0].Tag);
        File.WriteAllBytes(SignatureFile.Path, octets);
        Assert.Null(SignatureFile.Read(keys, out var fault));
        Assert.Contains("is another", fault, StringComparison.Ordinal);
    }

    [Fact]
    public void A_key_that_is_not_in_the_zone_yet_cannot_vouch_for_its_signatures()
    {
        var policy = new DnssecPolicy();
        var keys = SigningKeys.KeySet(SignedZones.Origin, policy);
        var hidden = new ZoneKeySet
        {
            Apex = keys.Apex,
            Generation = 1,
            Dnskeys = keys.Dnskeys,
            DnskeySigners = keys.DnskeySigners,
            ZoneSigners = [.. keys.ZoneSigners, SigningKeys.Key(policy.Algorithm, DnssecKey.KeySigningFlags, 5)],
            Cds = [],
            Cdnskeys = [],
            TimeToLive = 3600,
            NextStep = null,
            AwaitsParent = false,
        };
        Assert.Null(SignatureFileKey.Of(hidden));
        Assert.NotNull(SignatureFileKey.Of(keys));
    }

    [Fact]
    public void No_flipped_bit_goes_unnoticed()
    {
        var policy = new DnssecPolicy();
        Write(Sign(policy), policy);
        var octets = File.ReadAllBytes(SignatureFile.Path);
        for (var i = 0; i < octets.Length; i++)
        {
            octets[i] ^= 0x40;
            File.WriteAllBytes(SignatureFile.Path, octets);
            Assert.Null(SignatureFile.Read(SigningKeys.KeySet(SignedZones.Origin, policy), out _));
            octets[i] ^= 0x40;
        }
    }

    [Fact]
    public void No_missing_or_added_octet_goes_unnoticed()
    {
        var policy = new DnssecPolicy();
        Write(Sign(policy), policy);
        var octets = File.ReadAllBytes(SignatureFile.Path);
        for (var length = 0; length < octets.Length; length++)
        {
            File.WriteAllBytes(SignatureFile.Path, octets[..length]);
            Assert.Null(SignatureFile.Read(SigningKeys.KeySet(SignedZones.Origin, policy), out var fault));
            Assert.Equal("it is cut short", fault);
        }

        File.WriteAllBytes(SignatureFile.Path, [.. octets, 0]);
        Assert.Null(SignatureFile.Read(SigningKeys.KeySet(SignedZones.Origin, policy), out var more));
        Assert.Equal("it goes on after its end", more);
    }

    [Fact]
    public void A_file_of_another_zone_is_a_fault()
    {
        var policy = new DnssecPolicy();
        Write(Sign(policy), policy);
        var other = new SignatureFile(_folder, DomainName.Parse("xample.org."));
        File.Copy(SignatureFile.Path, other.Path);
        Assert.Null(other.Read(SigningKeys.KeySet(SignedZones.Origin, policy), out var fault));
        Assert.Equal("it is no file of this zone", fault);
        Assert.EndsWith(".damaged", other.PutAside(), StringComparison.Ordinal);
        Assert.False(File.Exists(other.Path));
    }

    [Fact]
    public void Writing_that_is_given_up_leaves_the_file_before()
    {
        var policy = new DnssecPolicy();
        Write(Sign(policy), policy);
        var before = File.ReadAllBytes(SignatureFile.Path);
        var keys = SignatureFileKey.Of(SigningKeys.KeySet(SignedZones.Origin, policy))!;
        Assert.Throws<OperationCanceledException>(() => SignatureFile.Write(Sign(policy).Zone, keys, new CancellationToken(canceled: true)));
        Assert.Equal(before, File.ReadAllBytes(SignatureFile.Path));
        Assert.Single(Directory.GetFiles(SignatureFile.FolderOf(_folder)));
    }

    [Fact]
    public void An_edited_zone_is_kept_as_a_whole_one_is()
    {
        var policy = new DnssecPolicy { Denial = DenialMethod.Nsec3 };
        var text = string.Join('\n', Enumerable.Range(1, 300).Select(host => $"h{host} A 192.0.2.1"));
        var before = SignedZones.Parse($"{SignedZones.Everything}\n{text}");
        var after = SignedZones.Parse($"{SignedZones.Everything}\n{text}\nmore A 192.0.2.7");
        var whole = ZoneSigner.Sign(before, Terms(policy));
        var edited = ZoneSigner.Update(after, Terms(policy, serial: 2), whole.Zone, [DomainName.Parse("more.example.")]);
        Assert.False(edited.IsWhole);
        Write(edited, policy);
        Assert.Equal(1, ZoneSigner.Sign(after, Terms(policy, serial: 3), kept: Read(policy)).Made);
    }

    private static SigningTerms Terms(DnssecPolicy policy, uint serial = 1, int hours = 0) =>
        SigningKeys.Terms(SignedZones.Origin, policy, SignedZones.Now.AddHours(hours), serial);

    private static SignedZone Sign(DnssecPolicy policy) => ZoneSigner.Sign(SignedZones.Parse(SignedZones.Everything), Terms(policy));

    private void Write(SignedZone signed, DnssecPolicy policy) =>
        SignatureFile.Write(signed.Zone, SignatureFileKey.Of(SigningKeys.KeySet(SignedZones.Origin, policy))!, CancellationToken.None);

    private KeptSignatures Read(DnssecPolicy policy)
    {
        var kept = SignatureFile.Read(SigningKeys.KeySet(SignedZones.Origin, policy), out var fault);
        Assert.Null(fault);
        return Assert.IsType<KeptSignatures>(kept);
    }
}
