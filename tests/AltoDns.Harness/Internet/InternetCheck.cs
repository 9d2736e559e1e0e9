// Asks a server that serves the Internet's policy and compares every answer with brute force.

using System.Text;
using AltoDns.Protocol.Messages;
using AltoDns.Protocol.Names;
using AltoDns.Protocol.Records;

namespace AltoDns.Harness.Internet;

/// <param name="Asked">Addresses asked about.</param>
/// <param name="Covered">Those that a prefix covers.</param>
/// <param name="Differences">What was wrong, one line an address.</param>
public sealed record InternetCheckResult(int Asked, int Covered, IReadOnlyList<string> Differences);

public static class InternetCheck
{
    /// <summary>Asks by UDP for the NAPTR records of random addresses.</summary>
    /// <exception cref="TimeoutException">A query was not answered.</exception>
    public static async Task<InternetCheckResult> RunAsync(DnsClient client, IReadOnlyList<RegistryPrefix> prefixes, int count, int seed)
    {
        var addresses = RandomAddresses.Make(prefixes, count, seed);
        var answers = await client.AskAsync([.. addresses.Select(address => new Query(ReverseName.FromPrefix(address), RecordType.NAPTR))]);
        var match = new LongestMatch(prefixes);
        var countries = addresses.AsParallel().AsOrdered().Select(match.CountryOf).ToList();
        var differences = new List<string>();
        for (var i = 0; i < count; i++)
        {
            if (!IsRight(answers[i], countries[i]))
            {
                differences.Add($"{addresses[i].Address} is of '{countries[i] ?? "nobody"}', but was answered {answers[i]}");
            }
        }

        return new InternetCheckResult(count, countries.Count(country => country is not null), differences);
    }

    private static bool IsRight(Answer answer, string? country)
    {
        if (!answer.IsAuthoritative)
        {
            return false;
        }

        if (country is null)
        {
            // RFC 2308 §2: without records the SOA says for how long there are none.
            return answer.ResponseCode is ResponseCode.NameError or ResponseCode.NoError
                && answer is { Answers.Count: 0, Authority: [{ Type: RecordType.SOA }] };
        }

        return answer is { ResponseCode: ResponseCode.NoError, Answers: [{ Data: NaptrData naptr }] }
            && Encoding.ASCII.GetString(naptr.Services.Span) == "ALTO:https"
            && Encoding.ASCII.GetString(naptr.Regexp.Span) == $"!.*!{InternetPolicy.UriOf(country)}!"
            && naptr.Replacement.IsRoot;
    }
}
