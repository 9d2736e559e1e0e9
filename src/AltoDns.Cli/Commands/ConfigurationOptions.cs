// Where a command's settings come from: the command line over the environment over altodns.yaml.

using System.CommandLine;
using AltoDns.Cli.Output;
using AltoDns.Server.Configuration;
using AltoDns.Server.Transfers;
using AltoDns.Zones.Configuration;
using AltoDns.Zones.Loading;

namespace AltoDns.Cli.Commands;

/// <summary>The configuration, the environment or both have errors.</summary>
internal sealed class ConfigurationException(IReadOnlyList<Problem> problems) : Exception("The configuration has errors.")
{
    public IReadOnlyList<Problem> Problems { get; } = problems;
}

/// <summary>Groups of options add what they set; <see cref="Read"/> puts all of it together.</summary>
internal sealed class ConfigurationOptions
{
    private readonly Option<string?> _file = new("--config", "-c")
    {
        Description = $"The server's configuration, altodns.yaml (docs/configuration.md). Default: ${EnvironmentSettings.FileVariable}, or none.",
        HelpName = "FILE",
    };

    private readonly List<Action<ParseResult, Dictionary<Setting, SettingValue>>> _groups = [];

    /// <summary>The zones of the command line, in place of those of the file; null where it names none.</summary>
    public Func<ParseResult, IReadOnlyList<PlainZone>?> PlainZones { get; set; } = _ => null;

    /// <summary>The zones from other servers of the command line, in place of those of the file; null where it names none.</summary>
    public Func<ParseResult, IReadOnlyList<SecondaryZone>?> Secondaries { get; set; } = _ => null;

    public void AddTo(Command command) => command.Options.Add(_file);

    /// <summary>Has a group of options asked for what the command line sets.</summary>
    public void Include(Action<ParseResult, Dictionary<Setting, SettingValue>> read) => _groups.Add(read);

    /// <summary>What the command is told, and the warnings about that.</summary>
    /// <exception cref="ConfigurationException">There are errors.</exception>
    public ServerConfiguration Read(ParseResult result, ProblemList problems) =>
        ReaderFor(result)(problems) ?? throw new ConfigurationException(problems.All);

    /// <summary>Reads the configuration anew at each call; null, with the problems noted, where there are errors.</summary>
    public Func<ProblemList, ServerConfiguration?> ReaderFor(ParseResult result)
    {
        var values = new Dictionary<Setting, SettingValue>();
        _groups.ForEach(read => read(result, values));
        var file = result.GetValue(_file) ?? Environment.GetEnvironmentVariable(EnvironmentSettings.FileVariable);
        var plainZones = PlainZones(result);
        var secondaries = Secondaries(result);
        return problems =>
        {
            var environment = EnvironmentSettings.Read(Environment.GetEnvironmentVariables(), problems);
            var configuration = ServerConfiguration.Read(string.IsNullOrEmpty(file) ? null : file, SettingValues.Combine(new SettingValues(values), environment), plainZones, problems);
            configuration = secondaries is null ? configuration : configuration?.With(secondaries, problems);
            return problems.HasErrors ? null : configuration;
        };
    }

    /// <summary>Runs a command's work; errors of the configuration are printed.</summary>
    public static int Guard(Func<int> work)
    {
        try
        {
            return work();
        }
        catch (ConfigurationException exception)
        {
            return Print(exception);
        }
    }

    public static int Print(ConfigurationException exception)
    {
        ProblemPrinter.Print(exception.Problems);
        return ExitCodes.Of(exception.Problems);
    }
}
