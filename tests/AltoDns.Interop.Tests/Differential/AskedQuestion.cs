// A question, what each server answered, and what can be told from that about the zone's aliases.

using System.Text;
using AltoDns.Harness;
using AltoDns.Protocol.Messages;
using AltoDns.Protocol.Names;
using AltoDns.Protocol.Records;

namespace AltoDns.Interop.Tests.Differential;

/// <param name="Apexes">The origins of all zones served together.</param>
/// <param name="Answers">By name of the server, of those that have the zone.</param>
public sealed record AskedQuestion(
    GeneratedZone Zone, Query Query, IReadOnlySet<DomainName> Apexes, IReadOnlyDictionary<string, NormalAnswer> Answers)
{
    /// <summary>Whether all zones are signed.</summary>
    public bool IsSigned { get; init; }

    /// <summary>The answer records of all servers.</summary>
    public IEnumerable<ResourceRecord> AllAnswers => Answers.Values.SelectMany(answer => answer.Answer.Answers);

    /// <summary>The aliases in the longest answer.</summary>
    public int AliasCount => Answers.Values.Max(answer => answer.Answer.Answers.Count(record => record.Type == RecordType.CNAME));

    public bool HasDname => AllAnswers.Any(record => record.Type == RecordType.DNAME);

    /// <summary>Whether following the aliases from the question comes back to a name.</summary>
    public bool IsAliasLoop
    {
        get
        {
            var targets = new Dictionary<DomainName, DomainName>();
            foreach (var alias in AllAnswers.Where(record => record.Type == RecordType.CNAME))
            {
                targets[alias.Owner] = Target(alias);
            }

            var seen = new HashSet<DomainName>();
            var name = Query.Name;
            while (seen.Add(name) && targets.TryGetValue(name, out var next))
            {
                name = next;
            }

            return targets.ContainsKey(name);
        }
    }

    /// <summary>Whether a name of the answers, or the one asked for, lies in a zone whose parent zone is served, too.</summary>
    public bool TouchesChildZone => AllNames.Any(name => EnclosingApexes(name).Skip(1).Any());

    /// <summary>Whether an alias leads from the zone of the question into another one that is served, too.</summary>
    public bool LeavesZone
    {
        get
        {
            var zone = EnclosingApexes(Query.Name).FirstOrDefault();
            return AllNames.Any(name => EnclosingApexes(name).Take(1).Any(apex => apex != zone));
        }
    }

    /// <summary>The name asked for and the targets of all aliases.</summary>
    public IEnumerable<DomainName> AllNames =>
        AllAnswers.Where(record => record.Type == RecordType.CNAME).Select(Target).Append(Query.Name);

    /// <summary>The zone, the question and every answer in normal form, servers that agree together.</summary>
    public override string ToString()
    {
        var text = new StringBuilder($"{Zone.Origin}: {Query}\n");
        foreach (var alike in Answers.GroupBy(pair => pair.Value.ToString(), StringComparer.Ordinal))
        {
            text.Append($" {string.Join(", ", alike.Select(pair => pair.Key))}: {alike.Key}");
        }

        return text.ToString();
    }

    private IEnumerable<DomainName> EnclosingApexes(DomainName name)
    {
        for (; !name.IsRoot; name = name.Parent)
        {
            if (Apexes.Contains(name))
            {
                yield return name;
            }
        }
    }

    /// <summary>Where an alias leads.</summary>
    internal static DomainName Target(ResourceRecord alias) =>
        DomainName.TryFromWire(alias.Data.ToWire(), out var target) ? target : throw new FormatException($"{alias} has no target.");
}
