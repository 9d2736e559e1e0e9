// What is wrong in an operator's files: where, what, and what to do about it.

using AltoDns.Protocol.Presentation;

namespace AltoDns.Zones.Configuration;

/// <summary>A place in a named file. Lines and columns count from 1; line 0 means the file as a whole.</summary>
public readonly record struct SourcePosition(string File, int Line, int Column)
{
    public SourcePosition(string file, TextPosition position)
        : this(file, position.Line, position.Column)
    {
    }

    /// <summary><c>file:line:column</c>, the form that editors jump to; only the file where there is no line.</summary>
    public override string ToString() => Line == 0 ? File : $"{File}:{Line}:{Column}";
}

public enum Severity
{
    /// <summary>Worth knowing; nothing is refused.</summary>
    Warning,

    /// <summary>Nothing of what was loaded may be served.</summary>
    Error,
}

/// <summary>What somebody has to do about an error, where exit codes tell it apart.</summary>
public enum ProblemKind
{
    /// <summary>Correct what a policy, a zone or the state folder holds.</summary>
    Content,

    /// <summary>Correct the server's configuration.</summary>
    Configuration,

    /// <summary>Give the program a certificate that it can use.</summary>
    Certificate,

    /// <summary>Make room on the disk.</summary>
    DiskFull,

    /// <summary>Give the program a right.</summary>
    MissingRight,
}

/// <summary>One fault with its remedy, each a sentence that ends in a full stop.</summary>
public sealed record Problem(Severity Severity, SourcePosition Position, string Fault, string Remedy)
{
    public ProblemKind Kind { get; init; }

    /// <summary>One line: <c>isp1.yaml:9:5: error: fault. Remedy.</c></summary>
    public override string ToString() =>
        OneLine($"{Position}: {(Severity == Severity.Error ? "error" : "warning")}: {Fault} {Remedy}");

    // What an operator wrote may hold line breaks and terminal controls.
    private static string OneLine(string text) => text.Any(char.IsControl)
        ? string.Concat(text.Select(character => char.IsControl(character) ? $"\\u{(int)character:X4}" : character.ToString()))
        : text;
}

/// <summary>Collects problems in the order found. Not safe for several threads.</summary>
public sealed class ProblemList
{
    private readonly List<Problem> _problems = [];

    public IReadOnlyList<Problem> All => _problems;

    public bool HasErrors { get; private set; }

    public void Add(Problem problem)
    {
        HasErrors |= problem.Severity == Severity.Error;
        _problems.Add(problem);
    }

    public void Error(SourcePosition position, string fault, string remedy) =>
        Add(new Problem(Severity.Error, position, fault, remedy));

    public void Warn(SourcePosition position, string fault, string remedy) =>
        Add(new Problem(Severity.Warning, position, fault, remedy));
}
