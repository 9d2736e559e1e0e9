// altodns discover: asks resolvers for the ALTO servers of addresses, as a tracker does.

using System.CommandLine;
using System.Globalization;
using System.Net;
using AltoDns.Cli.Discovering;
using AltoDns.Cli.Output;
using AltoDns.Discovery;
using AltoDns.Discovery.Procedure;
using AltoDns.Protocol.Names;
using Spectre.Console;

namespace AltoDns.Cli.Commands;

internal sealed class DiscoverCommand
{
    private readonly Argument<string[]> _targets = new("TARGET")
    {
        Description = "An address, or a prefix such as 192.0.2.0/24. Several give a list.",
        Arity = ArgumentArity.ZeroOrMore,
    };

    private readonly Option<string?> _file = new("--file", "-f")
    {
        Description = "A list of peers, a line each: ADDRESS [PORT] [ID], with - for an unknown port; - reads standard input.",
        HelpName = "FILE",
    };

    private readonly Option<string?> _domain = new("--domain") { Description = "Look a domain name up in place of an address (RFC 7286).", HelpName = "NAME" };
    private readonly Option<string?> _peer = new("--peer") { Description = "The ID of a peer behind the address, such as c1f3.north.", HelpName = "ID" };
    private readonly Option<string?> _port = new("--port") { Description = "The external port of a peer behind the address, 0 to 65535.", HelpName = "PORT" };

    private readonly Option<string> _service = new("--service")
    {
        Description = "The application service and protocol to look for (RFC 4848 §4.5).",
        HelpName = "SERVICE",
        DefaultValueFactory = _ => DiscoveryClient.DefaultService,
    };

    private readonly Option<bool> _trackers = new("--trackers") { Description = "Look for local BitTorrent trackers in place of ALTO servers (BEP 22)." };
    private readonly Option<bool> _keys = new("--keys") { Description = "With a list: look up the servers' keys, too; for one target they always are." };
    private readonly Option<bool> _special = new("--special") { Description = "Also look up private, loopback, link-local and multicast addresses." };
    private readonly Option<bool> _trace = new("--trace") { Description = "Show every lookup with its answer and time." };
    private readonly Option<bool> _json = new("--json") { Description = "Print JSON for programs: an object, or for a list one a line." };
    private readonly ResolverArguments _resolvers = new();

    public static Command Create() => new DiscoverCommand().Build();

    private Command Build()
    {
        var command = new Command(
            "discover",
            "Ask resolvers for the ALTO servers of an address, a prefix or a list of peers (RFC 8686). Exit code 0: found; 5: none; 6: none, and lookups failed that may work later.");
        command.Arguments.Add(_targets);
        Option[] options = [_file, _domain, _peer, _port, _service, _trackers, _keys, _special];
        Array.ForEach(options, command.Options.Add);
        _resolvers.AddTo(command);
        command.Options.Add(_trace);
        command.Options.Add(_json);
        AddValidators(command);
        command.SetAction(RunAsync);
        return command;
    }

    private void AddValidators(Command command)
    {
        _targets.Validators.Add(result =>
        {
            foreach (var text in result.Tokens.Select(token => token.Value))
            {
                if ((UsageErrors.LooksLikeOption(text) ? UsageErrors.UnknownOption(text, command) : Fault(text)) is { } fault)
                {
                    result.AddError(fault);
                }
            }
        });
        _peer.Validators.Add(result =>
        {
            if (!PeerName.IsId(result.Tokens[0].Value))
            {
                result.AddError($"'{result.Tokens[0].Value}' is not a peer ID. Write labels of letters, digits and inner hyphens with dots between them, at most {PeerName.MaxIdLength} characters.");
            }
        });
        _port.Validators.Add(result =>
        {
            if (!ushort.TryParse(result.Tokens[0].Value, NumberStyles.None, CultureInfo.InvariantCulture, out _))
            {
                result.AddError($"'{result.Tokens[0].Value}' is not a port. Write a number from 0 to 65535.");
            }
        });
        _service.Validators.Add(result =>
        {
            if (result.Tokens.Count > 0 && !DiscoveryClient.IsService(result.Tokens[0].Value))
            {
                result.AddError($"'{result.Tokens[0].Value}' is not a service. Write an application service and a protocol, such as ALTO:https.");
            }
        });
        _domain.Validators.Add(result =>
        {
            var error = DomainName.TryParse(System.Text.Encoding.UTF8.GetBytes(result.Tokens[0].Value), DomainName.Root, out var name);
            if (error != NameError.None || name.IsRoot)
            {
                result.AddError($"'{result.Tokens[0].Value}' is not a domain name{(error == NameError.None ? "" : $": {error.Describe()}")}.");
            }
        });
        _file.Validators.Add(result =>
        {
            if (result.Tokens[0].Value is var path && path != "-" && !File.Exists(path))
            {
                result.AddError($"'{path}' is no file. Write one with a peer on each line: ADDRESS [PORT] [ID].");
            }
        });
        command.Validators.Add(result =>
        {
            var targets = result.GetResult(_targets)?.Tokens.Count ?? 0;
            var sources = (targets > 0 ? 1 : 0) + (result.GetResult(_file) is null ? 0 : 1) + (result.GetResult(_domain) is null ? 0 : 1);
            if (sources != 1)
            {
                result.AddError("Name what to look up: an address or prefix, --file FILE, or --domain NAME.");
            }

            var hasHint = result.GetResult(_peer) is not null || result.GetResult(_port) is not null;
            if (hasHint && (targets != 1 || result.GetResult(_targets)!.Tokens[0].Value.Contains('/')))
            {
                result.AddError("--peer and --port are for one address.");
            }

            if (result.GetResult(_trackers) is { Implicit: false } && (targets != 1 || result.GetResult(_targets)!.Tokens[0].Value.Contains('/')))
            {
                result.AddError("--trackers is for one address.");
            }
        });
    }

