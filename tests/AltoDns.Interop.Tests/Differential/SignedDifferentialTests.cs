// AltoDns against NSD, Knot and BIND on signed zones: the same signatures, the same proofs.

using AltoDns.Harness;
using AltoDns.Protocol.Names;

namespace AltoDns.Interop.Tests.Differential;

public sealed class SignedDifferentialTests(ITestOutputHelper output)
{
    /// <summary>Signing takes longer than asking, so there are fewer zones than without.</summary>
    private const int ZonesPerSigned = 3;

    private const int Signers = 3;

    private const int Denials = 3;

    private const int WildcardLabelLength = 2;

    [Fact]
    public async Task Answers_from_signed_zones_as_the_references_do()
    {
        // Zones that some server refuses are of no use here: each answer is compared with all others.
        var zones = new ZoneGenerator(DifferentialTests.Seed + 1, plainEvery: Signers).Make(DifferentialTests.ZoneCount / ZonesPerSigned)
            .Where(zone => zone.Peculiarity is ZonePeculiarity.None or ZonePeculiarity.NoDname)
            .ToList();
        using var folder = new TemporaryFolder();
        var signer = await ZoneSigner.CreateAsync(folder);

        var result = await DifferentialRun.AskAsync(
            [.. Participant.References, Participant.AltoDns], zones, DifferentialTests.QuestionsPerZone, DifferentialTests.Seed,
            (zone, index, file) => signer.SignAsync(zone, file, SignerOf(zone, index), DenialOf(zone, index)));

        output.WriteLine($"{zones.Count} signed zones, {result.Questions.Count} questions, seed {DifferentialTests.Seed}");
        DifferentialTests.AssertNone(result.Questions.Where(asked => !AnswerComparer.AgreesWithReferences(asked, Participant.AltoDns.Name)));
        Assert.All(result.Questions, asked => Assert.True(asked.Answers[Participant.AltoDns.Name].ProofFault is null, $"{asked.Answers[Participant.AltoDns.Name].ProofFault}\n{asked}"));
        Assert.DoesNotContain(result.TruncationFaults, fault => string.Equals(fault.Server, Participant.AltoDns.Name, StringComparison.Ordinal));
        Assert.DoesNotContain(result.Questions, asked => !AnswerComparer.HasAliasesInOrder(asked.Answers[Participant.AltoDns.Name]));
    }

    // What ldns-signzone writes of names that need escapes no server reads.
    private static Signer SignerOf(GeneratedZone zone, int index) =>
        zone.HasPlainNames ? Signer.Ldns : index / Denials % 2 == 0 ? Signer.Bind : Signer.Knot;

    // With NSEC3, dnssec-signzone and NSD give up where a name has no room for a wildcard below it.
    private static Denial DenialOf(GeneratedZone zone, int index) =>
        zone.Records.All(record => record.Owner.Length + WildcardLabelLength <= DomainName.MaxLength) ? (Denial)(index % Denials) : Denial.Nsec;
}
