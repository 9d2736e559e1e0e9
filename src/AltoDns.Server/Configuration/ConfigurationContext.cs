// What the readers of one configuration share: its folder, its problems, and the files beside it.

using AltoDns.Zones.Configuration;

namespace AltoDns.Server.Configuration;

internal sealed class ConfigurationContext(string folder, ProblemList problems)
{
    public ProblemList Problems { get; } = problems;

    public SettingPlace Place { get; } = new(folder, problems);

    /// <summary>Files that values name.</summary>
    public HashSet<string> Paths { get; } = new(StringComparer.Ordinal);

    /// <summary>Notes a file that cannot be used.</summary>
    /// <param name="what">Such as <c>key file</c>.</param>
    public void ReportUnreadable(SourcePosition position, string what, string path, Exception exception) => Problems.Error(
        position, $"The {what} {path} cannot be read: {PolicyContext.Reason(exception)}.", "Correct the path, which is relative to this file, or the permissions.");
}
