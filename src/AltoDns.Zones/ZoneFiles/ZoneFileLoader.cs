// Loads a plain zone: reads the file, gathers its records and checks that they make a zone.

using AltoDns.Protocol.Names;
using AltoDns.Zones.Configuration;
using AltoDns.Zones.Serving;

namespace AltoDns.Zones.ZoneFiles;

public static class ZoneFileLoader
{
    /// <summary>Reads and checks one zone.</summary>
    /// <param name="path">A master file.</param>
    /// <param name="origin">The zone's name, also the first origin of the file.</param>
    /// <param name="problems">Where errors and warnings are added; errors that are there already do not matter.</param>
    /// <param name="files">Where the files that were asked for are added, those included too; null where nobody asks.</param>
    /// <returns>The zone, ready to be frozen, or null where the file or the zone has any error.</returns>
    public static ZoneBuilder? Load(string path, DomainName origin, ProblemList problems, ICollection<string>? files = null)
    {
        var found = new ProblemList();
        var draft = new ZoneDraft(new ZoneBuilder(origin), path, found);
        MasterFileReader.Read(path, origin, found, draft.Add, files);

        // A record that could not be read may be the one that a check would miss.
        if (!found.HasErrors)
        {
            ZoneChecker.Check(draft);
        }

        foreach (var problem in found.All)
        {
            problems.Add(problem);
        }

        return found.HasErrors ? null : draft.Zone;
    }
}
