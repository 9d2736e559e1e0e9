// Every scenario, asked of real servers: AltoDns as it is run, and NSD and Knot with the exported zones.

using AltoDns.Harness;
using AltoDns.Protocol.Messages;
using AltoDns.Protocol.Records;
using AltoDns.Testing;

namespace AltoDns.Interop.Tests.Answering;

public sealed class ScenarioTests
{
    [Fact]
    public Task AltoDns_answers_as_expected() => ScenarioRun.AskAll(AltoDnsServer.StartAsync, Strictness.Exact, _ => false);

    [Fact]
    public Task Nsd_answers_as_expected() => ScenarioRun.AskAll(NsdServer.StartAsync, Strictness.Rfc, IsOtherwiseAtNsd);

    [Fact]
    public Task Knot_answers_as_expected() => ScenarioRun.AskAll(KnotServer.StartAsync, Strictness.Rfc, IsOtherwiseAtKnot);

    private static bool IsOtherwiseAtNsd(ScenarioQuestion question) =>
        // RFC 8482 §4.1, §7: one RRset is enough, which NSD holds by TCP too.
        question.Type is RecordType.ANY or RecordType.RRSIG

        // RFC 1034 §4.3.2 sets no bound to chains; NSD's is higher.
        || question is { File: "cname-long-chain.scenario", Expected.Answers.Count: > 16 }

        // RFC 4035 §3.1.3.2: NSD leaves out what covers the target of a DNAME.
        || question is { File: "signed-nsec.scenario", Type: RecordType.A, Expected: { ResponseCode: ResponseCode.NameError, Answers: [{ Record.Type: RecordType.DNAME }, ..] } }

        // RFC 5155 §7.2.3: NSD takes the wildcard that is asked for itself for one that stands in for a name.
        || (question.Name.IsWildcard && question.Expected is { Answers.Count: 0, Authority: [_, _, { Record.Type: RecordType.NSEC3 }, ..] })

        // RFC 5155 §7.2.1: below an empty non-terminal that opts out NSD has no proof.
        || question is { File: "signed-optout.scenario", Expected: { ResponseCode: ResponseCode.NameError } } && question.Name.Parent.FirstLabel.SequenceEqual("insecure"u8)

        // NSD leaves the question out where it refuses a class.
        || question.Class != RecordClass.Internet

        // RFC 9471 §3.1 came after NSD 4.6.
        || (question.File == "glue-rfc9471.scenario" && question.Expected.Flags.HasFlag(MessageFlags.Truncated));

    private static bool IsOtherwiseAtKnot(ScenarioQuestion question) =>
        // RFC 8482 §4.1, §7: one RRset, by TCP too.
        question.Type is RecordType.ANY or RecordType.RRSIG

        // RFC 1034 §4.3.2 sets no bound to chains; Knot follows five aliases, only within one zone, and a circle of DNAMEs more than once.
        || question.File is "cname-long-chain.scenario" or "cname-across-zones.scenario"
        || question is { File: "dname-rfc6672.scenario", Expected.Answers: [_, _, _, { Record.Type: RecordType.CNAME }] }
        || question is { File: "ds-parent-and-child.scenario", Expected.Answers: [{ Record.Type: RecordType.CNAME }, ..] }

        // RFC 2181 §5: Knot gives a DNAME twice that leads to its own owner.
        || question is { File: "dname-rfc6672.scenario", Type: RecordType.DNAME, Expected.Answers: [_, { Record.Type: RecordType.CNAME }] }

        // RFC 6672 §2.2 asks for YXDOMAIN; Knot says NXDOMAIN.
        || question.Expected.ResponseCode == ResponseCode.YXDomain

        // RFC 6895 §3.1 reserves type 0; Knot does not take it as a question.
        || question.Type == RecordType.None;
}
