// Lists of plain zones in a file, for servers with thousands of them.

using AltoDns.Protocol.Names;
using AltoDns.Zones.Configuration;

namespace AltoDns.Zones.Loading;

/// <summary>Reads lines of an origin, white space and a path. Empty lines, and what follows <c>#</c>, do not count; paths are relative to the list's folder.</summary>
public static class ZoneListReader
{
    /// <summary>Reads a list; lines with a fault are added to <paramref name="problems"/> and left out.</summary>
    public static IReadOnlyList<PlainZone> Read(string path, ProblemList problems)
    {
        var zones = new List<PlainZone>();
        try
        {
            var folder = Path.GetDirectoryName(path) ?? "";
            var number = 0;
            foreach (var line in File.ReadLines(path))
            {
                number++;
                var text = line.Split('#')[0].Trim();
                if (text.Length > 0 && ReadLine(text, folder, new SourcePosition(path, number, 1), problems) is { } zone)
                {
                    zones.Add(zone);
                }
            }
        }
        catch (Exception exception) when (PolicyContext.IsFileFault(exception))
        {
            problems.Error(
                new SourcePosition(path, 0, 0), $"The list of zones cannot be read: {PolicyContext.Reason(exception)}.", "Correct the path or the permissions.");
        }

        return zones;
    }

    private static PlainZone? ReadLine(string text, string folder, SourcePosition position, ProblemList problems)
    {
        var words = text.Split((char[]?)null, 2, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        if (words.Length != 2)
        {
            problems.Error(position, $"'{text}' is not a zone and its file.", "Write an origin and a path, such as: example.com. example.com.zone");
            return null;
        }

        var error = DomainName.TryParse(System.Text.Encoding.UTF8.GetBytes(words[0]), DomainName.Root, out var origin);
        if (error != NameError.None)
        {
            problems.Error(position, $"'{words[0]}' is not a domain name: {error.Describe()}.", "Correct the zone's name.");
            return null;
        }

        return new PlainZone(origin, Path.Combine(folder, words[1]), position);
    }
}
