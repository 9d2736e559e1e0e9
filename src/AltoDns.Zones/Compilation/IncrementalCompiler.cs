// Compiles the next version of a policy by what changed in it: the names of changed assignments, in the zones that have any.

using AltoDns.Protocol.Names;
using AltoDns.Zones.Configuration;

namespace AltoDns.Zones.Compilation;

/// <summary>See docs/decisions/0008-compiling-by-difference.md.</summary>
internal static class IncrementalCompiler
{
    // Beyond a quarter of all names the whole is compiled as fast; few names are worth looking at in any case.
    private const int LeastNames = 20_000;
    private const int MostNamesDivisor = 4;

    /// <summary>What compiling the whole policy would come to, from the version before.</summary>
    /// <param name="before">Compiled from the same base records.</param>
    /// <param name="defaultSerial">The SOA serial of changed zones where the policy sets none, unless theirs is as high.</param>
    /// <returns>Null where the whole has to be compiled. Zones in which nothing changed are the same objects as before.</returns>
    public static CompiledPolicy? TryCompile(CompiledPolicy before, PolicyDocument policy, Func<uint> defaultSerial)
    {
        // Places in the policy may have moved.
        if (!PolicyDifference.IsOfAssignmentsOnly(before.Document, policy)
            || before.Problems.Any(problem => problem.Position.File == policy.File && problem.Position.Line > 0))
        {
            return null;
        }

        var table = new AssignmentTable(policy.Assignments);
        var changed = PolicyDifference.ChangedPrefixes(before, table, policy.Servers);
        var servers = policy.Servers.Select(server => new Lazy<ServerContent>(() => ServerContent.Of(server))).ToArray();
        var budget = (int)Math.Max(LeastNames, before.Zones.Sum(zone => (long)zone.Snapshot.NodeCount) / MostNamesDivisor);
        var byOrigin = before.Zones.ToDictionary(zone => zone.Snapshot.Origin);
        var zones = new List<CompiledZone>();
        foreach (var content in ZoneContent.Of(policy))
        {
            var zone = byOrigin[content.Origin];
            if (content.Zone is { } reverse && ChangedIn(reverse, changed) is { Count: > 0 } inZone)
            {
                var recompiler = new ZoneRecompiler(zone, reverse, policy, table, servers, budget);
                if (recompiler.Run(inZone, defaultSerial) is not { } recompiled)
                {
                    return null;
                }

                zone = recompiled;
                budget = recompiler.Budget;
            }

            zones.Add(zone);
        }

        return CompiledPolicy.Of(policy, zones, before.Problems);
    }

    // The changed prefixes that cover a zone or lie in it.
    private static List<IPPrefix> ChangedIn(ReverseZone zone, List<IPPrefix> changed)
    {
        var found = new List<IPPrefix>();
        for (var length = 0; length < zone.Prefix.Length; length++)
        {
            if (changed.BinarySearch(zone.Prefix.Truncate(length)) is >= 0 and var index)
            {
                found.Add(changed[index]);
            }
        }

        var next = changed.BinarySearch(zone.Prefix);
        for (next = next < 0 ? ~next : next; next < changed.Count && zone.Prefix.Contains(changed[next]); next++)
        {
            found.Add(changed[next]);
        }

        return found;
    }
}
