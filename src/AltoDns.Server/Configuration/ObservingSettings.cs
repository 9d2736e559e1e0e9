// The table of settings of who is told of single questions.

namespace AltoDns.Server.Configuration;

/// <summary>A part of <see cref="ServerSettings"/>; docs/protection.md says more.</summary>
public static class ObservingSettings
{
    private static readonly List<Setting> Rows = [];

    /// <summary>In the order of the sample and the reference.</summary>
    public static IReadOnlyList<Setting> All => Rows;

    public static Setting<string> DnstapSocket { get; } = Add(new SingleSetting<string>("dnstap.socket", ValueKinds.Path("a path of a socket", "PATH"))
    {
        Option = "--dnstap",
        Otherwise = "none",
        Example = "/run/dnstap/dnstap.sock",
        Description = "The Unix socket of a dnstap reader that is told of every question and answer; what it cannot take is dropped.",
    });

    public static Setting<int> SampleOneIn { get; } = Add(new SingleSetting<int>("query-log.one-in", ValueKinds.Number("a number of questions", 0, 1_000_000_000))
    {
        Option = "--query-log",
        Default = "0",
        Example = "1000",
        Description = "One question in so many is logged with its client; 0 for none.",
    });

    public static Setting<string> SampleFile { get; } = Add(new SingleSetting<string>("query-log.file", ValueKinds.Path("a file", "FILE"))
    {
        Otherwise = "the log",
        Example = "/var/log/altodns/queries",
        Description = "Where they are written, a line each; it may be moved away at any time.",
    });

    private static T Add<T>(T row)
        where T : Setting
    {
        Rows.Add(row);
        return row;
    }
}
