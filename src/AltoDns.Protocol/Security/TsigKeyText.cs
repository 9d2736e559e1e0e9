// Reads TSIG keys as BIND's key files have them, and tsig-keygen and keymgr write them.

using AltoDns.Protocol.Names;
using AltoDns.Protocol.Presentation;

namespace AltoDns.Protocol.Security;

/// <summary>What is wrong in a key file: each a sentence with a full stop.</summary>
public readonly record struct TsigKeyFault(TextPosition Position, string Fault, string Remedy);

/// <summary><c>key "name" { algorithm hmac-sha256; secret "base64"; };</c>, any number of them, with comments of the kinds <c>//</c>, <c>#</c> and <c>/* */</c>.</summary>
public sealed class TsigKeyText
{
    private const string Remedy = "Write keys as tsig-keygen does: key \"name\" { algorithm …; secret \"…\"; }; with nothing else.";

    private readonly string _text;
    private readonly bool _allowsWeak;
    private readonly List<TsigKey> _keys = [];
    private readonly List<TsigKeyFault> _faults = [];
    private int _position;
    private int _line = 1;
    private int _lineStart;
    private Word _word;

    private TsigKeyText(string text, bool allowsWeak)
    {
        _text = text;
        _allowsWeak = allowsWeak;
    }

    private enum WordKind
    {
        End,
        Text,
        Quoted,

        /// <summary>One of <c>{ } ;</c>.</summary>
        Mark,
    }

    /// <summary>Reads all keys of a file; of those with faults none is returned.</summary>
    /// <param name="allowsWeak">Whether SHA-1 and MD5 may be used.</param>
    public static (IReadOnlyList<TsigKey> Keys, IReadOnlyList<TsigKeyFault> Faults) Read(string text, bool allowsWeak = false)
    {
        var reader = new TsigKeyText(text, allowsWeak);
        reader.ReadAll();
        return (reader._keys, reader._faults);
    }

    /// <summary>Makes a key of the words that any kind of file has it in.</summary>
    /// <param name="secret">Base64, white space ignored.</param>
    /// <returns>Null with the fault and its remedy.</returns>
    public static TsigKey? TryMake(string name, string algorithm, string secret, bool allowsWeak, out string fault, out string remedy)
    {
        (fault, remedy) = ("", "");
        if (DomainName.TryParse(System.Text.Encoding.UTF8.GetBytes(name), DomainName.Root, out var owner) is not NameError.None and var error)
        {
            (fault, remedy) = ($"'{name}' cannot name a key: {error.Describe()}.", "Write the name that both servers use.");
        }
        else if (!TsigAlgorithms.TryParse(algorithm, out var known, out var macLength))
        {
            (fault, remedy) = ($"'{algorithm}' is not an algorithm.", $"Write one of {string.Join(", ", TsigAlgorithms.Mnemonics.Take(3))}.");
        }
        else if (known.IsWeak() && !allowsWeak)
        {
            (fault, remedy) = ($"The algorithm {known.Mnemonic()} of key {owner} is weak and not allowed.", "Make a new key with hmac-sha256, or allow weak algorithms for a server that cannot do better.");
        }
        else if (DecodeSecret(secret) is not { Length: > 0 } octets)
        {
            (fault, remedy) = ($"The secret of key {owner} is not Base64.", "Copy the secret from where the key was made.");
        }
        else
        {
            return new TsigKey(owner.ToLower(), known, octets) { MacLength = macLength };
        }

        return null;
    }

    private static byte[]? DecodeSecret(string text)
    {
        var octets = new byte[text.Length];
        return Convert.TryFromBase64String(text, octets, out var length) ? octets[..length] : null;
    }

    private void ReadAll()
    {
        Next();
        while (_word.Kind != WordKind.End)
        {
            if (_word is { Kind: WordKind.Text, Text: "key" })
            {
                ReadKey();
                continue;
            }

            Fault($"'{_word.Text}' is not expected here.", Remedy);
            return;
        }

        if (_keys.Count + _faults.Count == 0)
        {
            Fault("There is no key in this file.", "Make one with tsig-keygen, and copy the file.");
        }
    }

