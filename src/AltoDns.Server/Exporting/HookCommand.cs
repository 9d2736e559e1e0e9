// A command that an operator wants run for a zone, cut into words once, so that no shell ever reads a zone's name.

using System.Globalization;
using System.Text;
using AltoDns.Protocol.Names;
using AltoDns.Server.Configuration;

namespace AltoDns.Server.Exporting;

/// <summary>
/// Words are separated by blanks; within single or double quotes a blank is part of the word. In each word <c>{zone}</c> stands for the zone's name
/// without its final dot, <c>{file}</c> for the path of its file, <c>{update}</c> for that of its nsupdate commands, <c>{serial}</c> for its serial.
/// </summary>
public sealed class HookCommand
{
    private static readonly string[] Placeholders = ["zone", "file", "update", "serial"];

    private readonly IReadOnlyList<string> _words;

    private HookCommand(string text, IReadOnlyList<string> words)
    {
        Text = text;
        _words = words;
    }

    /// <summary>As a setting.</summary>
    public static ValueKind<HookCommand> Kind { get; } = new("a command", "COMMAND", (string text, string _, out HookCommand value) =>
    {
        if (TryParse(text, out var command, out var fault))
        {
            value = command!;
            return null;
        }

        value = new HookCommand(text, []);
        var end = fault.IndexOf(". ", StringComparison.Ordinal) + 1;
        return new Mistake(fault[..end], fault[(end + 1)..]);
    });

    /// <summary>As it was written.</summary>
    public string Text { get; }

    /// <summary>Reads a command.</summary>
    /// <param name="fault">What is wrong and how it is mended; empty where nothing is.</param>
    public static bool TryParse(string text, out HookCommand? command, out string fault)
    {
        command = null;
        var words = new List<string>();
        if (!TrySplit(text, words))
        {
            fault = $"'{text}' has a quote without its end. Close it.";
            return false;
        }

        if (words.Count == 0)
        {
            fault = "The command is empty. Write one such as 'rndc reload {zone}'.";
            return false;
        }

        foreach (var word in words)
        {
            for (var open = word.IndexOf('{'); open >= 0; open = word.IndexOf('{', open + 1))
            {
                var close = word.IndexOf('}', open);
                var name = close < 0 ? word[(open + 1)..] : word[(open + 1)..close];
                if (close > 0 && name.Length > 0 && name.All(char.IsAsciiLetter) && !Placeholders.Contains(name, StringComparer.Ordinal))
                {
                    fault = $"'{{{name}}}' stands for nothing. Write {{zone}}, {{file}}, {{update}} or {{serial}}.";
                    return false;
                }
            }
        }

        fault = "";
        command = new HookCommand(text, words);
        return true;
    }

    /// <summary>The program and its arguments for one zone.</summary>
    public IReadOnlyList<string> For(DomainName zone, uint serial, string file, string update) =>
    [
        .. _words.Select(word => word
            .Replace("{serial}", serial.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal)
            .Replace("{file}", file, StringComparison.Ordinal)
            .Replace("{update}", update, StringComparison.Ordinal)
            .Replace("{zone}", zone.IsRoot ? "." : zone.ToString()[..^1], StringComparison.Ordinal)),
    ];

    private static bool TrySplit(string text, List<string> words)
    {
        var word = new StringBuilder();
        var (isWord, quote) = (false, '\0');
        foreach (var character in text)
        {
            if (quote != '\0' ? character == quote : character is '"' or '\'')
            {
                quote = quote == '\0' ? character : '\0';
                isWord = true;
            }
            else if (quote == '\0' && char.IsWhiteSpace(character))
            {
                if (isWord)
                {
                    words.Add(word.ToString());
                }

                word.Clear();
                isWord = false;
            }
            else
            {
                word.Append(character);
                isWord = true;
            }
        }

        if (isWord)
        {
            words.Add(word.ToString());
        }

        return quote == '\0';
    }
}
