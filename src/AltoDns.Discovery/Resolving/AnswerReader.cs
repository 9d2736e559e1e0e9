// Finds in a response what was asked for: along CNAME and DNAME records to an RRset, or to the proof that there is none.

using AltoDns.Protocol.Messages;
using AltoDns.Protocol.Names;
using AltoDns.Protocol.Records;

namespace AltoDns.Discovery.Resolving;

/// <summary>What a response says, not yet validated.</summary>
/// <param name="CanonicalName">Where the aliases ended; the name asked for without any.</param>
/// <param name="HasEnd">Whether the response also tells what is at that name; false where it must be asked for by itself.</param>
/// <param name="TimeToLive">Seconds, the least of all records used; 0 where the answer must not be kept.</param>
internal sealed record ReadAnswer(
    LookupOutcome Outcome, DomainName CanonicalName, bool HasEnd, IReadOnlyList<RecordData> Records, uint TimeToLive, string? Failure = null);

internal static class AnswerReader
{
    // What unbound and BIND follow, too; a longer chain is a mistake or an attack.
    public const int MaxAliases = 11;

    public static ReadAnswer Read(ResponseMessage response, DomainName name, RecordType type)
    {
        if (response.ResponseCode is not (ResponseCode.NoError or ResponseCode.NameError))
        {
            var reason = response.ExtendedError is { } error ? $"{response.ResponseCode.Mnemonic()}, {error}" : response.ResponseCode.Mnemonic();
            return Fail(name, reason);
        }

        var timeToLive = uint.MaxValue;
        var current = name;
        for (var aliases = 0; ; aliases++)
        {
            var records = RecordsAt(response.Answers, current, type, ref timeToLive);
            if (records.Count > 0)
            {
                return new ReadAnswer(LookupOutcome.Found, current, true, records, timeToLive);
            }

            if (aliases == MaxAliases)
            {
                return Fail(name, "too many aliases");
            }

            if (!TryFollow(response.Answers, current, ref timeToLive, out var target))
            {
                break;
            }

            current = target;
        }

        return ReadAbsence(response, name, current, timeToLive);
    }

    /// <summary>The name that an alias among the records leads to; from a DNAME also where its CNAME was left out (RFC 6672 §3.2).</summary>
    public static bool TryFollow(IReadOnlyList<ResourceRecord> records, DomainName name, ref uint timeToLive, out DomainName target)
    {
        foreach (var record in records)
        {
            if (record.Data is CnameData alias && record.Owner == name)
            {
                timeToLive = Math.Min(timeToLive, record.TimeToLive);
                target = alias.Target;
                return true;
            }
        }

        foreach (var record in records)
        {
            if (record.Data is DnameData redirection && record.Owner != name && name.IsSubdomainOf(record.Owner)
                && TrySubstitute(name, record.Owner, redirection.Target, out target))
            {
                timeToLive = Math.Min(timeToLive, record.TimeToLive);
                return true;
            }
        }

        target = default;
        return false;
    }

    /// <summary>RFC 6672 §2.2: the labels before the owner go before the target; false where the name would be too long.</summary>
    public static bool TrySubstitute(DomainName name, DomainName owner, DomainName target, out DomainName result)
    {
        var prefix = name.Length - owner.Length;
        Span<byte> wire = stackalloc byte[2 * DomainName.MaxLength];
        name.Wire[..prefix].CopyTo(wire);
        target.Wire.CopyTo(wire[prefix..]);
        return DomainName.TryFromWire(wire[..(prefix + target.Length)], out result);
    }

    private static ReadAnswer ReadAbsence(ResponseMessage response, DomainName name, DomainName current, uint timeToLive)
    {
        var authority = response.Authority.FirstOrDefault(record => record.Data is SoaData && current.IsSubdomainOf(record.Owner));
        var negative = 0u;
        if (authority.Data is SoaData soa)
        {
            // RFC 2308 §5: without an SOA record the answer is not kept.
            negative = Math.Min(timeToLive, Math.Min(authority.TimeToLive, soa.Minimum));
        }

        if (response.ResponseCode == ResponseCode.NameError)
        {
            // RFC 6604 §3: the response code is about the last name.
            return new ReadAnswer(LookupOutcome.NameError, current, true, [], negative);
        }

        if (authority.Data is not null || (current == name && !IsReferral(response)))
        {
            return new ReadAnswer(LookupOutcome.NoData, current, true, [], negative);
        }

        return current == name
            ? Fail(name, "a referral: the server does not recurse")
            : new ReadAnswer(LookupOutcome.NoData, current, false, [], timeToLive);
    }

    private static bool IsReferral(ResponseMessage response) =>
        !response.Flags.HasFlag(MessageFlags.RecursionAvailable)
        && !response.Flags.HasFlag(MessageFlags.Authoritative)
        && response.Authority.Any(record => record.Type == RecordType.NS);

    private static List<RecordData> RecordsAt(IReadOnlyList<ResourceRecord> records, DomainName name, RecordType type, ref uint timeToLive)
    {
        var found = new List<RecordData>();
        foreach (var record in records)
        {
            if (record.Type == type && record.Owner == name)
            {
                found.Add(record.Data);
                timeToLive = Math.Min(timeToLive, record.TimeToLive);
            }
        }

        return found;
    }

    private static ReadAnswer Fail(DomainName name, string reason) => new(LookupOutcome.Failed, name, true, [], 0, reason);
}
