// The options that say which resolvers are asked and how far they are trusted.

using System.CommandLine;
using System.Globalization;
using AltoDns.Discovery.Resolving;
using AltoDns.Discovery.Validating;

namespace AltoDns.Cli.Commands;

internal sealed class ResolverArguments
{
    private readonly Option<string[]> _resolvers = new("--resolver", "-r")
    {
        Description = "Who is asked: 192.0.2.53, 127.0.0.1:5300, tls://192.0.2.53#name or https://name/dns-query. May be repeated. Default: the system's.",
        HelpName = "RESOLVER",
    };

    private readonly Option<bool> _trust = new("--trust-resolver")
    {
        Description = "Believe what the resolvers say of DNSSEC (AD). Those on this host are believed without it.",
    };

    private readonly Option<bool> _validate = new("--validate")
    {
        Description = "Verify every signature here, from a trust anchor down; bogus data counts as no answer.",
    };

    private readonly Option<string[]> _anchors = new("--trust-anchor")
    {
        Description = "A file of trust anchors: DS or DNSKEY records, or IANA's root-anchors.xml (RFC 9718). Implies --validate. Default: the root's keys.",
        HelpName = "FILE",
    };

    private readonly Option<double> _timeout = new("--timeout")
    {
        Description = "Seconds that one lookup may take with all its attempts.",
        HelpName = "SECONDS",
        DefaultValueFactory = _ => new ResolverOptions().Deadline.TotalSeconds,
        CustomParser = result =>
        {
            if (double.TryParse(result.Tokens[0].Value, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds) && seconds is >= 0.1 and <= 600)
            {
                return seconds;
            }

            result.AddError($"'{result.Tokens[0].Value}' is not a time limit. Write seconds from 0.1 to 600.");
            return 0;
        },
    };

    public void AddTo(Command command)
    {
        Option[] options = [_resolvers, _trust, _validate, _anchors, _timeout];
        Array.ForEach(options, command.Options.Add);
        _resolvers.Validators.Add(result =>
        {
            foreach (var text in result.Tokens.Select(token => token.Value).Where(text => !ResolverAddress.TryParse(text, out _)))
            {
                result.AddError($"'{text}' is not a resolver. Write an address such as 192.0.2.53 or [2001:db8::53]:53, tls://ADDRESS#NAME or https://NAME/PATH.");
            }
        });
        _anchors.Validators.Add(result =>
        {
            foreach (var path in result.Tokens.Select(token => token.Value))
            {
                if (ReadAnchors(path, out _) is { } fault)
                {
                    result.AddError(fault);
                }
            }
        });
    }

    public bool AreNamed(ParseResult result) => result.GetValue(_resolvers) is { Length: > 0 };

    public ResolverOptions Read(ParseResult result)
    {
        var trusts = result.GetValue(_trust);
        var named = (result.GetValue(_resolvers) ?? []).Select(text => ResolverAddress.TryParse(text, out var address) ? address : null).OfType<ResolverAddress>().ToList();
        var servers = named.Count > 0 ? named : ResolverConfiguration.ReadSystem();
        TrustAnchors? anchors = null;
        foreach (var path in result.GetValue(_anchors) ?? [])
        {
            if (ReadAnchors(path, out var read) is null)
            {
                anchors = anchors?.With(read!) ?? read;
            }
        }

        return new ResolverOptions
        {
            Servers = [.. servers.Select(server => server with { IsTrusted = server.IsTrusted || trusts })],
            Deadline = TimeSpan.FromSeconds(result.GetValue(_timeout)),
            Validate = result.GetValue(_validate) || anchors is not null,
            TrustAnchors = anchors,
        };
    }

    private static string? ReadAnchors(string path, out TrustAnchors? anchors)
    {
        anchors = null;
        try
        {
            anchors = TrustAnchors.Parse(File.ReadAllText(path));
            return anchors.All.Count > 0 ? null : $"{path} has no trust anchor. Write DS or DNSKEY records into it, one a line.";
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or FormatException)
        {
            return $"{path}: {exception.Message}";
        }
    }
}