    private static string? Fault(string text) => IPPrefix.TryParse(text, out var prefix) switch
    {
        PrefixError.None when prefix.Length < LookupTable.ShortestPrefix(prefix.IsIPv6) =>
            $"{prefix} is too short to look up: RFC 8686 §3.2 supports /8 and longer in IPv4, /32 and longer in IPv6.",
        PrefixError.None => null,
        PrefixError.HostBits => $"'{text}' has bits set after its length. Did you mean {prefix}?",
        _ => $"'{text}' is not an address or prefix. Write one such as 192.0.2.77, 2001:db8::1 or 192.0.2.0/24.",
    };

    private async Task<int> RunAsync(ParseResult result, CancellationToken cancellationToken)
    {
        var targets = result.GetValue(_targets) ?? [];
        await using var client = new DiscoveryClient(new DiscoveryOptions
        {
            Resolver = _resolvers.Read(result),
            IncludeSpecialAddresses = result.GetValue(_special),
        });
        var service = result.GetValue(_service)!;
        if (result.GetValue(_trackers))
        {
            return await RunTrackersAsync(client, result, IPAddress.Parse(targets[0]), cancellationToken);
        }

        if (result.GetValue(_file) is { } path)
        {
            return await RunFileAsync(client, result, path, service, cancellationToken);
        }

        var asJson = result.GetValue(_json);
        var code = ExitCodes.NotFound;
        foreach (var target in targets.DefaultIfEmpty())
        {
            var hint = HintOf(result);
            var discovery = await DiscoverAsync(client, target, result.GetValue(_domain), hint, service, cancellationToken);
            Print(discovery, hint, result.GetValue(_trace), asJson, asLine: targets.Length > 1);
            code = discovery.Status == DiscoveryStatus.Found ? ExitCodes.Success
                : discovery.HadTemporaryErrors && code != ExitCodes.Success ? ExitCodes.TemporaryFailure
                : code;
        }

        return code;
    }

    private static Task<DiscoveryResult> DiscoverAsync(
        DiscoveryClient client, string? target, string? domain, PeerHint? hint, string service, CancellationToken cancellationToken)
    {
        if (target is null)
        {
            return client.DiscoverDomainAsync(domain!, service, cancellationToken);
        }

        var prefix = IPPrefix.Parse(target);
        return prefix.IsSingleAddress
            ? client.DiscoverAsync(prefix.Address, hint, service, cancellationToken)
            : client.DiscoverAsync(new IPNetwork(prefix.Address, prefix.Length), null, service, cancellationToken);
    }

    private static void Print(DiscoveryResult discovery, PeerHint? hint, bool withTrace, bool asJson, bool asLine)
    {
        if (!asJson)
        {
            DiscoveryPrinter.Print(discovery, withTrace);
        }
        else if (asLine)
        {
            JsonOutput.PrintLine(DiscoveryJson.From(discovery, hint, withTrace));
        }
        else
        {
            JsonOutput.Print(DiscoveryJson.From(discovery, hint, withTrace));
        }
    }

    private PeerHint? HintOf(ParseResult result)
    {
        var (id, port) = (result.GetValue(_peer), result.GetValue(_port));
        return id is null && port is null ? null : new PeerHint(id, port is null ? null : ushort.Parse(port, CultureInfo.InvariantCulture));
    }

    private async Task<int> RunTrackersAsync(DiscoveryClient client, ParseResult result, IPAddress address, CancellationToken cancellationToken)
    {
        var trackers = await client.DiscoverTrackersAsync(address, cancellationToken);
        if (result.GetValue(_json))
        {
            JsonOutput.Print(TrackersJson.From(trackers, result.GetValue(_trace)));
        }
        else
        {
            DiscoveryPrinter.Print(trackers, result.GetValue(_trace));
        }

        return trackers.Trackers.Count > 0 ? ExitCodes.Success : trackers.HadTemporaryErrors ? ExitCodes.TemporaryFailure : ExitCodes.NotFound;
    }

    private async Task<int> RunFileAsync(DiscoveryClient client, ParseResult result, string path, string service, CancellationToken cancellationToken)
    {
        // The lines are counted first, so that the bar knows its end; standard input cannot be read twice.
        int? count = path == "-" ? null : File.ReadLines(path).Count();
        using var lines = path == "-" ? Console.In : new StreamReader(path);
        var faults = 0;
        var peers = PeerList.ReadAsync(lines, (number, reason) =>
        {
            faults++;
            Consoles.Error.Write(new Text($"{path}:{number}: {reason}\n", new Style(Color.Red)));
        });
        var output = new SwarmOutput(result.GetValue(_json), result.GetValue(_trace), result.GetValue(_keys));
        var code = await SwarmRun.RunAsync(client, peers, count, service, output, cancellationToken);
        return faults > 0 ? ExitCodes.Problems : code;
    }
}
