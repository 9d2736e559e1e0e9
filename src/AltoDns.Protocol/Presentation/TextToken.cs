// One word of a master file, where it stands in the text and where the reader of the file finds it.

namespace AltoDns.Protocol.Presentation;

/// <summary>A place in a file. Lines and columns count from 1, columns in octets.</summary>
public readonly record struct TextPosition(int Line, int Column)
{
    public override string ToString() => $"{Line}:{Column}";
}

/// <summary>A word or quoted string, its escapes still in place, its quotes not included.</summary>
/// <param name="Start">Octets from the start of the buffer that the tokens are of.</param>
/// <param name="Length">Octets of the token.</param>
public readonly record struct TextToken(int Start, int Length, bool IsQuoted, TextPosition Position);
