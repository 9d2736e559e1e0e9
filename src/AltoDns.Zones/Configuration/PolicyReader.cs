// From an operator's YAML files to validated policies: every mistake is reported at once, and nothing with errors comes out.

using AltoDns.Protocol.Names;

namespace AltoDns.Zones.Configuration;

/// <summary>Reads policies. Problems of a file are noted in the order of its lines.</summary>
public static class PolicyReader
{
    private static readonly string[] Extensions = [".yaml", ".yml"];

    /// <summary>Reads one policy; null where it has errors.</summary>
    /// <param name="path">The policy's file; positions name it as given here.</param>
    /// <param name="open">Opens the policy and the files that it names; null for those of the file system.</param>
    public static PolicyDocument? Read(string path, ProblemList problems, FileOpener? open = null) =>
        AddProblems(ReadFile(path, open ?? PolicyContext.OpenFile), problems).Document;

    /// <summary>Reads policies that are to be served together; null where there are errors in any of them or between them.</summary>
    /// <param name="paths">Files, and folders of which every <c>*.yaml</c> and <c>*.yml</c> is read in the order of their names.</param>
    public static IReadOnlyList<PolicyDocument>? ReadAll(IEnumerable<string> paths, ProblemList problems, FileOpener? open = null) =>
        ReadEach(paths, problems, open ?? PolicyContext.OpenFile, _ => null)?.Select(policy => policy.Document!).ToList();

    /// <summary>Reads policies that are to be served together; null where there are errors in any of them or between them.</summary>
    /// <param name="recall">Gives what reading a file came to earlier, where that still holds; null where it has to be read.</param>
    internal static IReadOnlyList<ReadPolicy>? ReadEach(
        IEnumerable<string> paths, ProblemList problems, FileOpener open, Func<string, ReadPolicy?> recall)
    {
        var found = new ProblemList();
        var policies = new List<ReadPolicy>();
        foreach (var path in ListFiles(paths, found))
        {
            policies.Add(AddProblems(recall(path) ?? ReadFile(path, open), found));
        }

        // Within a file, overlap has been noted already.
        ZoneIndex.RejectOverlap([.. policies.SelectMany(policy => policy.Zones)], zone => zone.Value, zone => zone.Position, "Zone", found);
        ZonesReader.RejectDuplicates(policies.SelectMany(policy => policy.ForwardZones), found);
        foreach (var problem in found.All)
        {
            problems.Add(problem);
        }

        return found.HasErrors ? null : policies;
    }

    private static ReadPolicy AddProblems(ReadPolicy policy, ProblemList problems)
    {
        foreach (var problem in policy.Problems)
        {
            problems.Add(problem);
        }

        return policy;
    }

    private static ReadPolicy ReadFile(string path, FileOpener open)
    {
        var found = new ProblemList();
        if (ReadText(path, found, open) is not { } text)
        {
            return new ReadPolicy(null, [], [], found.All);
        }

        var reader = new PolicyFileReader(new PolicyContext(path, open, found));
        var document = reader.Read(text, AssignmentLines.Find(text), out var isCertain);
        if (!isCertain)
        {
            found = new ProblemList();
            reader = new PolicyFileReader(new PolicyContext(path, open, found));
            document = reader.Read(text, lines: null, out _);
        }

        return new ReadPolicy(
            document,
            reader.Zones.Reverse,
            reader.Zones.Forward,
            [.. found.All.OrderBy(problem => problem.Position.Line).ThenBy(problem => problem.Position.Column)]);
    }

    private static byte[]? ReadText(string path, ProblemList problems, FileOpener open)
    {
        try
        {
            using var stream = open(path);
            using var text = new MemoryStream(stream.CanSeek ? checked((int)stream.Length) : 0);
            stream.CopyTo(text);
            return text.Length == text.Capacity ? text.GetBuffer() : text.ToArray();
        }
        catch (Exception exception) when (PolicyContext.IsFileFault(exception) || exception is OverflowException)
        {
            problems.Error(
                new SourcePosition(path, 0, 0),
                $"The policy cannot be read: {(exception is OverflowException ? "it is larger than 2 GiB" : PolicyContext.Reason(exception))}.",
                "Correct the path or the permissions.");
            return null;
        }
    }

    private static List<string> ListFiles(IEnumerable<string> paths, ProblemList problems)
    {
        var files = new List<string>();
        foreach (var path in paths)
        {
            if (!Directory.Exists(path))
            {
                files.Add(path);
                continue;
            }

            try
            {
                var inFolder = Directory.EnumerateFiles(path)
                    .Where(file => Extensions.Contains(Path.GetExtension(file), StringComparer.Ordinal) && !Path.GetFileName(file).StartsWith('.'))
                    .Order(StringComparer.Ordinal)
                    .ToList();
                if (inFolder.Count == 0)
                {
                    problems.Error(new SourcePosition(path, 0, 0), "The folder has no policies.", "Put *.yaml files into it, or name another folder.");
                }

                files.AddRange(inFolder);
            }
            catch (Exception exception) when (PolicyContext.IsFileFault(exception))
            {
                problems.Error(new SourcePosition(path, 0, 0), $"The folder cannot be read: {PolicyContext.Reason(exception)}.", "Correct the path or the permissions.");
            }
        }

        return [.. files.DistinctBy(Path.GetFullPath, StringComparer.Ordinal)];
    }
}

/// <summary>What reading one file came to.</summary>
/// <param name="Document">Null where it has errors.</param>
/// <param name="Zones">Its zones of the reverse tree, as far as they could be read.</param>
/// <param name="ForwardZones">Its other zones, as far as they could be read.</param>
/// <param name="Problems">In the order of its lines.</param>
internal sealed record ReadPolicy(
    PolicyDocument? Document,
    IReadOnlyList<Positioned<IPPrefix>> Zones,
    IReadOnlyList<Positioned<DomainName>> ForwardZones,
    IReadOnlyList<Problem> Problems);
