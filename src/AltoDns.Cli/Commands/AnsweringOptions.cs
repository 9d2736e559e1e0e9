// The options of serve that say how questions are answered.

using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Reflection;
using System.Text;
using AltoDns.Protocol.Edns;
using AltoDns.Protocol.Names;
using AltoDns.Server.Answering;

namespace AltoDns.Cli.Commands;

internal sealed class AnsweringOptions
{
    private const int MaxTextLength = 255;
    private const ushort MinUdpSize = 512;

    private readonly Option<string> _identity = new("--identity")
    {
        Description = "What NSID, id.server and hostname.bind say. Default: this host's name; '' says nothing.",
        HelpName = "TEXT",
        DefaultValueFactory = _ => Environment.MachineName,
    };

    private readonly Option<bool> _showVersion = new("--show-version") { Description = "Answer version.bind and version.server (class CH)." };

    private readonly Option<ushort> _udpSize = new("--udp-size")
    {
        Description = "The largest UDP answer in octets, 512 to 65535; more than 1232 may arrive in fragments, or not at all.",
        HelpName = "OCTETS",
        DefaultValueFactory = _ => new AnsweringSettings().MaxUdpPayloadSize,
        CustomParser = ParseUdpSize,
    };

    private readonly Option<string[]> _cookieSecrets = new("--cookie-secret")
    {
        Description = "32 hexadecimal digits shared by all servers of an anycast set (RFC 9018). Repeat for a roll: the first one makes cookies, all check. Default: random, new each day.",
        HelpName = "HEX",
    };

    private readonly Option<string?> _reportAgent = new("--report-agent")
    {
        Description = "The domain that resolvers may report errors to (RFC 9567).",
        HelpName = "NAME",
    };

    public void AddTo(Command command)
    {
        Option[] options = [_identity, _showVersion, _udpSize, _cookieSecrets, _reportAgent];
        Array.ForEach(options, command.Options.Add);
        _identity.Validators.Add(result =>
        {
            if (Encoding.UTF8.GetByteCount(result.GetValueOrDefault<string>() ?? "") > MaxTextLength)
            {
                result.AddError($"--identity takes at most {MaxTextLength} octets.");
            }
        });
        _cookieSecrets.Validators.Add(result =>
        {
            if (result.Tokens.Any(token => token.Value.Length != 2 * SipHash.KeyLength || !token.Value.All(char.IsAsciiHexDigit)))
            {
                result.AddError($"--cookie-secret takes {2 * SipHash.KeyLength} hexadecimal digits, such as 'openssl rand -hex {SipHash.KeyLength}' prints.");
            }
        });
        _reportAgent.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<string>() is { } text && Parse(text, out _) is var error and not NameError.None)
            {
                result.AddError($"'{text}' is not a domain name: {error.Describe()}.");
            }
        });
    }

    public AnsweringSettings Read(ParseResult result)
    {
        var secrets = result.GetValue(_cookieSecrets) ?? [];
        var settings = new AnsweringSettings
        {
            Identity = result.GetValue(_identity),
            Version = result.GetValue(_showVersion) ? $"AltoDns {Assembly.GetExecutingAssembly().GetName().Version?.ToString(3)}" : null,
            MaxUdpPayloadSize = result.GetValue(_udpSize),
            Cookies = secrets.Length == 0 ? CookieSecrets.CreateRandom() : new CookieSecrets([.. secrets.Select(Convert.FromHexString)]),
        };
        return result.GetValue(_reportAgent) is { } agent && Parse(agent, out var name) == NameError.None
            ? settings with { ReportAgent = name }
            : settings;
    }

    private static ushort ParseUdpSize(ArgumentResult result)
    {
        var text = result.Tokens[0].Value;
        if (ushort.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var size) && size >= MinUdpSize)
        {
            return size;
        }

        result.AddError($"'{text}' is not a size of UDP answers. Write a number from {MinUdpSize} to {ushort.MaxValue}.");
        return 0;
    }

    private static NameError Parse(string text, out DomainName name) =>
        DomainName.TryParse(Encoding.UTF8.GetBytes(text), DomainName.Root, out name);
}
