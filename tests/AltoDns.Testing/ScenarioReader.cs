// Reads scenario files, which people write.

using System.Text;
using AltoDns.Protocol.Messages;
using AltoDns.Protocol.Names;
using AltoDns.Protocol.Records;
using AltoDns.Zones.Configuration;
using AltoDns.Zones.ZoneFiles;

namespace AltoDns.Testing;

/// <summary>
/// A scenario is a text of lines. First one zone or several:
/// <code>
/// zone example.
/// @  3600 SOA ns hostmaster 1 2 3 4 300     ; a master file (RFC 1035 §5)
///    3600 NS  ns.example.net.
/// end
/// </code>
/// Then questions, each with what is expected of the answer:
/// <code>
/// ask www A edns=1232           ; then any of: tcp, edns=SIZE, do, rd, cd, class=CH
/// expect NOERROR aa             ; the response code and exactly these flags: aa tc rd ra ad cd
/// answer
///   www A 192.0.2.1             ; as in a master file; a TTL left out is 3600
/// additional
/// ? mail A 192.0.2.2            ; the RFCs leave this record to the server
/// + www A                       ; an RRset as the zones have it, with its signatures,
/// ?+ 300 x.wild A *.wild        ; optional, with another TTL, made from a wildcard
/// </code>
/// A section without a line is expected to be empty. Relative names end in the first zone's origin. A semicolon starts a comment.
/// Blank lines separate nothing. Used once for each file.
/// </summary>
public sealed class ScenarioReader
{
    private const string DefaultTtl = "$TTL 3600";

    private static readonly string[] Sections = ["answer", "authority", "additional"];

    private readonly string _file;
    private readonly string[] _lines;
    private readonly List<ScenarioZone> _zones = [];
    private readonly List<ScenarioQuestion> _questions = [];
    private List<ZoneRecord>? _zoneRecords;
    private int _next;

    private ScenarioReader(string path)
    {
        _file = Path.GetFileName(path);
        _lines = File.ReadAllLines(path);
    }

    /// <summary>The scenarios that come with the tests, by path.</summary>
    public static IReadOnlyList<string> AllFiles { get; } =
        [.. Directory.GetFiles(Path.Combine(AppContext.BaseDirectory, "scenarios"), "*.scenario").Order(StringComparer.Ordinal)];

    /// <exception cref="FormatException">The file is no scenario; the message has file and line.</exception>
    public static Scenario Read(string path) => new ScenarioReader(path).Read();

    private Scenario Read()
    {
        for (var line = NextLine(); line is not null; line = NextLine())
        {
            var words = Words(line);
            switch (words[0])
            {
                case "zone" when words.Length == 2 && _questions.Count == 0:
                    _zones.Add(ReadZone(ParseName(words[1], DomainName.Root)));
                    break;
                case "ask" when words.Length >= 3 && _zones.Count > 0:
                    _questions.Add(ReadQuestion(words));
                    break;
                default:
                    throw Fault("Expected 'zone ORIGIN' (before all questions) or 'ask NAME TYPE'.");
            }
        }

        return _questions.Count > 0 ? new Scenario(_file, _zones, _questions) : throw Fault("There is no question.");
    }

    private ScenarioZone ReadZone(DomainName origin)
    {
        var text = new StringBuilder().Append('\n', _next);
        while (_next < _lines.Length)
        {
            var line = _lines[_next++];
            if (line == "end")
            {
                return new ScenarioZone(_file, origin, text.ToString());
            }

            text.Append(line).Append('\n');
        }

        throw Fault("The zone has no 'end'.");
    }

    private ScenarioQuestion ReadQuestion(string[] words)
    {
        var line = _next;
        var type = RecordTypes.TryParseMnemonic(words[2], out var known) ? known : throw Fault($"'{words[2]}' is no record type.");
        var question = new ScenarioQuestion(_file, line, ParseName(words[1], _zones[0].Origin), type, ReadExpected());
        foreach (var word in words[3..])
        {
            question = word switch
            {
                "tcp" => question with { IsTcp = true },
                "do" => question with { DnssecOk = true, UdpPayload = question.UdpPayload ?? 1232 },
                "rd" or "cd" => question with { Flags = question.Flags | ParseFlag(word) },
                _ when word.StartsWith("edns=", StringComparison.Ordinal) => question with { UdpPayload = ParseNumber(word[5..]) },
                _ when word.StartsWith("class=", StringComparison.Ordinal) => question with { Class = ParseClass(word[6..]) },
                _ => throw Fault($"'{word}' is nothing that a question may have."),
            };
        }

        return question;
    }

    private ExpectedAnswer ReadExpected()
    {
        var words = Words(NextLine() ?? "");
        if (words is not ["expect", _, ..])
        {
            throw Fault("Expected 'expect RCODE FLAGS'.");
        }

        var code = Enum.GetValues<ResponseCode>().Where(code => code.Mnemonic() == words[1]).Select(code => (ResponseCode?)code).FirstOrDefault()
            ?? throw Fault($"'{words[1]}' is no response code.");
        var flags = words[2..].Aggregate(MessageFlags.None, (flags, word) => flags | ParseFlag(word));
        var sections = Sections.Select(ReadSection).ToList();
        return new ExpectedAnswer(code, flags, sections[0], sections[1], sections[2]);
    }

