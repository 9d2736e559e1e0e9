// Cuts a master file into entries and their words, over one buffer that slides along the file.
//
//   buffer   |.......owner 3600 ( IN PTR host ) ; comment\n......|
//                    ^_start: always the first octet of a line   ^_end
//
// An entry lies in the buffer as a whole. One that runs into _end is read again from _start after more octets came.

using System.Buffers;
using System.Runtime.CompilerServices;
using AltoDns.Protocol.Presentation;

namespace AltoDns.Zones.ZoneFiles;

/// <summary>What <see cref="MasterFileScanner.Read"/> found.</summary>
internal enum EntryOutcome
{
    /// <summary>Words of one entry, at least one.</summary>
    Entry,

    /// <summary>An entry whose words cannot be told apart; it has been passed over.</summary>
    Fault,

    /// <summary>The end of the file.</summary>
    End,

    /// <summary>More octets are needed. Never leaves the scanner.</summary>
    Incomplete,
}

/// <summary>Reads entries: a line, or several where parentheses hold them together (RFC 1035 §5.1). Not safe for several threads.</summary>
internal sealed class MasterFileScanner : IDisposable
{
    /// <summary>The most octets of one entry, its comments included.</summary>
    public const int MaxEntryLength = 1 << 20;

    private const int InitialBufferLength = 1 << 17;

    private readonly Stream? _stream;
    private byte[] _buffer;
    private TextToken[] _tokens = new TextToken[16];
    private int _tokenCount;
    private int _start;
    private int _end;
    private int _line = 1;
    private bool _isFinal;
    private bool _isFirst = true;
    private bool _skipsLine;
    private bool _skipsContinuation;
    private int _depth;
    private int _openOffset;
    private TextPosition _opened;

    /// <param name="stream">The file, read to its end; the caller's to dispose.</param>
    public MasterFileScanner(Stream stream)
    {
        _stream = stream;
        _buffer = ArrayPool<byte>.Shared.Rent(InitialBufferLength);
    }

    /// <summary>A scanner over text in memory, given by <see cref="Reset"/>.</summary>
    public MasterFileScanner() => _buffer = ArrayPool<byte>.Shared.Rent(512);

    /// <summary>What the tokens point into; valid until the next read.</summary>
    public ReadOnlySpan<byte> Text => _buffer;

    /// <summary>The words of the entry; valid until the next read.</summary>
    public ReadOnlySpan<TextToken> Tokens => _tokens.AsSpan(0, _tokenCount);

    /// <summary>Whether the entry's first line begins with a blank, which stands for the last owner.</summary>
    public bool StartsBlank { get; private set; }

    /// <summary>Directly after the last word.</summary>
    public TextPosition EndPosition
    {
        get
        {
            var last = _tokens[_tokenCount - 1];
            return new TextPosition(last.Position.Line, last.Position.Column + last.Length + (last.IsQuoted ? 2 : 0));
        }
    }

    /// <summary>What is wrong, a sentence; set with <see cref="EntryOutcome.Fault"/>.</summary>
    public string Fault { get; private set; } = "";

    public string Remedy { get; private set; } = "";

    public TextPosition FaultPosition { get; private set; }

    /// <summary>Starts over with text in memory.</summary>
    public void Reset(ReadOnlySpan<byte> text)
    {
        if (_buffer.Length < text.Length)
        {
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = ArrayPool<byte>.Shared.Rent(text.Length);
        }

        text.CopyTo(_buffer);
        (_start, _end, _line, _tokenCount) = (0, text.Length, 1, 0);
        (_isFinal, _isFirst, _skipsLine, _skipsContinuation) = (true, false, false, false);
    }

    /// <summary>Moves to the next entry.</summary>
    /// <exception cref="IOException">The stream cannot be read.</exception>
    public EntryOutcome Read()
    {
        while (true)
        {
            var outcome = Scan();
            if (outcome != EntryOutcome.Incomplete)
            {
                return outcome;
            }

            if (!TryFill())
            {
                return TooLong();
            }
        }
    }

    public void Dispose()
    {
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = [];
        _end = 0;
        _isFinal = true;
    }

