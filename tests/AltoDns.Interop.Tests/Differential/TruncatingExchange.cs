// Asks by UDP, and by TCP what any server truncated, so that whole answers are compared and TC is judged by itself.

using AltoDns.Harness;

namespace AltoDns.Interop.Tests.Differential;

/// <summary>A datagram over the limit, or cut short where it need not be.</summary>
public sealed record TruncationFault(string Server, Query Query, string Fault);

/// <param name="Answers">By server name, at the query's index: whole answers.</param>
internal sealed record TruncatingExchange(IReadOnlyDictionary<string, IReadOnlyList<Answer>> Answers, IReadOnlyList<TruncationFault> Faults)
{
    private const ushort LimitWithoutEdns = 512;

    public static async Task<TruncatingExchange> AskAsync(IReadOnlyList<RunningServer> servers, IReadOnlyList<Query> queries)
    {
        var datagrams = await Task.WhenAll(servers.Select(server => server.Client.AskAsync(queries)));
        var again = Enumerable.Range(0, queries.Count).Where(index => datagrams.Any(answers => answers[index].IsTruncated)).ToList();
        var streams = await Task.WhenAll(servers.Select(server => server.Client.AskByTcpAsync([.. again.Select(index => queries[index])])));

        var faults = new List<TruncationFault>();
        var answers = new Dictionary<string, IReadOnlyList<Answer>>(StringComparer.Ordinal);
        for (var server = 0; server < servers.Count; server++)
        {
            var whole = datagrams[server].ToArray();
            for (var i = 0; i < again.Count; i++)
            {
                Judge(servers[server].Name, queries[again[i]], whole[again[i]], streams[server][i], faults);
                if (whole[again[i]].IsTruncated)
                {
                    whole[again[i]] = streams[server][i];
                }
            }

            answers[servers[server].Name] = whole;
        }

        return new TruncatingExchange(answers, faults);
    }

    private static void Judge(string server, Query query, Answer datagram, Answer stream, List<TruncationFault> faults)
    {
        // RFC 6891 §6.2.3: a payload size below 512 counts as 512.
        var limit = Math.Max((int)(query.UdpPayload ?? LimitWithoutEdns), LimitWithoutEdns);
        if (datagram.Length > limit)
        {
            faults.Add(new TruncationFault(server, query, $"{datagram.Length} octets where {limit} are the limit"));
        }

        // RFC 2181 §9: TC tells that something required is missing. How large an answer is depends on compression, so each
        // server is held against its own whole answer; its own limit for datagrams is 1232 octets in all of them.
        if (datagram.IsTruncated && stream.Length <= Math.Min(limit, 1232))
        {
            faults.Add(new TruncationFault(server, query, $"an answer of {stream.Length} octets truncated where {limit} are the limit"));
        }

        if (stream.IsTruncated)
        {
            faults.Add(new TruncationFault(server, query, "truncated by TCP"));
        }
    }
}
