// The arguments that say which zones a command is about; every command takes the same ones.

using System.CommandLine;
using System.Text;
using AltoDns.Cli.Samples;
using AltoDns.Protocol.Names;
using AltoDns.Server.Access;
using AltoDns.Server.Configuration;
using AltoDns.Server.Transfers;
using AltoDns.Zones.Configuration;
using AltoDns.Zones.Loading;
using AltoDns.Zones.Transferred;

namespace AltoDns.Cli.Commands;

internal sealed class SourceOptions
{
    private readonly Argument<string[]> _files = new("FILES")
    {
        Description = "Policies (*.yaml), or folders of them. None, and neither --zone nor --config: the sample zones inside the program.",
        Arity = ArgumentArity.ZeroOrMore,
    };

    private readonly Option<string[]> _zones = new("--zone", "-z")
    {
        Description = "A zone served as its file has it, such as --zone example.com=example.com.zone. May be repeated.",
        HelpName = "ORIGIN=FILE",
        AllowMultipleArgumentsPerToken = false,
    };

    private readonly Option<string[]> _lists = new("--zone-list")
    {
        Description = "A file with a zone on each line: ORIGIN FILE, the file relative to the list. May be repeated.",
        HelpName = "LIST",
    };

    private readonly Option<string[]> _secondaries = new("--secondary")
    {
        Description = "A zone served as another server has it, such as --secondary example.com=192.0.2.53,198.51.100.53:5300. "
            + "Each primary may have a TSIG key: '192.0.2.53 key NAME'. May be repeated.",
        HelpName = "ORIGIN=PRIMARY",
        AllowMultipleArgumentsPerToken = false,
    };

    private readonly SettingOptions _settings;

    /// <param name="settings">What else the command takes of a server's settings.</param>
    public SourceOptions(params IEnumerable<Setting> settings)
    {
        _settings = new SettingOptions(settings);
        Configuration.Include(ReadInto);
        Configuration.Include(_settings.Read);
        Configuration.PlainZones = ReadZones;
        Configuration.Secondaries = ReadSecondaries;
    }

    public ConfigurationOptions Configuration { get; } = new();

    public void AddTo(Command command)
    {
        command.Arguments.Add(_files);
        command.Options.Add(_zones);
        command.Options.Add(_lists);
        command.Options.Add(_secondaries);
        _secondaries.Validators.Add(result =>
        {
            foreach (var text in result.Tokens.Select(token => token.Value))
            {
                if (!TryParseSecondary(text, out _, out var fault))
                {
                    result.AddError(fault);
                }
            }
        });
        Configuration.AddTo(command);
        _settings.AddTo(command);
        _files.Validators.Add(result =>
        {
            foreach (var word in result.Tokens.Select(token => token.Value).Where(UsageErrors.LooksLikeOption))
            {
                result.AddError(UsageErrors.UnknownOption(word, command));
            }
        });
        _zones.Validators.Add(result =>
        {
            foreach (var text in result.Tokens.Select(token => token.Value))
            {
                if (!TryParseZone(text, out _, out var fault))
                {
                    result.AddError(fault);
                }
            }
        });
    }

    /// <summary>What the command is told.</summary>
    /// <exception cref="ConfigurationException">There are errors.</exception>
    public ServerConfiguration Read(ParseResult result) => Configuration.Read(result, new ProblemList());

    /// <summary>Where the zones of a configuration come from; the samples where neither it nor the command line says so.</summary>
    public static ZoneSources SourcesOf(ServerConfiguration configuration) =>
        configuration.File is null && configuration.Sources is { Policies.Count: 0, PlainZones.Count: 0, ZoneLists.Count: 0, Secondaries.Count: 0 }
            ? EmbeddedSamples.Sources
            : configuration.Sources;

    /// <summary>Loads the zones of a configuration, those of other servers as the state folder has them.</summary>
    public static LoadedZones Load(ServerConfiguration configuration) => ZoneLoader.Load(
        SourcesOf(configuration) with { Transferred = new TransferredZones(configuration.StateFolder, TimeProvider.System, isReadOnly: true) });

    private void ReadInto(ParseResult result, Dictionary<Setting, SettingValue> values)
    {
        foreach (var (setting, texts) in new[] { ((Setting)ServerSettings.Policies, result.GetValue(_files)), (ServerSettings.ZoneLists, result.GetValue(_lists)) })
        {
            if (texts is { Length: > 0 })
            {
                SettingOptions.Add(values, setting, texts);
            }
        }
    }

    private IReadOnlyList<PlainZone>? ReadZones(ParseResult result) => result.GetValue(_zones) is { Length: > 0 } zones
        ? [.. zones.Select(text => TryParseZone(text, out var zone, out _) ? zone : null).OfType<PlainZone>()]
        : null;

    private IReadOnlyList<SecondaryZone>? ReadSecondaries(ParseResult result) => result.GetValue(_secondaries) is { Length: > 0 } zones
        ? [.. zones.Select(text => TryParseSecondary(text, out var zone, out _) ? zone : null).OfType<SecondaryZone>()]
        : null;

    private static bool TryParseSecondary(string text, out SecondaryZone? zone, out string fault)
    {
        zone = null;
        fault = $"'{text}' is not a zone and its primaries. Write ORIGIN=ADDRESS, such as example.com=192.0.2.53.";
        var equals = text.IndexOf('=');
        if (equals <= 0 || equals == text.Length - 1)
        {
            return false;
        }

        var error = DomainName.TryParse(Encoding.UTF8.GetBytes(text[..equals]), DomainName.Root, out var origin);
        if (error != NameError.None)
        {
            fault = $"'{text[..equals]}' is not a domain name: {error.Describe()}.";
            return false;
        }

        var primaries = new List<Peer>();
        foreach (var word in text[(equals + 1)..].Split(','))
        {
            if (!PeerText.TryParse(word, out var peer, out var reason))
            {
                fault = reason;
                return false;
            }

            primaries.Add(peer);
        }

        zone = new SecondaryZone(origin, primaries, AccessList.Nobody);
        return true;
    }

    private static bool TryParseZone(string text, out PlainZone? zone, out string fault)
    {
        zone = null;
        fault = $"'{text}' is not a zone and its file. Write ORIGIN=FILE, such as example.com=example.com.zone.";
        var equals = text.IndexOf('=');
        if (equals <= 0 || equals == text.Length - 1)
        {
            return false;
        }

        var error = DomainName.TryParse(Encoding.UTF8.GetBytes(text[..equals]), DomainName.Root, out var origin);
        if (error != NameError.None)
        {
            fault = $"'{text[..equals]}' is not a domain name: {error.Describe()}.";
            return false;
        }

        var path = text[(equals + 1)..];
        zone = new PlainZone(origin, path, new SourcePosition(path, 0, 0));
        return true;
    }
}
