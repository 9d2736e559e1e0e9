// Keeps a hopeless file from filling the screen: counts errors and stops at a limit, saying so.

using AltoDns.Zones.Configuration;

namespace AltoDns.Zones.ZoneFiles;

/// <summary>Passes errors on to a list until there are too many.</summary>
/// <param name="problems">Where they go.</param>
/// <param name="file">What the last line names.</param>
internal sealed class CappedProblems(ProblemList problems, string file)
{
    /// <summary>The most errors reported of one file or zone.</summary>
    public const int MaxErrors = 1000;

    private int _errors;

    /// <summary>Whether the limit is reached; nothing more is passed on.</summary>
    public bool Full => _errors >= MaxErrors;

    public void Error(SourcePosition position, string fault, string remedy)
    {
        if (Full)
        {
            return;
        }

        problems.Error(position, fault, remedy);
        if (++_errors == MaxErrors)
        {
            problems.Error(
                new SourcePosition(file, 0, 0), $"There are {MaxErrors} errors; the rest was not looked at.", "Correct these and try again.");
        }
    }

    public void Warn(SourcePosition position, string fault, string remedy)
    {
        if (!Full)
        {
            problems.Warn(position, fault, remedy);
        }
    }
}
