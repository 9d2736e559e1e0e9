// Understands the entries of one master file: directives change its state, everything else is a record.

using System.Text;
using AltoDns.Protocol.Messages;
using AltoDns.Protocol.Names;
using AltoDns.Protocol.Presentation;
using AltoDns.Protocol.Records;
using AltoDns.Zones.Configuration;

namespace AltoDns.Zones.ZoneFiles;

/// <summary>Reads one file; an included file has an interpreter of its own, so that origin and owner come back after it (RFC 1035 §5.1).</summary>
internal sealed class MasterFileInterpreter(MasterFileLoad load, MasterFileScanner scanner, string file, DomainName origin)
{
    private DomainName _origin = origin;
    private DomainName _owner;
    private bool _hasOwner;
    private RecordType _lastType;
    private byte[] _lastTypeWord = [];

    /// <summary>Reads to the end of the file, or until there are too many errors.</summary>
    public void Run()
    {
        while (!load.Problems.Full)
        {
            switch (scanner.Read())
            {
                case EntryOutcome.End:
                    return;
                case EntryOutcome.Fault:
                    Error(scanner.FaultPosition, scanner.Fault, scanner.Remedy);
                    break;
                default:
                    ReadEntry();
                    break;
            }
        }
    }

    private void ReadEntry()
    {
        var tokens = scanner.Tokens;
        var next = 0;
        if (scanner.StartsBlank)
        {
            if (!_hasOwner)
            {
                Error(
                    tokens[0].Position, "The record has no owner: the line begins with a blank, and no record comes before it in this file.",
                    "Write the owner in the first column, @ for the origin.");
                _hasOwner = true; // one report is enough
                return;
            }
        }
        else
        {
            var word = Word(tokens[0]);
            if (word.StartsWith((byte)'$') && !tokens[0].IsQuoted)
            {
                ReadDirective(word);
                return;
            }

            _hasOwner = true;
            if (!TryReadName(tokens[0], "owner", out var owner))
            {
                return;
            }

            _owner = owner;
            next = 1;
        }

        if (TryReadHead(tokens, ref next, out var timeToLive, out var type))
        {
            var text = new RecordTextReader(scanner.Text, tokens[next..], _origin, scanner.EndPosition);
            var data = RecordTypes.ParseData(type, ref text);
            if (data is null)
            {
                Error(text.ErrorPosition, type, text.Error);
            }
            else
            {
                load.Emit(_owner, timeToLive, data, At(tokens[0].Position));
            }
        }
    }

    /// <summary>Reads TTL and class, in either order and both optional, and the type.</summary>
    private bool TryReadHead(ReadOnlySpan<TextToken> tokens, ref int next, out uint? timeToLive, out RecordType type)
    {
        timeToLive = null;
        type = default;
        for (var hasClass = false; next < tokens.Length; next++)
        {
            var word = Word(tokens[next]);
            if (IsTypeReadLast(word))
            {
                type = _lastType;
                next++;
                return true;
            }

            if (timeToLive is null && word is [>= (byte)'0' and <= (byte)'9', ..])
            {
                if (!TryReadTimeToLive(tokens[next], out var seconds))
                {
                    return false;
                }

                timeToLive = seconds;
            }
            else if (!hasClass && MasterFileWords.TryReadClass(word, out var recordClass))
            {
                if (recordClass != RecordClass.Internet)
                {
                    Error(
                        tokens[next].Position, $"Class {recordClass.Mnemonic()} is not served from zone files.", "Write IN, or leave the class out.");
                    return false;
                }

                hasClass = true;
            }
            else
            {
                return TryReadType(tokens[next++], out type);
            }
        }

        Error(scanner.EndPosition, "The record type is missing.", "Write OWNER TTL CLASS TYPE DATA; TTL and class may be left out.");
        return false;
    }

    private bool TryReadType(TextToken token, out RecordType type)
    {
        var word = Word(token);
        if (!MasterFileWords.TryReadType(word, out type))
        {
            Error(
                token.Position, $"'{MasterFileWords.Quote(word)}' is not a record type.",
                word.StartsWith((byte)'$')
                    ? "Write the directive in the first column."
                    : "Write a mnemonic such as PTR, or TYPE and a number; a line without owner must begin with a blank.");
            return false;
        }

        if (type.IsMeta())
        {
            Error(token.Position, $"{type.Mnemonic()} stands in questions and messages only; no zone holds such a record.", "Remove the record.");
            return false;
        }

        _lastType = type;
        _lastTypeWord = word.ToArray();
        return true;
    }

    private bool IsTypeReadLast(ReadOnlySpan<byte> word) => word.SequenceEqual(_lastTypeWord) && _lastTypeWord.Length > 0;

    private void ReadDirective(ReadOnlySpan<byte> word)
    {
        if (Ascii.EqualsIgnoreCase(word, "$ORIGIN"u8))
        {
            if (HasArguments("$ORIGIN", "NAME", 1, 1) && TryReadName(scanner.Tokens[1], "origin", out var name))
            {
                _origin = name;
            }
        }
        else if (Ascii.EqualsIgnoreCase(word, "$TTL"u8))
        {
            if (HasArguments("$TTL", "TIME", 1, 1) && TryReadTimeToLive(scanner.Tokens[1], out var seconds))
            {
                load.SetDefaultTimeToLive(seconds);
            }
        }
        else if (Ascii.EqualsIgnoreCase(word, "$INCLUDE"u8))
        {
            if (HasArguments("$INCLUDE", "FILE [ORIGIN]", 1, 2))
            {
                Include(scanner.Tokens);
            }
        }
        else if (Ascii.EqualsIgnoreCase(word, "$GENERATE"u8))
        {
            if (HasArguments("$GENERATE", "START-STOP[/STEP] OWNER [TTL] [CLASS] TYPE DATA", 4, 6))
            {
                Generate(scanner.Tokens);
            }
        }
        else
        {
            Error(
                scanner.Tokens[0].Position, $"'{MasterFileWords.Quote(word)}' is not a directive.",
                "There are $ORIGIN, $TTL, $INCLUDE and $GENERATE; write an owner that begins with a dollar sign as \\$.");
        }
    }

