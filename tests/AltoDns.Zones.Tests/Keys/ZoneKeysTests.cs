// Keys in the state folder: made once, stored before use, never replaced in silence.

using System.Security.Cryptography;
using AltoDns.Protocol.Names;
using AltoDns.Protocol.Records;
using AltoDns.Protocol.Security;
using AltoDns.Zones.Configuration;
using AltoDns.Zones.Keys;

namespace AltoDns.Zones.Tests.Keys;

[System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
public sealed class ZoneKeysTests : IDisposable
{
    private static readonly DomainName Zone = DomainName.Parse("2.0.192.in-addr.arpa.");
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly string _folder = Directory.CreateTempSubdirectory("altodns-keys-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(KeyLayout.Combined, DnssecAlgorithm.EcdsaP256Sha256, "257")]
    [InlineData(KeyLayout.Split, DnssecAlgorithm.EcdsaP384Sha384, "257 256")]
    [InlineData(KeyLayout.Combined, DnssecAlgorithm.RsaSha256, "257")]
    public void Makes_keys_once_and_finds_them_again(KeyLayout layout, DnssecAlgorithm algorithm, string flags)
    {
        var policy = new DnssecPolicy { Keys = layout, Algorithm = algorithm };
        using var keys = Open();
        var (first, events) = keys.Advance(policy, Start);

        Assert.Equal(flags, string.Join(' ', first.Dnskeys.Select(key => key.Flags)));
        Assert.Equal(first.Dnskeys.Count, events.Count(entry => entry.Step == KeyStep.Created));
        Assert.All(first.Dnskeys, key => Assert.Equal(algorithm, key.Algorithm));
        Assert.Equal([257], first.DnskeySigners.Select(key => (int)key.Data.Flags));
        Assert.Equal(first.Dnskeys[^1], Assert.Single(first.ZoneSigners).Data);
        Assert.Empty(first.Cds);

        using var again = Open();
        var (second, nothing) = again.Advance(policy, Start);

        Assert.Empty(nothing);
        Assert.Equal(first.Generation, second.Generation);
        Assert.Equal(first.Dnskeys, second.Dnskeys);
        Assert.All(Directory.EnumerateFiles(_folder, "*.pem", SearchOption.AllDirectories), file =>
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file)));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(ZoneFolder));
        Assert.Equal([Zone], new KeyStore(_folder).ListZones());
    }

    [Fact]
    public void Rolls_a_combined_key_from_first_to_second()
    {
        var policy = new DnssecPolicy();
        using var keys = Open();
        var now = Start;
        var old = Assert.Single(Serve(keys, policy, ref now).Dnskeys).Tag();
        Assert.Null(Serve(keys, policy, ref now).Cds.SingleOrDefault());
        now += TimeSpan.FromHours(12);
        Assert.Equal(old, Assert.Single(Serve(keys, policy, ref now).Cds).KeyTag);
        Observe(keys, policy, now, old);
        now += TimeSpan.FromDays(2);
        Serve(keys, policy, ref now);

        keys.RequestRoll(KeyRole.Combined);
        var next = Serve(keys, policy, ref now);
        Assert.Equal(2, next.Dnskeys.Count);
        var fresh = next.Dnskeys[1].Tag();
        Assert.Equal([old], next.ZoneSigners.Select(key => key.Tag));
        Assert.Equal([old, fresh], next.DnskeySigners.Select(key => key.Tag));

        now += TimeSpan.FromHours(12);
        Serve(keys, policy, ref now);
        now += TimeSpan.FromHours(12);
        next = Serve(keys, policy, ref now);
        Assert.Equal([fresh], next.ZoneSigners.Select(key => key.Tag));
        Assert.Equal([old, fresh], next.Cds.Select(cds => cds.KeyTag));
        Assert.Equal([old, fresh], next.Cdnskeys.Select(key => new DnskeyData(key.Flags, key.Protocol, key.Algorithm, key.PublicKey.ToArray()).Tag()));

        // Only once the new DS record is everywhere is the old one given up, and only once that is gone its key.
        now += TimeSpan.FromDays(30);
        Assert.Equal(2, Serve(keys, policy, ref now).Cds.Count);
        Observe(keys, policy, now, old, fresh);
        now += TimeSpan.FromDays(2);
        Assert.Equal([fresh], Serve(keys, policy, ref now).Cds.Select(cds => cds.KeyTag));
        now += TimeSpan.FromDays(30);
        Assert.Equal(2, Serve(keys, policy, ref now).Dnskeys.Count);
        Observe(keys, policy, now, fresh);
        now += TimeSpan.FromDays(2);
        Assert.Equal([fresh], Serve(keys, policy, ref now).Dnskeys.Select(key => key.Tag()));
        now += TimeSpan.FromDays(1);
        Assert.Null(Serve(keys, policy, ref now).NextStep);
        Assert.Single(Directory.EnumerateFiles(ZoneFolder, "*.pem"));
    }

    [Fact]
    public void Asks_for_removal_and_says_when_the_zone_may_be_unsigned()
    {
        var policy = new DnssecPolicy();
        using var keys = Open();
        var now = Start;
        var tag = Serve(keys, policy, ref now).Dnskeys[0].Tag();
        now += TimeSpan.FromHours(12);
        Serve(keys, policy, ref now);
        Observe(keys, policy, now, tag);
        Assert.Contains("cannot be left unsigned", keys.FindBarToUnsigned()!.Fault, StringComparison.Ordinal);

        policy = policy with { Cds = ParentRequest.Delete };
        var set = Serve(keys, policy, ref now);
        Assert.Equal("0 0 0 00", Assert.Single(set.Cds).ToString());
        Assert.Equal("0 3 0 AA==", Assert.Single(set.Cdnskeys).ToString());
        Observe(keys, policy, now);
        Assert.NotNull(keys.FindBarToUnsigned());
        now += TimeSpan.FromDays(2);
        Assert.Single(Serve(keys, policy, ref now).Dnskeys);
        Assert.Null(keys.FindBarToUnsigned());
    }

    [Fact]
    public void Fresh_zones_may_be_unsigned() => Assert.Null(Open().FindBarToUnsigned());

    [Fact]
    public void Names_that_are_no_file_names_have_folders_of_their_own()
    {
        var names = new[] { ".", "a/b.example.", "%41.example.", "\\000\\255.example.", "A.example." }.Select(DomainName.Parse).Order().ToList();
        var store = new KeyStore(_folder);
        foreach (var name in names)
        {
            using var keys = new ZoneKeys(store, name);
            keys.Advance(new DnssecPolicy(), Start);
        }

        Assert.Equal(names, store.ListZones());
    }

    public static TheoryData<string, string> Damages => new()
    {
        { "missing key", "no other is made in its place" },
        { "cut key", "or not a whole one" },
        { "other key", "another key than" },
        { "other algorithm", "or not a whole one" },
        { "open key", "(mode 640)" },
        { "open folder", "(mode 755)" },
        { "missing state", "there are keys of" },
        { "cut state", "cannot be read" },
        { "state of another zone", "it is for zone" },
        { "later version", "version 2" },
        { "unknown setting", "cannot be read" },
    };

    [Theory]
    [MemberData(nameof(Damages))]
    public void Refuses_damage_and_makes_nothing_new(string damage, string fault)
    {
        using (var keys = Open())
        {
            keys.Advance(new DnssecPolicy(), Start);
        }

        Damage(damage);
        var before = Contents();
        using var damaged = Open();

        var exception = Assert.Throws<KeyStoreException>(() => damaged.Advance(new DnssecPolicy(), Start));

        Assert.Contains(fault, exception.Problem.Fault, StringComparison.Ordinal);
        Assert.Equal(Severity.Error, exception.Problem.Severity);
        Assert.Matches("^[A-Z].*[.]$", exception.Problem.Remedy);
        Assert.Matches("^[A-Z].*[.]$", exception.Problem.Fault);
        Assert.Equal(before, Contents());
    }

    [Fact]
    public void What_a_dying_program_left_half_written_is_passed_over()
    {
        using (var keys = Open())
        {
            keys.Advance(new DnssecPolicy(), Start);
        }

        File.WriteAllText(Path.Combine(ZoneFolder, "keys.json.tmp"), "{");
        File.WriteAllText(Path.Combine(ZoneFolder, "013-00001.pem.tmp"), "-----BEGIN");
        File.WriteAllText(Path.Combine(ZoneFolder, "013-00001.pem"), "a key that no state names");
        File.SetUnixFileMode(Path.Combine(ZoneFolder, "013-00001.pem"), UnixFileMode.UserRead);
        using var again = Open();

        Assert.Single(again.Advance(new DnssecPolicy { Cds = ParentRequest.None }, Start).Keys.Dnskeys);
    }

    [Fact]
    public void A_state_that_cannot_be_written_stops_the_change_and_not_the_use()
    {
        using var keys = Open();
        var policy = new DnssecPolicy();
        var (set, _) = keys.Advance(policy, Start);
        File.Delete(Path.Combine(ZoneFolder, ".lock"));
        Directory.CreateDirectory(Path.Combine(ZoneFolder, ".lock")); // root may write to any folder, but not open a folder as a file

        Assert.Equal(set.Dnskeys, keys.Advance(policy, Start).Keys.Dnskeys);
        var exception = Assert.Throws<KeyStoreException>(() => keys.Advance(policy with { Algorithm = DnssecAlgorithm.EcdsaP384Sha384 }, Start));
        Assert.Contains("cannot be written", exception.Problem.Fault, StringComparison.Ordinal);
        Assert.Single(Directory.EnumerateFiles(ZoneFolder, "*.pem"));
    }

    [Fact]
    public void A_state_folder_that_is_a_file_is_told()
    {
        var file = Path.Combine(_folder, "file");
        File.WriteAllText(file, "");
        using var keys = new ZoneKeys(new KeyStore(file), Zone);

        Assert.Throws<KeyStoreException>(() => keys.Advance(new DnssecPolicy(), Start));
    }

    [Fact]
    public void An_imported_key_is_kept_until_the_parent_was_asked()
    {
        using var key = DnssecSigningKey.Generate(DnssecAlgorithm.RsaSha256, DnssecKey.KeySigningFlags);
        using var keys = Open();
        var now = Start;
        keys.Import(key, KeyRole.Combined, Spread.Omnipresent, now);
        var policy = new DnssecPolicy();
        for (var day = 0; day < 20; day++)
        {
            Serve(keys, policy, ref now);
            now += TimeSpan.FromDays(1);
        }

        var set = Serve(keys, policy, ref now);
        Assert.Equal([key.Tag], set.Dnskeys.Where(data => data.Algorithm == DnssecAlgorithm.RsaSha256).Select(data => data.Tag()));
        Assert.Equal(2, set.ZoneSigners.Count);
        Assert.Throws<KeyStoreException>(() => keys.Import(key, KeyRole.Combined, Spread.Omnipresent, now));
    }

    private ZoneKeys Open() => new(new KeyStore(_folder), Zone);

    private string ZoneFolder => Path.Combine(_folder, "keys", "2.0.192.in-addr.arpa");

    private static ZoneKeySet Serve(ZoneKeys keys, DnssecPolicy policy, ref DateTimeOffset now)
    {
        var (set, _) = keys.Advance(policy, now);
        now += TimeSpan.FromMinutes(1);
        keys.Confirm(policy, set.Generation, now, TimeSpan.FromHours(1));
        return keys.Advance(policy, now).Keys;
    }

    private static void Observe(ZoneKeys keys, DnssecPolicy policy, DateTimeOffset now, params ushort[] tags)
    {
        var published = keys.Advance(policy, now).Keys.Dnskeys;
        var ds = tags.Select(tag => DelegationDigest.CreateDs(Zone, published.Single(key => key.Tag() == tag), DigestType.Sha256)).ToList();
        keys.Advance(policy, now, new ParentObservation(now, ds, ds, TimeSpan.FromHours(1)));
    }

    private List<string> Contents() =>
        [.. Directory.EnumerateFiles(ZoneFolder).Order(StringComparer.Ordinal).Select(file => $"{file} {Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(file)))}")];

    private void Damage(string damage)
    {
        var key = Directory.EnumerateFiles(ZoneFolder, "*.pem").Single();
        var state = Path.Combine(ZoneFolder, "keys.json");
        switch (damage)
        {
            case "missing key":
                File.Delete(key);
                break;
            case "cut key":
                File.WriteAllBytes(key, File.ReadAllBytes(key)[..100]);
                break;
            case "other key":
                using (var other = ECDsa.Create(ECCurve.NamedCurves.nistP256))
                {
                    File.WriteAllText(key, other.ExportPkcs8PrivateKeyPem());
                }

                break;
            case "other algorithm":
                using (var other = ECDsa.Create(ECCurve.NamedCurves.nistP384))
                {
                    File.WriteAllText(key, other.ExportPkcs8PrivateKeyPem());
                }

                break;
            case "open key":
                File.SetUnixFileMode(key, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead);
                break;
            case "open folder":
                File.SetUnixFileMode(ZoneFolder, (UnixFileMode)0b111_101_101);
                break;
            case "missing state":
                File.Delete(state);
                break;
            case "cut state":
                File.WriteAllBytes(state, File.ReadAllBytes(state)[..^10]);
                break;
            case "state of another zone":
                File.WriteAllText(state, File.ReadAllText(state).Replace("2.0.192", "3.0.192", StringComparison.Ordinal));
                break;
            case "later version":
                File.WriteAllText(state, File.ReadAllText(state).Replace("\"version\": 1", "\"version\": 2", StringComparison.Ordinal));
                break;
            default:
                File.WriteAllText(state, File.ReadAllText(state).Replace("\"version\": 1", "\"version\": 1, \"colour\": 1", StringComparison.Ordinal));
                break;
        }
    }
}
