// Writes records as an RFC 1035 master file that BIND, NSD and Knot read and that people like to read.

using System.Globalization;
using System.Text;
using AltoDns.Protocol.Names;
using AltoDns.Protocol.Presentation;
using AltoDns.Protocol.Records;

namespace AltoDns.Zones.ZoneFiles;

/// <summary>How a zone file looks.</summary>
public sealed record ZoneFileStyle
{
    /// <summary>Lines of the comment at the top, without semicolon.</summary>
    public IReadOnlyList<string> Header { get; init; } = [];

    /// <summary>Seconds for $TTL; records with this TTL then show none. Null: every record shows its own.</summary>
    public uint? DefaultTimeToLive { get; init; }

    /// <summary>Whether owners are written in full, on every line and without $ORIGIN, for programs that read line by line and files that include this one.</summary>
    public bool AbsoluteOwners { get; init; }
}

/// <summary>
/// Writes records as they come, so that a zone of any size passes through. The same records in the same order give the
/// same octets. Names in record data are absolute; the class is always given. Not safe for several threads.
/// </summary>
public sealed class ZoneFileWriter
{
    private const int OwnerColumn = 24;
    private const int SoaFieldIndent = 32;

    private static readonly string[] SoaNumbers = ["serial", "refresh", "retry", "expire", "minimum"];

    private readonly TextWriter _output;
    private readonly DomainName _origin;
    private readonly ZoneFileStyle _style;
    private readonly StringBuilder _line = new();
    private readonly int _originLength;
    private DomainName? _lastOwner;

    /// <summary>Writes the header, $ORIGIN where owners need it, and $TTL.</summary>
    /// <param name="output">The caller's to flush and dispose; UTF-8 or ASCII.</param>
    /// <param name="origin">The zone; records outside it are written with absolute owners.</param>
    public ZoneFileWriter(TextWriter output, DomainName origin, ZoneFileStyle? style = null)
    {
        _output = output;
        _origin = origin;
        _style = style ?? new ZoneFileStyle();
        _originLength = origin.IsRoot ? 0 : origin.ToString().Length;
        foreach (var line in _style.Header.SelectMany(text => text.ReplaceLineEndings("\n").Split('\n')))
        {
            _line.Append("; ").Append(line);
            EndLine();
        }

        if (!_style.AbsoluteOwners)
        {
            _line.Append("$ORIGIN ").Append(origin.ToString());
            EndLine();
        }

        if (_style.DefaultTimeToLive is { } timeToLive)
        {
            _line.Append(CultureInfo.InvariantCulture, $"$TTL {timeToLive}");
            EndLine();
        }
    }

    /// <summary>Writes all records: the SOA first (RFC 1035 §5.2), the others in their order.</summary>
    /// <param name="records">Enumerated once for the SOA, up to it, and once for the rest.</param>
    public static void Write(TextWriter output, DomainName origin, IEnumerable<ZoneRecord> records, ZoneFileStyle? style = null)
    {
        var writer = new ZoneFileWriter(output, origin, style);
        foreach (var record in records.Where(IsSoa).Take(1))
        {
            writer.Write(record.Owner, record.TimeToLive, record.Data);
        }

        foreach (var record in records.Where(record => !IsSoa(record)))
        {
            writer.Write(record.Owner, record.TimeToLive, record.Data);
        }
    }

    /// <summary>Writes one record; its owner is left blank where it is that of the record before.</summary>
    /// <param name="timeToLive">Seconds.</param>
    public void Write(DomainName owner, uint timeToLive, RecordData data)
    {
        if (_style.AbsoluteOwners || _lastOwner != owner)
        {
            AppendOwner(owner);
            _lastOwner = owner;
        }

        _line.Append(' ', Math.Max(_style.AbsoluteOwners ? 1 : OwnerColumn - _line.Length, 1));
        if (timeToLive != _style.DefaultTimeToLive)
        {
            _line.Append(CultureInfo.InvariantCulture, $"{timeToLive} ");
        }

        _line.Append("IN ").Append(data.RecordType.Mnemonic()).Append(' ');
        if (data.RecordType == RecordType.SOA && !_style.AbsoluteOwners)
        {
            AppendSoa(data);
        }
        else
        {
            data.Print(new RecordTextWriter(_line));
        }

        EndLine();
    }

    private static bool IsSoa(ZoneRecord record) => record.Data.RecordType == RecordType.SOA;

    private void AppendOwner(DomainName owner)
    {
        var text = owner.ToString();
        if (_style.AbsoluteOwners || !owner.IsSubdomainOf(_origin))
        {
            _line.Append(text);
        }
        else if (owner.Length == _origin.Length)
        {
            _line.Append('@');
        }
        else
        {
            // Both end in the same labels, whose case does not change the length of the text.
            _line.Append(text, 0, text.Length - _originLength - 1);
        }
    }

    private void AppendSoa(RecordData data)
    {
        // No field has a blank inside: names write it as \032.
        var fields = data.ToString().Split(' ');
        if (fields.Length != SoaNumbers.Length + 2)
        {
            _line.AppendJoin(' ', fields);
            return;
        }

        _line.Append(fields[0]).Append(' ').Append(fields[1]).Append(" (");
        for (var i = 0; i < SoaNumbers.Length; i++)
        {
            EndLine();
            _line.Append(' ', SoaFieldIndent)
                .Append(CultureInfo.InvariantCulture, $"{fields[i + 2],-10} ; {SoaNumbers[i]}");
        }

        EndLine();
        _line.Append(' ', SoaFieldIndent).Append(')');
    }

    private void EndLine()
    {
        _line.Append('\n');
        foreach (var chunk in _line.GetChunks())
        {
            _output.Write(chunk.Span);
        }

        _line.Clear();
    }
}
