// One bit that is not as it was signed, and no validator takes the answer.

using AltoDns.Harness;
using AltoDns.Protocol.Messages;
using AltoDns.Protocol.Names;
using AltoDns.Protocol.Records;
using AltoDns.Zones.Configuration;

namespace AltoDns.Interop.Tests.Dnssec.Tree;

public sealed class AlteredAnswerTests
{
    private const int Repetitions = 5;

    [Theory]
    [InlineData(false, DenialMethod.Nsec)]
    [InlineData(false, DenialMethod.Nsec3)]
    [InlineData(true, DenialMethod.Nsec)]
    public async Task A_flipped_bit_is_noticed_by_every_validator(bool isRootOurs, DenialMethod denial)
    {
        await using var tree = await SignedTree.CreateAsync(new TreeKind(isRootOurs, denial, OptOut: false), hasAlteringServer: true);
        var faults = new List<string>();
        foreach (var name in RecursiveResolvers.Names)
        {
            faults.AddRange(await FindFaultsAsync(tree, name));
        }

        Assert.True(faults.Count == 0, $"{tree.Kind}\n{string.Join('\n', faults)}");
    }

    /// <summary>A question for each number, in whose answer there are such records.</summary>
    private static IEnumerable<(RecordType Altered, Func<int, (string Name, RecordType Type)> Question)> Cases(RecordType nsec) =>
    [
        (RecordType.NAPTR, number => ($"{number}.{TreeZones.Isp}", RecordType.NAPTR)),
        (RecordType.NAPTR, number => ($"{number}.{TreeZones.IspV6}", RecordType.NAPTR)),
        (RecordType.CNAME, number => ($"{200 + number}.{TreeZones.Isp}", RecordType.NAPTR)),
        (nsec, number => ($"{number}.2.{TreeZones.Isp}", RecordType.NAPTR)),
        (nsec, number => ($"{number}.3.{TreeZones.Isp}", RecordType.MX)),
        (nsec, number => ($"{number}.{TreeZones.PlainIsp}", RecordType.TXT)),
        (nsec, number => ($"77.{TreeZones.Isp}", (RecordType)(1000 + number))),
    ];

    private static async Task<List<string>> FindFaultsAsync(SignedTree tree, string name)
    {
        var faults = new List<string>();
        var altering = tree.AlteringServer!;
        var number = 0;
        await using (var resolver = await RecursiveResolvers.StartAsync(name, tree.Root, ResolverCaching.Little))
        {
            foreach (var (altered, question) in Cases(tree.Kind.Denial == DenialMethod.Nsec ? RecordType.NSEC : RecordType.NSEC3))
            {
                number = 0;
                altering.Alteration = null;
                await ExpectAsync(resolver, question(number), code => code is ResponseCode.NoError or ResponseCode.NameError, $"{name}: unaltered", faults);
                foreach (var isSignature in new[] { false, true })
                {
                    altering.Alteration = new Alteration(altered, isSignature);
                    for (var i = 0; i < Repetitions; i++)
                    {
                        var before = altering.Altered;
                        await ExpectAsync(resolver, question(++number), code => code == ResponseCode.ServerFailure, $"{name}: {altering.Alteration}", faults);
                        if (altering.Altered == before)
                        {
                            faults.Add($"{name}: {altering.Alteration} in the answer to {question(number)} did not happen");
                        }
                    }
                }
            }
        }

        // Keys, DS and DNAME records serve for other questions, too: a resolver of its own for each.
        foreach (var (altered, question) in new[] { (RecordType.DNAME, $"b.b.c.9._port.66.{TreeZones.Isp}"), (RecordType.DNSKEY, $"5.{TreeZones.Isp}"), (RecordType.DS, $"200.{TreeZones.Customer}") })
        {
            foreach (var isSignature in new[] { false, true })
            {
                altering.Alteration = new Alteration(altered, isSignature);
                await using var resolver = await RecursiveResolvers.StartAsync(name, tree.Root, ResolverCaching.Little);
                await ExpectAsync(resolver, (question, RecordType.NAPTR), code => code == ResponseCode.ServerFailure, $"{name}: {altering.Alteration}", faults);
                altering.Alteration = null;
            }
        }

        return faults;
    }

    private static async Task ExpectAsync(RunningServer resolver, (string Name, RecordType Type) question, Func<ResponseCode, bool> isRight, string what, List<string> faults)
    {
        var client = resolver.PatientClient(TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(30));
        var answer = (await client.TryAskAsync([new Query(DomainName.Parse(question.Name), question.Type) { RecursionDesired = true, UdpPayload = 4096, DnssecOk = true }]))[0];
        if (answer is null || !isRight(answer.ResponseCode))
        {
            faults.Add($"{what}, {question}: {answer}");
        }
    }
}
