// altodns keys roll: asks for another key in place of one.

using System.CommandLine;
using AltoDns.Protocol.Names;
using AltoDns.Zones.Keys;

namespace AltoDns.Cli.Commands.Keys;

internal static class KeysRollCommand
{
    public static Command Create()
    {
        var zone = new Argument<string>("ZONE") { Description = "The zone." };
        zone.Validators.Add(result => StateOptions.RequireNames(result, result.Tokens.Select(token => token.Value)));
        var role = new Option<string?>("--role") { Description = "Which of its keys: csk, ksk or zsk. Needed where it has a KSK and a ZSK.", HelpName = "ROLE" };
        role.AcceptOnlyFromAmong("csk", "ksk", "zsk");
        var state = new StateOptions();
        var command = new Command("roll", "Ask for a new key in place of one; serve begins within a minute, or once the key is settled, and takes every step.");
        command.Arguments.Add(zone);
        command.Options.Add(role);
        state.AddTo(command);
        command.SetAction(result => StateOptions.Guard(() => Run(state.Read(result), StateOptions.ParseName(result.GetValue(zone)!), result.GetValue(role))));
        return command;
    }

    private static int Run(KeyStore store, DomainName apex, string? role)
    {
        var found = store.Load(apex)?.Keys.Where(key => key.IsWanted && (role is null || key.Role.Abbreviation().Equals(role, StringComparison.OrdinalIgnoreCase))).ToList();
        if (found is not { Count: 1 })
        {
            Console.Error.WriteLine(found is { Count: > 1 }
                ? $"{apex} has a KSK and a ZSK. Say which with --role ksk or --role zsk."
                : $"{apex} has no such key in {store.Folder}. See: altodns keys list");
            return ExitCodes.Usage;
        }

        using var keys = new ZoneKeys(store, apex);
        keys.RequestRoll(found[0].Role);
        Console.Out.WriteLine(found[0].IsSettled
            ? $"{found[0].Role.Abbreviation()} {found[0].Tag} of {apex} will be followed by another."
            : $"{found[0].Role.Abbreviation()} {found[0].Tag} of {apex} will be followed by another once it is settled (see altodns keys status).");
        return ExitCodes.Success;
    }
}
