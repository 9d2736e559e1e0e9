// Compiles the next version of a policy by what changed: the names of changed assignments, and those that changed in transferred bases.

using AltoDns.Protocol.Names;
using AltoDns.Zones.Configuration;

namespace AltoDns.Zones.Compilation;

/// <summary>See docs/decisions/0008-compiling-by-difference.md.</summary>
internal sealed class IncrementalCompiler
{
    // Beyond a quarter of all names the whole is compiled as fast; few names are worth looking at in any case.
    private const int LeastNames = 20_000;
    private const int MostNamesDivisor = 4;

    private readonly CompiledPolicy _before;
    private readonly PolicyDocument _policy;
    private readonly TransferredBases _bases;
    private readonly Func<uint> _defaultSerial;
    private readonly AssignmentTable _table;
    private readonly List<IPPrefix> _changed;
    private readonly Lazy<ServerContent>[] _servers;
    private int _budget;

    private IncrementalCompiler(CompiledPolicy before, PolicyDocument policy, Func<uint> defaultSerial, TransferredBases bases)
    {
        (_before, _policy, _defaultSerial, _bases) = (before, policy, defaultSerial, bases);
        _table = new AssignmentTable(policy.Assignments);
        _changed = ReferenceEquals(before.Document, policy) ? [] : PolicyDifference.ChangedPrefixes(before, _table, policy.Servers);
        _servers = [.. policy.Servers.Select(server => new Lazy<ServerContent>(() => ServerContent.Of(server)))];
        _budget = (int)Math.Max(LeastNames, before.Zones.Sum(zone => (long)zone.Snapshot.NodeCount) / MostNamesDivisor);
    }

    /// <summary>What compiling the whole policy would come to, from the version before.</summary>
    /// <param name="before">Compiled from the same base files; of transferred bases possibly from other versions.</param>
    /// <param name="defaultSerial">The SOA serial of changed zones where the policy sets none, unless theirs is as high.</param>
    /// <param name="bases">The transferred bases as they are now.</param>
    /// <returns>Null where the whole has to be compiled. Zones in which nothing changed are the same objects as before.</returns>
    public static CompiledPolicy? TryCompile(CompiledPolicy before, PolicyDocument policy, Func<uint> defaultSerial, TransferredBases? bases = null)
    {
        // Places in the policy may have moved.
        var isSame = ReferenceEquals(before.Document, policy);
        if (!isSame && (!PolicyDifference.IsOfAssignmentsOnly(before.Document, policy)
            || before.Problems.Concat(before.Zones.SelectMany(zone => zone.Problems)).Any(problem => problem.Position.File == policy.File && problem.Position.Line > 0)))
        {
            return null;
        }

        return new IncrementalCompiler(before, policy, defaultSerial, bases ?? TransferredBases.None).Run();
    }

    private CompiledPolicy? Run()
    {
        var byOrigin = _before.Zones.ToDictionary(zone => zone.Snapshot.Origin);
        var zones = new List<CompiledZone>();
        foreach (var content in ZoneContent.Of(_policy).Where(content => !_bases.Missing.ContainsKey(content.Origin)))
        {
            var zone = byOrigin.GetValueOrDefault(content.Origin);
            var next = zone is null ? null : Recompile(zone, content);
            if (next is null)
            {
                if (_bases.Find(content.Origin) is null)
                {
                    return null;
                }

                // Where its base is at fault a zone stays as it was.
                next = ZoneCompiler.CompileOver(content, _policy, _bases, _defaultSerial()) is { } whole ? Adopt(whole, zone) : zone;
            }

            if (next is not null)
            {
                zones.Add(next);
            }
        }

        return CompiledPolicy.Of(_policy, zones, _before.Problems);
    }

    private CompiledZone? Recompile(CompiledZone zone, ZoneContent content)
    {
        if (content.Zone is { } reverse && ChangedIn(reverse, _changed) is { Count: > 0 } inZone)
        {
            var recompiler = new ZoneRecompiler(zone, reverse, _policy, _table, _servers, _budget);
            if (recompiler.Run(inZone, _defaultSerial) is not { } recompiled)
            {
                return null;
            }

            zone = recompiled;
            _budget = recompiler.Budget;
        }

        var source = _bases.Find(content.Origin)?.Snapshot;
        if (source is null || ReferenceEquals(source, zone.Base))
        {
            return zone;
        }

        return content.Zone is null || zone.Base is null
            ? null
            : new BaseRecompiler(zone, content, _policy, _table, _servers, _budget).Run(source, () => _bases.SerialOf(content.Origin, _defaultSerial()));
    }

    private CompiledZone Adopt(CompiledZone zone, CompiledZone? before) =>
        before is null ? zone : zone with { Snapshot = ZoneSerial.Follow(before.Snapshot, zone.Snapshot, tracksSource: _policy.Soa is null) };

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
