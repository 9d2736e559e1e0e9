// What the RFCs fix of an answer; what they leave open is taken out, each with the section that leaves it open.

using System.Text;
using AltoDns.Harness;
using AltoDns.Protocol.Messages;
using AltoDns.Protocol.Names;
using AltoDns.Protocol.Records;
using AltoDns.Testing.Proofs;

namespace AltoDns.Interop.Tests.Differential;

/// <summary>Two answers agree where their normal forms print the same.</summary>
public sealed class NormalAnswer
{
    private const uint DnssecOkBit = 0x8000;

    private readonly string _text;
    private readonly string _textWithoutGlue;
    private readonly string _textWithoutProofs;
    private readonly HashSet<string> _proofs;

    private NormalAnswer(Answer answer, IReadOnlyList<ResourceRecord> authority, IReadOnlyList<ResourceRecord> glue)
    {
        Answer = answer;
        Glue = glue;
        var text = new StringBuilder($"{answer.ResponseCode.Mnemonic()}{(answer.IsAuthoritative ? " aa" : "")}");
        text.Append(answer.Header.Flags.HasFlag(MessageFlags.RecursionDesired) ? " rd" : "");
        text.Append(answer.Header.Flags.HasFlag(MessageFlags.RecursionAvailable) ? " ra" : "");
        text.Append(answer.Header.Flags.HasFlag(MessageFlags.AuthenticData) ? " ad" : "");
        text.Append(answer.Header.Flags.HasFlag(MessageFlags.CheckingDisabled) ? " cd" : "");

        // RFC 6891 §6.1.1: OPT answers OPT. Its payload size and options are each server's own, its version and DO bit are not.
        text.Append(answer.Option is { } option ? $" edns{option.TimeToLive >> 16 & 0xFF} do{option.TimeToLive >> 15 & 1}\n" : " no edns\n");
        if (answer.Question is { Type: RecordType.ANY or RecordType.RRSIG })
        {
            // RFC 8482 §4.1, §4.3, §7: which of a name's RRsets answer ANY or RRSIG is the server's choice, whether there are any is not.
            text.Append($"  answer: {string.Join(' ', answer.Answers.Select(record => record.Owner.ToLower()).Distinct().Order())}\n");
        }
        else
        {
            Append(text, "answer", answer.Answers);
        }

        var envelopeAndAnswer = text.ToString();
        Append(text, "authority", authority);
        _textWithoutGlue = text.ToString();
        Append(text, "glue", glue);
        _text = text.ToString();
        _proofs = authority.Where(IsProof).Select(Line).ToHashSet(StringComparer.Ordinal);
        var withoutProofs = new StringBuilder(envelopeAndAnswer);
        Append(withoutProofs, "authority", [.. authority.Where(record => !IsProof(record))]);
        Append(withoutProofs, "glue", glue);
        _textWithoutProofs = withoutProofs.ToString();
    }

    /// <summary>The answer as it came.</summary>
    public Answer Answer { get; }

    /// <summary>The addresses of name servers at or below the cut that the answer refers to.</summary>
    public IReadOnlyList<ResourceRecord> Glue { get; }

    /// <param name="answer">What a server sent.</param>
    /// <param name="isApex">Whether a name is the origin of a zone that is served.</param>
    public static NormalAnswer Of(Answer answer, Func<DomainName, bool> isApex)
    {
        // RFC 1034 §4.3.2 asks for NS in the authority section only in referrals; the apex NS RRset in others is a courtesy (RFC 2181 §6.1).
        var authority = answer.Authority.Where(record => TypeOf(record) != RecordType.NS || !isApex(record.Owner)).ToList();

        // RFC 9471 §3.1: of the additional section only the addresses of name servers at or below the cut are a must.
        // RFC 1034 §4.3.2 step 6 leaves what else is useful to the server, RFC 9471 §3.2 recommends sibling glue.
        var delegations = authority.Where(record => record.Type == RecordType.NS).ToList();
        var glue = answer.Additional.Where(record =>
            record.Type is RecordType.A or RecordType.AAAA
            && delegations.Exists(delegation => record.Owner.IsSubdomainOf(delegation.Owner) && Target(delegation) == record.Owner));
        return new NormalAnswer(answer, authority, [.. glue]);
    }

    public bool Agrees(NormalAnswer other) => string.Equals(_text, other._text, StringComparison.Ordinal);

    public bool HasAlias => Answer.Answers.Any(record => record.Type == RecordType.CNAME);

    public bool AgreesExceptGlue(NormalAnswer other) => string.Equals(_textWithoutGlue, other._textWithoutGlue, StringComparison.Ordinal);

    public bool AgreesExceptProofs(NormalAnswer other) => string.Equals(_textWithoutProofs, other._textWithoutProofs, StringComparison.Ordinal);

    /// <summary>Whether the answers agree but for NSEC or NSEC3 records that the other one does without.</summary>
    public bool ProvesMoreThan(NormalAnswer other) => AgreesExceptProofs(other) && other._proofs.Count > 0 && _proofs.IsProperSupersetOf(other._proofs);

    /// <summary>What a validator would miss in the answer (RFC 4035 §5, RFC 5155 §8), if it has DO and all zones are signed; null for nothing.</summary>
    public string? ProofFault => Answer is { Question: { } question, Option: { } option } && (option.TimeToLive & DnssecOkBit) != 0
        ? ProofChecker.FindFault(question.Name, question.Type, Answer.ResponseCode, Answer.Answers, Answer.Authority)
        : null;

    /// <summary>Whether the shorter answer section is the beginning of the longer one.</summary>
    public bool BeginsAlike(NormalAnswer other) =>
        Answer.Answers.Zip(other.Answer.Answers).All(pair => string.Equals(Line(pair.First), Line(pair.Second), StringComparison.Ordinal));

    public override string ToString() => _text;

    /// <summary>The type, or what a signature covers.</summary>
    private static RecordType TypeOf(ResourceRecord record) => record.Data is RrsigData signature ? signature.TypeCovered : record.Type;

    private static bool IsProof(ResourceRecord record) => TypeOf(record) is RecordType.NSEC or RecordType.NSEC3;

    private static DomainName Target(ResourceRecord nameServer) =>
        DomainName.TryFromWire(nameServer.Data.ToWire(), out var target) ? target : throw new FormatException($"{nameServer} has no target.");

    private static void Append(StringBuilder text, string section, IReadOnlyList<ResourceRecord> records)
    {
        // RFC 2181 §5: an RRset is a set, so order says nothing; but a record that stands twice is a fault and shows.
        // RFC 4343 §4.1: case in names says nothing, as compression may change it.
        foreach (var line in records.Select(Line).Order(StringComparer.Ordinal))
        {
            text.Append("  ").Append(section).Append(": ").Append(line).Append('\n');
        }
    }

    private static string Line(ResourceRecord record)
    {
        var wire = record.Data.ToWire(canonical: true);
        var reader = new WireReader(wire);
        var data = RecordTypes.TryReadData(record.Type, ref reader, out var folded) ? folded : record.Data;
        var line = new ResourceRecord(record.Owner.ToLower(), record.Class, record.TimeToLive, data).ToString();

        // The target's case is not folded in canonical form (RFC 9460 is younger than RFC 4034 §6.2), though it says as little.
        return record.Type is RecordType.SVCB or RecordType.HTTPS ? line.ToLowerInvariant() : line;
    }
}
