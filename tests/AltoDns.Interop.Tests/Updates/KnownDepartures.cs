// Where BIND or Knot depart from what the RFCs say of updates, each by its rule.

using AltoDns.Harness;

namespace AltoDns.Interop.Tests.Updates;

internal static class KnownDepartures
{
    private static readonly string[] NamesInZone = ["", "ns1.", "ns2.", "a.", "b.a.", "www.", "alias.", "sub.", "ns1.sub.", "*.w.", "mixed."];

    /// <summary>The rule by which two zones or lists of response codes may differ; null where they have to agree.</summary>
    /// <param name="differsInTimesOnly">Whether both ended with the same records but for their TTLs, and the same response codes.</param>
    public static string? Find(string server, IReadOnlyList<ScriptedUpdate> script, string origin, bool differsInTimesOnly)
    {
        var added = script.SelectMany(update => update.Lines).Where(line => line.StartsWith("update add ", StringComparison.Ordinal))
            .Select(line => line.ToLowerInvariant().Split(' ')).Select(words => (Owner: words[2], Type: words[4])).ToList();
        if (differsInTimesOnly && server == KnotServer.Name)
        {
            return "Knot leaves a record that is added again with another TTL as it is; RFC 2136 §3.4.2.2 has it replaced.";
        }

        if (added.Exists(record => record.Type == "dname" && IsAbove(record.Owner, added.Select(other => other.Owner), origin)))
        {
            return server == KnotServer.Name
                ? "Knot refuses a DNAME above names that exist; RFC 6672 §5.2 has it occlude them."
                : "BIND transfers names below a DNAME, which RFC 6672 §2.4 says must not exist, and refuses a DNAME that occludes the zone's own name servers.";
        }

        var cuts = added.Where(record => record.Type == "ns" && record.Owner != origin).Select(record => record.Owner).Append("sub." + origin).ToList();
        if (added.Exists(record => record.Type == "dname" && cuts.Exists(cut => record.Owner.EndsWith("." + cut, StringComparison.Ordinal))))
        {
            return $"{server} transfers a DNAME below a zone cut, where it is never answered (RFC 4592 §4.2); AltoDns keeps it and leaves it out.";
        }

        if (server == KnotServer.Name && script.Any(update => ReplacesTwice(update.Lines)))
        {
            return "Knot loses an alias that one update replaces by another alias; RFC 6672 §5.2 has the last one stay.";
        }

        return server == NamedServer.Name && added.Exists(record => record.Type is "ns" or "dname" && record.Owner.StartsWith("*.", StringComparison.Ordinal))
            ? "BIND adds neither NS nor DNAME to a wildcard; RFC 4592 §4.2 and §4.4 advise against it, RFC 2136 §3.4.2.2 adds it."
            : null;
    }

    private static bool ReplacesTwice(IReadOnlyList<string> lines) => lines
        .Select(line => line.ToLowerInvariant().Split(' '))
        .Where(words => words[1] == "add" && words[4] is "cname" or "dname")
        .GroupBy(words => (words[2], words[4]))
        .Any(group => group.Count() > 1);

    private static bool IsAbove(string owner, IEnumerable<string> others, string origin) =>
        NamesInZone.Select(name => name + origin).Concat(others).Any(name => name.EndsWith("." + owner, StringComparison.Ordinal));
}
