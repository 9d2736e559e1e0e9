// Reads the scenario files: cases of records, a question, and what must come of it.

namespace AltoDns.Discovery.Tests.Support;

/// <param name="Name">What the case shows.</param>
/// <param name="Records">Of a zone that has every name.</param>
/// <param name="Ask">The line that asks, split at spaces: <c>discover</c>, <c>domain</c> or <c>trackers</c>, and its arguments.</param>
/// <param name="Finds">What must be found, in order.</param>
/// <param name="By">The step that must answer; null where it does not matter.</param>
/// <param name="Lookups">How many lookups it must take; null where it does not matter.</param>
public sealed record DiscoveryCase(
    string Name, IReadOnlyList<string> Records, IReadOnlyList<string> Ask, IReadOnlyList<string> Finds, string? By, int? Lookups)
{
    public override string ToString() => Name;
}

public static class ScenarioFile
{
    public static string PathOf(string file) => Path.Combine(AppContext.BaseDirectory, "Scenarios", file);

    /// <summary>The lines that say something.</summary>
    public static IEnumerable<string> Lines(string file) =>
        File.ReadLines(PathOf(file)).Select(line => line.Trim()).Where(line => line.Length > 0 && line[0] != '#');

    public static IReadOnlyList<DiscoveryCase> Cases(string file)
    {
        var cases = new List<DiscoveryCase>();
        foreach (var line in Lines(file))
        {
            var (word, rest) = (line.Split(' ')[0], line[(line.IndexOf(' ') + 1)..]);
            if (word == "case")
            {
                cases.Add(new DiscoveryCase(rest, [], [], [], null, null));
                continue;
            }

            var last = cases[^1];
            cases[^1] = word switch
            {
                "zone" => last with { Records = [.. last.Records, WithTimeToLive(rest)] },
                "discover" or "domain" or "trackers" => last with { Ask = line.Split(' ') },
                "finds" => last with { Finds = rest is "nothing" or "none" ? [] : [.. last.Finds, rest] },
                "by" => last with { By = rest },
                "lookups" => last with { Lookups = int.Parse(rest) },
                _ => throw new FormatException($"{file}: {line}"),
            };
        }

        return cases;
    }

    private static string WithTimeToLive(string record) => record.Insert(record.IndexOf(' '), " 3600 IN");
}
