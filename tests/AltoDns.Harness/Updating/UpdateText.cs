// Updates in the words of nsupdate, so that one text goes through nsupdate, knsupdate and our own client.

using System.Globalization;
using System.Text;
using AltoDns.Protocol.Messages;
using AltoDns.Protocol.Names;
using AltoDns.Protocol.Presentation;
using AltoDns.Protocol.Records;

namespace AltoDns.Harness.Updating;

/// <summary>Reads lines such as <c>prereq yxrrset a.example. A</c>, <c>update add a.example. 60 A 192.0.2.1</c>, <c>update delete a.example. A</c>.</summary>
public static class UpdateText
{
    public static UpdateBuilder Parse(DomainName zone, IEnumerable<string> lines)
    {
        var builder = new UpdateBuilder(zone);
        foreach (var line in lines)
        {
            var words = line.Split(' ', 3);
            if (words[0] == "prereq")
            {
                builder.Require(ReadPrerequisite(words[1], words[2]));
            }
            else
            {
                builder.Change(words[1] == "add" ? ReadAddition(words[2]) : ReadDeletion(words[2]));
            }
        }

        return builder;
    }

    /// <summary>Reads record data in presentation form.</summary>
    public static RecordData ReadData(RecordType type, string text)
    {
        var octets = Encoding.Latin1.GetBytes(text);
        var reader = new RecordTextReader(octets, Split(octets), DomainName.Root, new TextPosition(1, octets.Length + 1));
        return RecordTypes.ParseData(type, ref reader) ?? throw new FormatException($"{type} {text}: {reader.Error}");
    }

    private static UpdateRecord ReadPrerequisite(string kind, string text)
    {
        var words = text.Split(' ', 3);
        var owner = DomainName.Parse(words[0]);
        var type = words.Length > 1 ? TypeOf(words[1]) : RecordType.ANY;
        return words.Length > 2
            ? new UpdateRecord(owner, type, RecordClass.Internet, 0, ReadData(type, words[2]))
            : new UpdateRecord(owner, type, kind.StartsWith("yx", StringComparison.Ordinal) ? RecordClass.Any : RecordClass.None, 0, null);
    }

    private static UpdateRecord ReadAddition(string text)
    {
        var words = text.Split(' ', 4);
        var type = TypeOf(words[2]);
        return new UpdateRecord(
            DomainName.Parse(words[0]), type, RecordClass.Internet, uint.Parse(words[1], CultureInfo.InvariantCulture), ReadData(type, words[3]));
    }

    private static UpdateRecord ReadDeletion(string text)
    {
        var words = text.Split(' ', 3);
        var owner = DomainName.Parse(words[0]);
        var type = words.Length > 1 ? TypeOf(words[1]) : RecordType.ANY;
        return words.Length > 2
            ? new UpdateRecord(owner, type, RecordClass.None, 0, ReadData(type, words[2]))
            : new UpdateRecord(owner, type, RecordClass.Any, 0, null);
    }

    private static RecordType TypeOf(string text) => RecordTypes.TryParseMnemonic(text, out var type) ? type : throw new FormatException(text);

    private static TextToken[] Split(ReadOnlySpan<byte> text)
    {
        var tokens = new List<TextToken>();
        for (var position = 0; position < text.Length;)
        {
            if (text[position] == (byte)' ')
            {
                position++;
                continue;
            }

            var isQuoted = text[position] == (byte)'"';
            var start = isQuoted ? position + 1 : position;
            var length = text[start..].IndexOf((byte)(isQuoted ? '"' : ' '));
            length = length < 0 ? text.Length - start : length;
            tokens.Add(new TextToken(start, length, isQuoted, new TextPosition(1, start + 1)));
            position = start + length + (isQuoted ? 1 : 0);
        }

        return [.. tokens];
    }
}
