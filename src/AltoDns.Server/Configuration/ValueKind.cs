// What a value may be: how it is read from text, and what is said of one that is wrong.

namespace AltoDns.Server.Configuration;

/// <summary>Reads one value.</summary>
/// <param name="folder">What relative paths are relative to; empty for the working directory.</param>
/// <returns>Null where the text is right.</returns>
public delegate Mistake? ValueParser<T>(string text, string folder, out T value);

/// <param name="Noun">With its article, as in "belongs there": <c>a number of UDP threads</c>.</param>
/// <param name="Form">In short: <c>N</c>.</param>
/// <param name="Range">The values that are taken; null where the form says it.</param>
public sealed record ValueKind<T>(string Noun, string Form, ValueParser<T> Parse, string? Range = null)
{
    /// <summary>Whether a text without characters is a value.</summary>
    public bool MayBeEmpty { get; init; }
}
