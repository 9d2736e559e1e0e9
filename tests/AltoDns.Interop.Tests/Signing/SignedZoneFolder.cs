// Signed zones as files: the samples, and made-up zones with everything in which signers go wrong.

using System.Text;
using System.Text.RegularExpressions;
using AltoDns.Harness;
using AltoDns.Interop.Tests.Differential;
using AltoDns.Protocol.Names;
using AltoDns.Protocol.Records;
using AltoDns.Scenarios;
using AltoDns.Zones.Configuration;
using AltoDns.Zones.Loading;
using AltoDns.Zones.Serving;
using AltoDns.Zones.Signing;
using AltoDns.Zones.ZoneFiles;
using ZoneSigner = AltoDns.Zones.Signing.ZoneSigner;

namespace AltoDns.Interop.Tests.Signing;

/// <summary>A zone that was signed, and its file.</summary>
/// <param name="HasOccludedNames">Whether names stand below delegations or DNAMEs.</param>
/// <param name="HasEscapedAt">Whether an @ stands in a name, which its file escapes.</param>
public sealed record SignedZoneFile(DomainName Origin, string File, DnssecPolicy Policy, bool HasInsecureDelegations, bool HasOccludedNames, bool HasEscapedAt);

/// <summary>Shared by the tests of the files.</summary>
public sealed partial class SignedZoneFolder : IAsyncLifetime
{
    public const int GeneratedZones = 200;

    private const int Seed = 4035;

    // RSA keys take long to make and to sign with; a few zones show what there is to see.
    private static readonly DnssecPolicy[] Policies =
    [
        new(),
        new() { Denial = DenialMethod.Nsec3, Keys = KeyLayout.Split },
        new() { Denial = DenialMethod.Nsec3, OptOut = true, ZoneMd = true },
        new() { Algorithm = DnssecAlgorithm.EcdsaP384Sha384, Keys = KeyLayout.Split, ZoneMd = true },
        new() { Algorithm = DnssecAlgorithm.EcdsaP384Sha384, Denial = DenialMethod.Nsec3 },
    ];

    private static readonly DnssecPolicy[] RarePolicies =
    [
        new() { Algorithm = DnssecAlgorithm.RsaSha256 },
        new() { Algorithm = DnssecAlgorithm.RsaSha256, Denial = DenialMethod.Nsec3, OptOut = true, Keys = KeyLayout.Split, ZoneMd = true },
    ];

    private readonly TemporaryFolder _folder = new();
    private readonly List<SignedZoneFile> _zones = [];

    public IReadOnlyList<SignedZoneFile> Zones => _zones;

    public ValueTask InitializeAsync()
    {
        var samples = ZoneLoader.Load(new ZoneSources { Policies = [Path.Combine(AppContext.BaseDirectory, "zones")] });
        Assert.NotNull(samples.Zones);
        foreach (var zone in samples.Zones.Zones)
        {
            foreach (var policy in Policies.Concat(RarePolicies))
            {
                Add(zone, policy);
            }
        }

        var generated = new ZoneGenerator(Seed).Make(GeneratedZones * 2).Where(zone => zone.Peculiarity is ZonePeculiarity.None or ZonePeculiarity.NoDname).Take(GeneratedZones).ToList();
        var random = new Random(Seed);
        for (var i = 0; i < generated.Count; i++)
        {
            var policy = i % 20 == 19 ? RarePolicies[i / 20 % RarePolicies.Length] : Policies[i % Policies.Length];
            var text = GeneratedZoneText.Write(generated[i], random);
            Add(Load(text, generated[i].Origin) ?? throw new InvalidDataException(text), policy);
            if (Load(Escape().Replace(text, "q"), generated[i].Origin) is { } plain)
            {
                Add(plain, policy);
            }
        }

        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync()
    {
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }

    [GeneratedRegex(@"\\(\d\d\d|.)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Escape();

    /// <summary>Null for text that is no zone.</summary>
    private ZoneSnapshot? Load(string text, DomainName origin) =>
        ZoneFileLoader.Load(_folder.Write("plain.zone", text), origin, new ProblemList())?.Freeze();

    private void Add(ZoneSnapshot plain, DnssecPolicy policy)
    {
        var now = TimeProvider.System.GetUtcNow();
        var signed = ZoneSigner.Sign(plain, SigningKeys.Terms(plain.Origin, policy, now, serial: 7)).Zone;
        var verified = ZoneVerifier.Verify(signed, now);
        Assert.True(verified.IsValid, $"{plain.Origin}: {verified}");
        var path = Path.Combine(_folder.Path, $"{_zones.Count}.zone");
        using (var output = new StreamWriter(path, append: false, new UTF8Encoding(false)))
        {
            ZoneExporter.Write(signed, output);
        }

        var hasInsecure = Enumerable.Range(0, plain.NodeCount).Any(node => plain.Node(node).Flags.HasFlag(NodeFlags.Cut) && plain.FindRRset(node, RecordType.DS) < 0);
        var hasOccluded = Enumerable.Range(0, plain.NodeCount).Any(node => plain.Node(node).Flags.HasFlag(NodeFlags.Occluded));
        _zones.Add(new SignedZoneFile(plain.Origin, path, policy, hasInsecure, hasOccluded, File.ReadAllText(path).Contains(@"\@", StringComparison.Ordinal)));
    }
}
