// The arguments that say which zones a command is about; every command takes the same ones.

using System.CommandLine;
using System.Text;
using AltoDns.Cli.Samples;
using AltoDns.Protocol.Names;
using AltoDns.Zones.Configuration;
using AltoDns.Zones.Loading;

namespace AltoDns.Cli.Commands;

internal sealed class SourceOptions
{
    private readonly Argument<string[]> _files = new("FILES")
    {
        Description = "Policies (*.yaml), or folders of them. None, and no --zone: the sample zones inside the program.",
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

    public void AddTo(Command command)
    {
        command.Arguments.Add(_files);
        command.Options.Add(_zones);
        command.Options.Add(_lists);
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

    /// <summary>What was asked for; the samples where nothing was.</summary>
    public ZoneSources Read(ParseResult result)
    {
        var files = result.GetValue(_files) ?? [];
        var zones = result.GetValue(_zones) ?? [];
        var lists = result.GetValue(_lists) ?? [];
        if (files.Length + zones.Length + lists.Length == 0)
        {
            return EmbeddedSamples.Sources;
        }

        return new ZoneSources
        {
            Policies = files,
            PlainZones = [.. zones.Select(text => TryParseZone(text, out var zone, out _) ? zone : null).OfType<PlainZone>()],
            ZoneLists = lists,
        };
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
