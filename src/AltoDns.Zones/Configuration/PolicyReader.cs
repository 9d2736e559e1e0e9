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
        ReadFile(path, problems, open ?? PolicyContext.OpenFile).Document;

    /// <summary>Reads policies that are to be served together; null where there are errors in any of them or between them.</summary>
    /// <param name="paths">Files, and folders of which every <c>*.yaml</c> and <c>*.yml</c> is read in the order of their names.</param>
    public static IReadOnlyList<PolicyDocument>? ReadAll(IEnumerable<string> paths, ProblemList problems, FileOpener? open = null)
    {
        var found = new ProblemList();
        var documents = new List<PolicyDocument>();
        var zones = new List<Positioned<IPPrefix>>();
        var forwardZones = new List<Positioned<DomainName>>();
        foreach (var path in ListFiles(paths, found))
        {
            var (document, zonesOfFile) = ReadFile(path, found, open ?? PolicyContext.OpenFile);
            zones.AddRange(zonesOfFile.Reverse);
            forwardZones.AddRange(zonesOfFile.Forward);
            if (document is not null)
            {
                documents.Add(document);
            }
        }

        // Within a file, overlap has been noted already.
        ZoneIndex.RejectOverlap(zones, zone => zone.Value, zone => zone.Position, "Zone", found);
        ZonesReader.RejectDuplicates(forwardZones, found);
        foreach (var problem in found.All)
        {
            problems.Add(problem);
        }

        return found.HasErrors ? null : documents;
    }

    private static (PolicyDocument? Document, ZonesReader Zones) ReadFile(string path, ProblemList problems, FileOpener open)
    {
        if (ReadText(path, problems, open) is not { } text)
        {
            return (null, new ZonesReader(problems));
        }

        var found = new ProblemList();
        var reader = new PolicyFileReader(new PolicyContext(path, open, found));
        var document = reader.Read(text);
        foreach (var problem in found.All.OrderBy(problem => problem.Position.Line).ThenBy(problem => problem.Position.Column))
        {
            problems.Add(problem);
        }

        return (document, reader.Zones);
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