    // Most of a load is spent here and in the words: worth compiling well from the first line on.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private EntryOutcome Scan()
    {
        _tokenCount = 0;
        _depth = 0;
        StartsBlank = false;
        if (!TrySkip())
        {
            return _isFinal ? EntryOutcome.End : EntryOutcome.Incomplete;
        }

        var text = _buffer.AsSpan(0, _end);
        var position = _start;
        var lineStart = _start;
        var line = _line;
        while (position < text.Length)
        {
            switch (text[position])
            {
                case (byte)' ' or (byte)'\t' or (byte)'\r':
                    StartsBlank |= position == _start;
                    position++;
                    break;
                case (byte)'\n':
                    lineStart = ++position;
                    line++;
                    if (_depth > 0)
                    {
                        break;
                    }

                    (_start, _line) = (position, line);
                    if (_tokenCount > 0)
                    {
                        return EntryOutcome.Entry;
                    }

                    StartsBlank = false;
                    break;
                case (byte)';':
                    var comment = text[position..].IndexOf((byte)'\n');
                    position = comment < 0 ? text.Length : position + comment;
                    break;
                case (byte)'(':
                    if (_depth++ == 0)
                    {
                        _openOffset = position;
                        _opened = new TextPosition(line, position - lineStart + 1);
                    }

                    position++;
                    break;
                case (byte)')' when _depth == 0:
                    return Fail(
                        position, new TextPosition(line, position - lineStart + 1), "This parenthesis closes none.", "Remove it, or open one before it.");
                case (byte)')':
                    _depth--;
                    position++;
                    break;
                case 0:
                    return FailForGood(new TextPosition(line, position - lineStart + 1));
                case (byte)'"':
                    var closing = WordBounds.FindClosingQuote(text, position + 1);
                    if (closing < 0 && !_isFinal)
                    {
                        return EntryOutcome.Incomplete;
                    }

                    var quote = new TextPosition(line, position - lineStart + 1);
                    if (closing < 0 || text[closing] != (byte)'"')
                    {
                        return FailQuote(text, position, closing, quote);
                    }

                    AddToken(new TextToken(position + 1, closing - position - 1, IsQuoted: true, quote));
                    position = closing + 1;
                    break;
                default:
                    var end = WordBounds.FindWordEnd(text, position, _isFinal);
                    if (end < 0)
                    {
                        return EntryOutcome.Incomplete;
                    }

                    AddToken(new TextToken(position, end - position, IsQuoted: false, new TextPosition(line, position - lineStart + 1)));
                    position = end;
                    break;
            }
        }

        if (!_isFinal)
        {
            return EntryOutcome.Incomplete;
        }

        if (_depth > 0)
        {
            return FailParenthesis("at the end of the file");
        }

        (_start, _line) = (_end, line);
        return _tokenCount > 0 ? EntryOutcome.Entry : EntryOutcome.End;
    }

    /// <summary>Passes over a byte order mark and over what a fault left; false where the buffer ends before that is done.</summary>
    private bool TrySkip()
    {
        if (_isFirst)
        {
            if (_end < 3 && !_isFinal)
            {
                return false;
            }

            _isFirst = false;
            _start = _buffer.AsSpan(0, _end).StartsWith("\uFEFF"u8) ? 3 : 0;
        }

        while (_skipsLine || _skipsContinuation)
        {
            var rest = _buffer.AsSpan(_start, _end - _start);
            if (rest.IsEmpty)
            {
                return false;
            }

            if (!_skipsLine && rest[0] is not ((byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n' or (byte)')'))
            {
                _skipsContinuation = false;
                break;
            }

            var newline = rest.IndexOf((byte)'\n');
            _skipsLine = newline < 0;
            _start = newline < 0 ? _end : _start + newline + 1;
            _line += newline < 0 ? 0 : 1;
        }

        return true;
    }

    private void AddToken(TextToken token)
    {
        if (_tokenCount == _tokens.Length)
        {
            Array.Resize(ref _tokens, _tokens.Length * 2);
        }

        _tokens[_tokenCount++] = token;
    }

    /// <summary>Notes a fault; the next read goes on with the line after <paramref name="offset"/>.</summary>
    private EntryOutcome Fail(int offset, TextPosition position, string fault, string remedy)
    {
        (Fault, Remedy, FaultPosition) = (fault, remedy, position);
        (_start, _line) = (offset, position.Line);
        _skipsLine = true;
        return EntryOutcome.Fault;
    }

    // A line end ends the string, as in BIND: otherwise one forgotten quote would swallow the file.
    private EntryOutcome FailQuote(ReadOnlySpan<byte> text, int offset, int end, TextPosition position)
    {
        if (end >= 0 && text[end] == 0)
        {
            return FailForGood(new TextPosition(position.Line, position.Column + end - offset));
        }

        _skipsContinuation = _depth > 0;
        return Fail(
            offset, position, "The quoted string opened here is not closed on its line.",
            "Close it with \" on this line; write a line break inside it as \\010.");
    }

    private EntryOutcome FailParenthesis(string where)
    {
        // What looks like the rest of the entry would only give further faults.
        _skipsContinuation = true;
        return Fail(_openOffset, _opened, $"The parenthesis opened here is still open {where}.", "Close it with ) after the last field.");
    }

    private EntryOutcome FailForGood(TextPosition position)
    {
        Fail(_end, position, "Here is a NUL octet; this is no text file, or one in UTF-16.", "Give a zone file in ASCII or UTF-8.");
        (_start, _skipsLine, _isFinal) = (_end, false, true);
        return EntryOutcome.Fault;
    }

    private EntryOutcome TooLong() => _depth > 0
        ? FailParenthesis($"after {MaxEntryLength} octets")
        : Fail(_end, new TextPosition(_line, 1), $"This line is longer than {MaxEntryLength} octets.", "Break it, with parentheses around the fields.");

    /// <summary>Reads on behind the octets kept; false where the entry fills the largest buffer.</summary>
    private bool TryFill()
    {
        var kept = _end - _start;
        if (kept >= MaxEntryLength)
        {
            return false;
        }

        var buffer = _buffer;
        if (kept > _buffer.Length / 2)
        {
            buffer = ArrayPool<byte>.Shared.Rent(_buffer.Length * 2);
        }

        _buffer.AsSpan(_start, kept).CopyTo(buffer);
        if (buffer != _buffer)
        {
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = buffer;
        }

        (_start, _end) = (0, kept);
        var read = _stream?.Read(_buffer, _end, _buffer.Length - _end) ?? 0;
        _end += read;
        _isFinal = read == 0;
        return true;
    }
}