    private void ReadKey()
    {
        var start = _word.Position;
        Next();
        var name = _word;
        if (!TakeText("the key's name") || !TakeMark("{"))
        {
            SkipToEnd();
            return;
        }

        var (algorithm, secret) = (default(Word), default(Word));
        while (_word is { Kind: WordKind.Text })
        {
            var field = _word;
            Next();
            switch (field.Text)
            {
                case "algorithm":
                    algorithm = _word;
                    break;
                case "secret":
                    secret = _word;
                    break;
                default:
                    Fault(field, $"A key has no '{field.Text}'.", "Keep algorithm and secret only.");
                    break;
            }

            if (!TakeText($"a value of {field.Text}") || !TakeMark(";"))
            {
                SkipToEnd();
                return;
            }
        }

        if (!TakeMark("}") || !TakeMark(";"))
        {
            SkipToEnd();
            return;
        }

        Add(start, name, algorithm, secret);
    }

    private void Add(TextPosition start, Word name, Word algorithm, Word secret)
    {
        if (algorithm.Text is null || secret.Text is null)
        {
            _faults.Add(new TsigKeyFault(start, $"Key {name.Text} lacks its {(algorithm.Text is null ? "algorithm" : "secret")}.", "Copy the whole key from where it was made."));
        }
        else if (TryMake(name.Text, algorithm.Text, secret.Text, _allowsWeak, out var fault, out var remedy) is not { } key)
        {
            _faults.Add(new TsigKeyFault(start, fault, remedy));
        }
        else if (_keys.Contains(key))
        {
            _faults.Add(new TsigKeyFault(start, $"Key {key.Name} is given twice.", "Keep one of the two."));
        }
        else
        {
            _keys.Add(key);
        }
    }

    private bool TakeText(string what)
    {
        if (_word.Kind is WordKind.Text or WordKind.Quoted)
        {
            Next();
            return true;
        }

        Fault($"{Describe()} stands where {what} is expected.", Remedy);
        return false;
    }

    private bool TakeMark(string mark)
    {
        if (_word.Kind == WordKind.Mark && _word.Text == mark)
        {
            Next();
            return true;
        }

        Fault($"{Describe()} stands where '{mark}' is expected.", Remedy);
        return false;
    }

    // A secret may be what stands in the wrong place, so it is not repeated.
    private string Describe() => _word.Kind switch
    {
        WordKind.End => "The end of the file",
        WordKind.Mark => $"'{_word.Text}'",
        _ => "A word",
    };

    private void SkipToEnd()
    {
        while (_word.Kind != WordKind.End)
        {
            Next();
        }
    }

    private void Fault(string fault, string remedy) => Fault(_word, fault, remedy);

    private void Fault(Word word, string fault, string remedy) => _faults.Add(new TsigKeyFault(word.Position, fault, remedy));

    private void Next()
    {
        SkipBlank();
        var position = new TextPosition(_line, _position - _lineStart + 1);
        if (_position == _text.Length)
        {
            _word = new Word(WordKind.End, "", position);
            return;
        }

        var start = _position;
        var first = _text[_position++];
        if (first is '{' or '}' or ';')
        {
            _word = new Word(WordKind.Mark, first.ToString(), position);
        }
        else if (first == '"')
        {
            while (_position < _text.Length && _text[_position] is not ('"' or '\n'))
            {
                _position++;
            }

            _word = new Word(WordKind.Quoted, _text[(start + 1).._position], position);
            _position += _position < _text.Length && _text[_position] == '"' ? 1 : 0;
        }
        else
        {
            while (_position < _text.Length && !char.IsWhiteSpace(_text[_position]) && _text[_position] is not ('{' or '}' or ';' or '"'))
            {
                _position++;
            }

            _word = new Word(WordKind.Text, _text[start.._position], position);
        }
    }

    private void SkipBlank()
    {
        while (_position < _text.Length)
        {
            var rest = _text.AsSpan(_position);
            if (char.IsWhiteSpace(rest[0]))
            {
                Advance(1);
            }
            else if (rest[0] == '#' || rest.StartsWith("//", StringComparison.Ordinal))
            {
                var end = rest.IndexOf('\n');
                Advance(end < 0 ? rest.Length : end);
            }
            else if (rest.StartsWith("/*", StringComparison.Ordinal))
            {
                var end = rest[2..].IndexOf("*/", StringComparison.Ordinal);
                Advance(end < 0 ? rest.Length : end + 4);
            }
            else
            {
                return;
            }
        }
    }

    private void Advance(int count)
    {
        for (var end = _position + count; _position < end; _position++)
        {
            if (_text[_position] == '\n')
            {
                _line++;
                _lineStart = _position + 1;
            }
        }
    }

    private readonly record struct Word(WordKind Kind, string Text, TextPosition Position);
}
