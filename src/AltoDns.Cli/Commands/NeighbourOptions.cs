// The options of serve for other name servers that live from our zones without transferring them.

using System.CommandLine;
using System.Globalization;
using AltoDns.Server.Exporting;
using AltoDns.Server.PowerDns;

namespace AltoDns.Cli.Commands;

internal sealed class NeighbourOptions
{
    private readonly Option<string?> _powerDns = new("--powerdns")
    {
        Description = "Answer the remote backend of a PowerDNS server at this Unix socket, docs/powerdns.md.",
        HelpName = "SOCKET",
    };

    private readonly Option<string?> _export = new("--export")
    {
        Description = "Write each zone that changes into this folder as ORIGIN.zone, docs/export.md.",
        HelpName = "FOLDER",
    };

    private readonly Option<string?> _hook = new("--export-hook")
    {
        Description = "With --export: run this for each zone whose file changed. {zone}, {file}, {update} and {serial} are filled in, such as 'rndc reload {zone}'.",
        HelpName = "COMMAND",
    };

    private readonly Option<TimeSpan> _hookTimeout = new("--export-hook-timeout")
    {
        Description = "Seconds after which that command is ended. Default: 60.",
        HelpName = "SECONDS",
        DefaultValueFactory = _ => TimeSpan.FromSeconds(60),
        CustomParser = result =>
        {
            var text = result.Tokens[0].Value;
            if (double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds) && seconds is > 0 and <= 86_400)
            {
                return TimeSpan.FromSeconds(seconds);
            }

            result.AddError($"'{text}' is not a time. Write seconds, more than 0 and at most 86400.");
            return default;
        },
    };

    private readonly Option<bool> _altoOnly = new("--export-alto-only")
    {
        Description = "With --export: only the ALTO records, as ORIGIN.alto to include in a zone and as ORIGIN.nsupdate.",
    };

    public void AddTo(Command command)
    {
        Option[] options = [_powerDns, _export, _hook, _hookTimeout, _altoOnly];
        Array.ForEach(options, command.Options.Add);
        _hook.Validators.Add(result =>
        {
            foreach (var token in result.Tokens)
            {
                if (!HookCommand.TryParse(token.Value, out _, out var fault))
                {
                    result.AddError(fault);
                }
            }
        });
        command.Validators.Add(result =>
        {
            if (result.GetResult(_export) is null && (result.GetResult(_hook) is not null || result.GetResult(_altoOnly) is { Implicit: false }))
            {
                result.AddError("--export-hook and --export-alto-only say how to export; name the folder with --export FOLDER.");
            }
        });
    }

    /// <summary>Null where it was not asked for.</summary>
    public ExportOptions? ReadExport(ParseResult result) => result.GetValue(_export) is { } folder
        ? new ExportOptions(Path.GetFullPath(folder))
        {
            AltoOnly = result.GetValue(_altoOnly),
            Hook = result.GetValue(_hook) is { } hook && HookCommand.TryParse(hook, out var command, out _) ? command : null,
            HookTimeout = result.GetValue(_hookTimeout),
        }
        : null;

    /// <summary>Null where it was not asked for.</summary>
    public PowerDnsOptions? ReadPowerDns(ParseResult result) => result.GetValue(_powerDns) is { } path ? new PowerDnsOptions(Path.GetFullPath(path)) : null;
}
