// The lookups of one discovery: counted, so that no zone can make it endless, and noted down.

using AltoDns.Discovery.Resolving;
using AltoDns.Protocol.Names;
using AltoDns.Protocol.Records;

namespace AltoDns.Discovery.Procedure;

internal sealed class LookupSession(INameLookup lookup, int maxLookups, CancellationToken cancellationToken)
{
    private readonly List<LookupTrace> _trace = new(4);

    public IReadOnlyList<LookupTrace> Trace => _trace;

    public bool HadTemporaryErrors { get; private set; }

    /// <summary>The weakest of all lookups so far.</summary>
    public LookupSecurity Security { get; private set; } = LookupSecurity.Secure;

    /// <summary>The shortest time that any of the answers so far may be used.</summary>
    public TimeSpan TimeToLive { get; private set; } = TimeSpan.MaxValue;

    /// <summary>Looks up; null where the discovery has had its share.</summary>
    public async ValueTask<LookupAnswer?> AskAsync(string step, DomainName name, RecordType type)
    {
        if (_trace.Count >= maxLookups)
        {
            return null;
        }

        var result = await lookup.LookupAsync(name, type, cancellationToken);
        var answer = result.Answer;
        _trace.Add(new LookupTrace(
            step,
            name,
            type,
            answer.Outcome,
            answer.ResponseCode,
            answer.Records.Count,
            answer.CanonicalName,
            answer.Security,
            result.Elapsed,
            result.FromCache,
            answer.Failure,
            result.Resolver));
        TimeToLive = result.TimeToLive < TimeToLive ? result.TimeToLive : TimeToLive;
        if (answer.Outcome == LookupOutcome.Failed)
        {
            HadTemporaryErrors = true;
            Security = LookupSecurity.Indeterminate;
        }
        else
        {
            Security = LookupSecurities.Weaker(Security, answer.Security);
        }

        return answer;
    }
}
