// Lets discovery run over zones in memory, with the same code that serves them.

using AltoDns.Discovery.Resolving;
using AltoDns.Protocol.Messages;
using AltoDns.Protocol.Names;
using AltoDns.Protocol.Records;
using AltoDns.Web.Explaining;

namespace AltoDns.Cli.Covering;

/// <summary>One thread at a time.</summary>
internal sealed class LocalLookup(LocalQuestion question) : INameLookup
{
    /// <summary>What a name outside the zones, or delegated away, is said to fail with.</summary>
    public const string Elsewhere = "answered elsewhere";

    public ValueTask<LookupResult> LookupAsync(DomainName name, RecordType type, CancellationToken cancellationToken = default)
    {
        var answer = question.Ask(name, type);
        var records = answer.Answers.Where(record => record.Type == type).Select(record => record.Data).ToList();
        var leadsAway = records.Count == 0 && (answer.Referral.Count > 0 || answer.Answers.Count > 0 && answer.Answers[^1].Type == RecordType.CNAME && !answer.HasSoa);
        var isElsewhere = leadsAway || answer.ResponseCode == ResponseCode.Refused;
        var found = new LookupAnswer
        {
            Outcome = isElsewhere ? LookupOutcome.Failed
                : records.Count > 0 ? LookupOutcome.Found
                : answer.ResponseCode == ResponseCode.NameError ? LookupOutcome.NameError : LookupOutcome.NoData,
            ResponseCode = answer.ResponseCode,
            Records = records,
            Failure = isElsewhere ? Elsewhere : null,
        };
        return ValueTask.FromResult(new LookupResult(found, TimeSpan.Zero, TimeSpan.Zero, false, null));
    }
}