    private bool HasArguments(string directive, string arguments, int least, int most)
    {
        var given = scanner.Tokens.Length - 1;
        if (given < least)
        {
            Error(scanner.EndPosition, $"{directive} lacks an argument.", $"Write {directive} {arguments}.");
        }
        else if (given > most)
        {
            Error(
                scanner.Tokens[most + 1].Position, $"{directive} has too many arguments.",
                $"Write {directive} {arguments}; quote what has blanks inside.");
        }

        return given >= least && given <= most;
    }

    private void Include(ReadOnlySpan<TextToken> tokens)
    {
        var included = _origin;
        if (tokens.Length == 3 && !TryReadName(tokens[2], "origin", out included))
        {
            return;
        }

        if (!MasterFileWords.TryUnescape(Word(tokens[1]), out var octets))
        {
            Error(tokens[1].Position, $"The file name has a bad escape: {NameError.BadEscape.Describe()}.", "Write each backslash twice.");
            return;
        }

        var name = Encoding.UTF8.GetString(octets);
        load.Include(Path.Combine(Path.GetDirectoryName(file) ?? "", name), included, At(tokens[1].Position));
    }

    private void Generate(ReadOnlySpan<TextToken> tokens)
    {
        var next = 3;
        if (!GenerateRange.TryParse(Word(tokens[1]), out var range, out var fault))
        {
            Error(tokens[1].Position, $"The range '{MasterFileWords.Quote(Word(tokens[1]))}' {fault}.", "Write START-STOP or START-STOP/STEP, such as 1-254.");
        }
        else if (!GenerateTemplate.TryParse(Word(tokens[2]), tokens[2].IsQuoted, out var owner, out fault))
        {
            Error(tokens[2].Position, $"The owner {fault}.", GenerateTemplate.Remedy);
        }
        else if (!TryReadHead(tokens, ref next, out var timeToLive, out var type))
        {
            return;
        }
        else if (next >= tokens.Length)
        {
            Error(scanner.EndPosition, $"The {type.Mnemonic()} data is missing.", "Write it as one word, in quotes where it has blanks inside.");
        }
        else if (next + 1 < tokens.Length)
        {
            Error(tokens[next + 1].Position, "$GENERATE takes the data as one word.", "Put all of it into one pair of quotes, inner quotes written as \\\".");
        }
        else if (!GenerateTemplate.TryParse(Word(tokens[next]), tokens[next].IsQuoted, out var data, out fault))
        {
            Error(tokens[next].Position, $"The data {fault}.", GenerateTemplate.Remedy);
        }
        else
        {
            var generator = new RecordGenerator(_origin, type, owner, data);
            Generate(generator, range, timeToLive, tokens[2].Position, tokens[next].Position);
        }
    }

    /// <summary>Makes the records, up to the first fault: the others would fail in the same way.</summary>
    private void Generate(RecordGenerator generator, GenerateRange range, uint? timeToLive, TextPosition ownerPosition, TextPosition dataPosition)
    {
        using (generator)
        {
            for (var value = (long)range.Start; value <= range.Stop; value += range.Step)
            {
                if (!generator.TryMake((int)value, out var owner, out var data, out var faultyOwner, out var fault))
                {
                    var (sentence, remedy) = MasterFileWords.SplitFault(fault);
                    Error(faultyOwner ? ownerPosition : dataPosition, $"For the value {value}, {sentence}", remedy);
                    return;
                }

                load.Emit(owner, timeToLive, data, At(ownerPosition));
            }
        }
    }

    private bool TryReadName(TextToken token, string field, out DomainName name)
    {
        var word = Word(token);
        var error = DomainName.TryParse(word, _origin, out name);
        if (error == NameError.None)
        {
            return true;
        }

        var (fault, remedy) = MasterFileWords.SplitFault($"the {field} '{MasterFileWords.Quote(word)}' is not a domain name: {error.Describe()}");
        Error(token.Position, MasterFileWords.Capitalize(fault), remedy);
        return false;
    }

    private bool TryReadTimeToLive(TextToken token, out uint seconds)
    {
        var word = Word(token);
        if (TimeToLive.TryParse(word, out seconds))
        {
            return true;
        }

        Error(
            token.Position, $"'{MasterFileWords.Quote(word)}' is not a TTL.",
            "Write seconds, or units such as 1h30m, at most 2147483647 s (RFC 2181 §8).");
        return false;
    }

    private ReadOnlySpan<byte> Word(TextToken token) => scanner.Text.Slice(token.Start, token.Length);

    private SourcePosition At(TextPosition position) => new(file, position);

    private void Error(TextPosition position, string fault, string remedy) => load.Problems.Error(At(position), fault, remedy);

    private void Error(TextPosition position, RecordType type, string? fault)
    {
        var (sentence, remedy) = MasterFileWords.SplitFault(fault ?? "the data is not understood");
        Error(position, $"{type.Mnemonic()}: {sentence}", remedy);
    }
}
