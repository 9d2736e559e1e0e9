// The files of one zone's export.

using AltoDns.Protocol.Names;
using AltoDns.Zones.Configuration;
using AltoDns.Zones.Exporting;
using AltoDns.Zones.Serving;
using AltoDns.Zones.ZoneFiles;

namespace AltoDns.Server.Exporting;

/// <summary>
/// Writes <c>ORIGIN.zone</c>; or, for the ALTO records alone, <c>ORIGIN.alto</c> to include and <c>ORIGIN.nsupdate</c> with the commands from
/// <c>ORIGIN.applied</c>, which is what the last command that succeeded brought about, so that no change is lost where one fails.
/// </summary>
internal sealed class ZoneExportWriter(ExportOptions options)
{
    private const string UpdateExtension = ".nsupdate";
    private const string AppliedExtension = ".applied";

    public string FileOf(DomainName origin) =>
        ExportFolder.PathOf(options.Folder, origin, options.AltoOnly ? ExportFolder.AltoExtension : ExportFolder.ZoneExtension);

    public string UpdateOf(DomainName origin) => ExportFolder.PathOf(options.Folder, origin, UpdateExtension);

    /// <summary>Writes the files of a version.</summary>
    /// <returns>Whether the zone's file changed.</returns>
    /// <exception cref="IOException">A file cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">A file may not be written.</exception>
    public bool Write(ZoneSnapshot zone)
    {
        Directory.CreateDirectory(options.Folder);
        if (!options.AltoOnly)
        {
            return ExportFolder.Replace(FileOf(zone.Origin), output => ZoneExporter.Write(zone, output));
        }

        var applied = ReadApplied(zone.Origin);
        ExportFolder.Replace(UpdateOf(zone.Origin), output => UpdateCommands.Write(zone.Origin, applied, AltoRecords.Of(zone), output));
        return ExportFolder.Replace(FileOf(zone.Origin), output => AltoRecords.Write(zone, output));
    }

    /// <summary>Remembers that the command has brought the version in the file about.</summary>
    public void NoteApplied(DomainName origin)
    {
        if (options.AltoOnly)
        {
            ExportFolder.Replace(AppliedOf(origin), output => output.Write(File.ReadAllText(FileOf(origin))));
        }
    }

    /// <summary>Whether the version in the file is still to be brought about.</summary>
    public bool IsPending(DomainName origin) =>
        options.AltoOnly && (!File.Exists(AppliedOf(origin)) || File.ReadAllText(AppliedOf(origin)) != File.ReadAllText(FileOf(origin)));

    private string AppliedOf(DomainName origin) => ExportFolder.PathOf(options.Folder, origin, AppliedExtension);

    // What cannot be read counts as nothing: adding what is there already does no harm.
    private List<ZoneRecord> ReadApplied(DomainName origin)
    {
        var records = new List<ZoneRecord>();
        if (File.Exists(AppliedOf(origin)))
        {
            MasterFileReader.Read(AppliedOf(origin), origin, new ProblemList(), records.Add);
        }

        return records;
    }
}
