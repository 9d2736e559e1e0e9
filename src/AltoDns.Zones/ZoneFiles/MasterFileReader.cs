// Reads RFC 1035 master files record by record, whatever their size; all faults of a file are found in one pass.

using AltoDns.Protocol.Names;
using AltoDns.Zones.Configuration;

namespace AltoDns.Zones.ZoneFiles;

/// <summary>
/// The master-file format of RFC 1035 §5 with $TTL (RFC 2308 §4), opaque data (RFC 3597 §5), TTL units and $GENERATE as
/// BIND documents them. Records are given as they are read, before the file is known to be free of faults: use none of
/// them when the problems have errors. Whether they make a zone is for <see cref="ZoneChecker"/> to say.
/// </summary>
public static class MasterFileReader
{
    /// <summary>Reads a file and those it includes. A file that cannot be read, or changes meanwhile, is an error too.</summary>
    /// <param name="path">Also what positions in this file are called.</param>
    /// <param name="origin">What relative names end in until the file sets $ORIGIN.</param>
    /// <param name="problems">At most 1,000 errors are added, then a line that says so.</param>
    /// <param name="record">Called for each record in the order of the file.</param>
    /// <param name="files">Where the files that were asked for are added, those included and those that cannot be read too; null where nobody asks.</param>
    public static void Read(string path, DomainName origin, ProblemList problems, Action<ZoneRecord> record, ICollection<string>? files = null) =>
        new MasterFileLoad(path, problems, record, files).ReadFile(path, origin, includedAt: null);

    /// <summary>Reads from memory or any other stream, up to its end.</summary>
    /// <param name="text">The caller's to dispose.</param>
    /// <param name="name">What positions in it are called; files that it includes are looked up beside it.</param>
    /// <param name="origin">What relative names end in until the text sets $ORIGIN.</param>
    /// <param name="problems">At most 1,000 errors are added, then a line that says so.</param>
    /// <param name="record">Called for each record in order.</param>
    /// <param name="files">Where the files that it includes are added; null where nobody asks.</param>
    /// <exception cref="IOException">The stream cannot be read.</exception>
    public static void Read(
        Stream text, string name, DomainName origin, ProblemList problems, Action<ZoneRecord> record, ICollection<string>? files = null) =>
        new MasterFileLoad(name, problems, record, files).ReadStream(text, name, origin);
}