    private IReadOnlyList<ExpectedRecord> ReadSection(string name)
    {
        var before = _next;
        if (NextLine() is not { } heading || Words(heading) is not [var word] || word != name)
        {
            _next = before;
            return [];
        }

        var records = new List<ExpectedRecord>();
        while (_next < _lines.Length && !IsHeading(_lines[_next]))
        {
            if (Words(_lines[_next]) is ["+" or "?+", .. var reference])
            {
                var isOptional = _lines[_next++].StartsWith('?');
                records.AddRange(Signed(reference, isOptional));
            }
            else
            {
                records.AddRange(ReadWrittenRecords());
            }
        }

        return records;
    }

    private List<ExpectedRecord> ReadWrittenRecords()
    {
        // The reader of master files counts lines as this file does: the default TTL takes the place of the first.
        var text = new StringBuilder(DefaultTtl).Append('\n', _next);
        var optional = new HashSet<int>();
        while (_next < _lines.Length && !IsHeading(_lines[_next]) && Words(_lines[_next]) is not ["+" or "?+", ..])
        {
            var line = _lines[_next++];
            if (line.StartsWith('?'))
            {
                optional.Add(_next);
                line = line[1..];
            }

            text.Append(line.TrimStart()).Append('\n');
        }

        return ReadRecords(text.ToString(), optional);
    }

    private List<ExpectedRecord> Signed(string[] words, bool isOptional)
    {
        uint? timeToLive = uint.TryParse(words[0], out var seconds) ? seconds : null;
        if (words[(timeToLive is null ? 0 : 1)..] is not [var owner, var mnemonic, .. var from] || from.Length > 1
            || !RecordTypes.TryParseMnemonic(mnemonic, out var type))
        {
            throw Fault("Expected '+ [TTL] OWNER TYPE [FROM]'.");
        }

        var name = ParseName(owner, _zones[0].Origin);
        var source = from.Length > 0 ? ParseName(from[0], _zones[0].Origin) : name;
        var records = RecordsOfZones()
            .Where(record => record.Owner == source && (record.Data.RecordType == type || (record.Data is RrsigData signature && signature.TypeCovered == type)))
            .Select(record => new ExpectedRecord(new ResourceRecord(name, RecordClass.Internet, timeToLive ?? record.TimeToLive, record.Data), isOptional))
            .ToList();
        return records.Count > 0 ? records : throw Fault($"No zone has {source} {mnemonic}.");
    }

    private List<ZoneRecord> RecordsOfZones()
    {
        if (_zoneRecords is null)
        {
            _zoneRecords = [];
            foreach (var zone in _zones)
            {
                using var stream = new MemoryStream(Encoding.UTF8.GetBytes(zone.Text));
                MasterFileReader.Read(stream, _file, zone.Origin, new ProblemList(), _zoneRecords.Add);
            }
        }

        return _zoneRecords;
    }

    private List<ExpectedRecord> ReadRecords(string text, HashSet<int> optional)
    {
        var records = new List<ExpectedRecord>();
        var problems = new ProblemList();
        using var stream = new MemoryStream(Encoding.UTF8.GetBytes(text));
        MasterFileReader.Read(stream, _file, _zones[0].Origin, problems, record => records.Add(new ExpectedRecord(
            new ResourceRecord(record.Owner, RecordClass.Internet, record.TimeToLive, record.Data), optional.Contains(record.Position.Line))));
        return problems.HasErrors ? throw new FormatException(string.Join('\n', problems.All)) : records;
    }

    private static bool IsHeading(string line) => Words(line) switch
    {
        [var word] => Sections.Contains(word, StringComparer.Ordinal),
        ["ask", ..] => true,
        _ => false,
    };

    private string? NextLine()
    {
        while (_next < _lines.Length)
        {
            var line = _lines[_next++];
            if (Words(line).Length > 0)
            {
                return line;
            }
        }

        return null;
    }

    private static string[] Words(string line) =>
        line.Split(';')[0].Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);

    private DomainName ParseName(string text, DomainName origin) =>
        DomainName.TryParse(Encoding.UTF8.GetBytes(text), origin, out var name) == NameError.None ? name : throw Fault($"'{text}' is no domain name.");

    private MessageFlags ParseFlag(string word) => word switch
    {
        "aa" => MessageFlags.Authoritative,
        "tc" => MessageFlags.Truncated,
        "rd" => MessageFlags.RecursionDesired,
        "ra" => MessageFlags.RecursionAvailable,
        "ad" => MessageFlags.AuthenticData,
        "cd" => MessageFlags.CheckingDisabled,
        _ => throw Fault($"'{word}' is no flag."),
    };

    private RecordClass ParseClass(string word) =>
        Enum.GetValues<RecordClass>().Where(known => known.Mnemonic() == word).Select(known => (RecordClass?)known).FirstOrDefault()
        ?? (RecordClass)ParseNumber(word);

    private ushort ParseNumber(string word) => ushort.TryParse(word, out var number) ? number : throw Fault($"'{word}' is no number up to 65535.");

    private FormatException Fault(string fault) => new($"{_file}:{_next}: {fault}");
}
