// One load of a master file with all that it includes: the state they share, and how files are opened.

using AltoDns.Protocol.Names;
using AltoDns.Protocol.Records;
using AltoDns.Zones.Configuration;
using Microsoft.Win32.SafeHandles;

namespace AltoDns.Zones.ZoneFiles;

/// <summary>State that outlives an included file: the TTLs, the files open, the count of errors.</summary>
internal sealed class MasterFileLoad(string path, ProblemList problems, Action<ZoneRecord> record, ICollection<string>? files)
{
    /// <summary>How deep files may include each other.</summary>
    public const int MaxDepth = 20;

    /// <summary>How many files one load may include, so that files which include others twice cannot multiply without end.</summary>
    public const int MaxIncludes = 100_000;

    private readonly List<string> _openFiles = [];
    private int _includes;
    private uint? _defaultTimeToLive;
    private uint? _lastTimeToLive;

    public CappedProblems Problems { get; } = new(problems, path);

    /// <summary>Reads one file.</summary>
    /// <param name="file">Absolute, or relative to the working directory; what positions in it are called.</param>
    /// <param name="includedAt">The file name in the including file, where faults of opening are reported; null for the first file.</param>
    public void ReadFile(string file, DomainName origin, SourcePosition? includedAt)
    {
        files?.Add(file);
        var whole = new SourcePosition(file, 0, 0);
        if (!TryOpen(file, includedAt ?? whole, out var stream))
        {
            return;
        }

        using (stream)
        {
            _openFiles.Add(Path.GetFullPath(file));
            var before = FileStamp.Of(stream.SafeFileHandle);
            try
            {
                ReadStream(stream, file, origin);
            }
            catch (IOException exception)
            {
                Problems.Error(whole, $"The file cannot be read to its end: {Reason(exception)}.", "Check the file system and load it again.");
            }

            if (stream.CanSeek && (FileStamp.Of(stream.SafeFileHandle) != before || FileStamp.Of(file) != before))
            {
                Problems.Error(whole, "The file changed while it was read.", "Load it again; write zone files aside and rename them into place.");
            }

            _openFiles.RemoveAt(_openFiles.Count - 1);
        }
    }

    public void ReadStream(Stream text, string name, DomainName origin)
    {
        using var scanner = new MasterFileScanner(text);
        new MasterFileInterpreter(this, scanner, name, origin).Run();
    }

    /// <summary>Reads a file named in another one, unless that would go round in circles.</summary>
    public void Include(string file, DomainName origin, SourcePosition position)
    {
        if (_openFiles.Contains(Path.GetFullPath(file)))
        {
            Problems.Error(position, $"'{file}' is being read already; it includes itself.", "Remove this $INCLUDE.");
        }
        else if (_openFiles.Count > MaxDepth)
        {
            Problems.Error(position, $"Files include each other more than {MaxDepth} levels deep.", "Include the records from fewer levels.");
        }
        else if (++_includes > MaxIncludes)
        {
            Problems.Error(position, $"More than {MaxIncludes} files are included.", "Put the records into fewer files.");
        }
        else
        {
            ReadFile(file, origin, position);
        }
    }

    /// <summary>Sets what $TTL says (RFC 2308 §4).</summary>
    public void SetDefaultTimeToLive(uint seconds) => _defaultTimeToLive = seconds;

    /// <summary>Hands a record on with its own TTL or, without one, that of $TTL, else the last TTL given, else the SOA's MINIMUM.</summary>
    public void Emit(DomainName owner, uint? timeToLive, RecordData data, SourcePosition position)
    {
        if (timeToLive is { } own)
        {
            _lastTimeToLive = own;
        }
        else
        {
            timeToLive = _defaultTimeToLive ?? _lastTimeToLive ?? AssumeTimeToLive(data, position);
        }

        record(new ZoneRecord(owner, timeToLive.Value, data, position));
    }

    // RFC 2308 §4 leaves no default without $TTL; the MINIMUM of an SOA served as one before, and BIND still takes it.
    private uint AssumeTimeToLive(RecordData data, SourcePosition position)
    {
        if (data.RecordType != RecordType.SOA)
        {
            Problems.Error(position, "The record has no TTL, and no $TTL or other TTL comes before it.", "Write $TTL 3600 (RFC 2308 §4) in the first line.");
            _lastTimeToLive = 0; // one report is enough
            return 0;
        }

        var wire = data.ToWire();
        var minimum = System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(wire.AsSpan(wire.Length - sizeof(uint)));
        minimum = Math.Min(minimum, Protocol.Presentation.TimeToLive.Maximum);
        Problems.Warn(
            position, $"No TTL is given; the SOA's MINIMUM, {minimum} s, is taken for all records without one.", $"Write $TTL {minimum} (RFC 2308 §4) in the first line.");
        _defaultTimeToLive = minimum;
        return minimum;
    }

    private bool TryOpen(string file, SourcePosition position, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out FileStream? stream)
    {
        stream = null;
        if (Directory.Exists(file))
        {
            Problems.Error(position, $"'{file}' is a directory.", "Name a zone file.");
            return false;
        }

        try
        {
            stream = new FileStream(file, new FileStreamOptions
            {
                Share = FileShare.ReadWrite | FileShare.Delete,
                BufferSize = 0,
                Options = FileOptions.SequentialScan,
            });
            return true;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            Problems.Error(position, $"The file '{file}' cannot be read: {Reason(exception)}.", "Correct the name, or let this program read the file.");
            return false;
        }
    }

    private static string Reason(Exception exception) => exception switch
    {
        FileNotFoundException or DirectoryNotFoundException => "there is none",
        UnauthorizedAccessException => "permission is denied",
        ArgumentException => "this is no file name",
        _ => exception.Message.TrimEnd('.'),
    };

    /// <summary>What tells one state of a file from the next.</summary>
    private readonly record struct FileStamp(long Length, DateTime Modified)
    {
        public static FileStamp Of(SafeFileHandle handle)
        {
            try
            {
                return new FileStamp(RandomAccess.GetLength(handle), File.GetLastWriteTimeUtc(handle));
            }
            catch (NotSupportedException)
            {
                return default; // a pipe has no length
            }
        }

        /// <summary>Of the file that has the name now, which may be another one.</summary>
        public static FileStamp Of(string file)
        {
            try
            {
                using var handle = File.OpenHandle(file, share: FileShare.ReadWrite | FileShare.Delete);
                return Of(handle);
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                return default;
            }
        }
    }
}
