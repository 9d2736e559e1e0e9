// Every scenario, asked of a PowerDNS server that has its zones from AltoDns.

using AltoDns.Harness;
using AltoDns.Interop.Tests.Answering;
using AltoDns.Protocol.Messages;
using AltoDns.Protocol.Records;
using AltoDns.Testing;

namespace AltoDns.Interop.Tests.PowerDns;

public sealed class RemoteScenarioTests
{
    [Fact]
    public Task PowerDNS_answers_as_expected() => ScenarioRun.AskAll(PowerDnsRemote.StartAsync, Strictness.Rfc, IsOtherwiseAtPowerDns);

    private static bool IsOtherwiseAtPowerDns(ScenarioQuestion question) =>
        // RFC 8482 §4.1, §7: one RRset is enough; PowerDNS gives all, and follows aliases with them. It refuses to be asked for RRSIG.
        question.Type is RecordType.ANY or RecordType.RRSIG

        // RFC 1034 §3.6.2, §4.3.2 set no bound to chains; PowerDNS gives up at ten aliases, with SERVFAIL and without the answer.
        || question is { File: "cname-long-chain.scenario", Expected.Answers.Count: > 10 }
        || IsCircle(question)

        // RFC 2308 §2.2: an alias that was asked for is the answer; PowerDNS adds the SOA where a wildcard or a DNAME made it.
        || (question.Type == RecordType.CNAME && question.Expected.Answers is [.., { Record: { Type: RecordType.CNAME } alias }] && alias.Owner == question.Name
            && question.File is "dname-rfc6672.scenario" or "wildcard-more.scenario")

        // RFC 2181 §9: additional records that do not fit need no TC; PowerDNS sets it and sends nothing.
        || (!question.IsTcp && question is { File: "glue-rfc9471.scenario", Line: 229 or 270 } or { File: "signed-nsec.scenario" or "signed-nsec3.scenario" or "signed-optout.scenario", UdpPayload: 512 })

        // RFC 1035 §4.1.1: other classes PowerDNS refuses with AA, and NOTIMP for CHAOS.
        || question.Class != RecordClass.Internet

        // RFC 4035 §3.1: NSEC records are ordinary ones; PowerDNS makes them only for who asks with DO.
        || question is { Type: RecordType.NSEC, DnssecOk: false, Expected.Answers.Count: > 0 }

        // RFC 4035 §3.1.4: DS records come with a referral where DO asks for them; PowerDNS always gives them.
        || question is { DnssecOk: false, Expected.Authority: [{ Record.Type: RecordType.NS }, ..] } && question.File.StartsWith("signed-", StringComparison.Ordinal)

        // PowerDNS makes the NSEC3PARAM record itself, with the TTL of negative answers.
        || question is { Type: RecordType.NSEC3PARAM, Expected.Answers.Count: > 0 }

        // RFC 5155 §7.2.1: below an empty non-terminal that opts out PowerDNS takes it for the closest provable encloser, which it is not.
        || question is { File: "signed-optout.scenario", Expected: { ResponseCode: ResponseCode.NameError } } && question.Name.Parent.FirstLabel.SequenceEqual("insecure"u8);

    private static bool IsCircle(ScenarioQuestion question)
    {
        var aliases = question.Expected.Answers.Select(entry => entry.Record).Where(record => record.Type == RecordType.CNAME).ToList();
        return aliases.Count > 0 && aliases.Any(record => record.Data is CnameData data && data.Target == aliases[0].Owner);
    }
}
