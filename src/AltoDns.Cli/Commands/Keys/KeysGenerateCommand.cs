// altodns keys generate: makes the first keys before serve would.

using System.CommandLine;
using AltoDns.Protocol.Security;
using AltoDns.Zones.Keys;

namespace AltoDns.Cli.Commands.Keys;

internal static class KeysGenerateCommand
{
    public static Command Create()
    {
        var files = new Argument<string[]>("FILES") { Description = "Policies (*.yaml), or folders of them, whose zones are signed.", Arity = ArgumentArity.OneOrMore };
        var state = new StateOptions();
        var command = new Command("generate", "Make the keys that signed zones lack. serve does so by itself; this is for a look, or a backup, before.");
        command.Arguments.Add(files);
        state.AddTo(command);
        command.SetAction(result => StateOptions.Guard(() => Run(state.Read(result), result.GetValue(files) ?? [])));
        return command;
    }

    private static int Run(KeyStore store, string[] files)
    {
        if (SignedZones.Read(files) is not { } zones)
        {
            return ExitCodes.Problems;
        }

        foreach (var zone in zones)
        {
            using var keys = new ZoneKeys(store, zone.Apex);
            var (_, events) = keys.Advance(zone.Policy, TimeProvider.System.GetUtcNow());
            foreach (var made in events.Where(entry => entry.Step == KeyStep.Created))
            {
                Console.Out.WriteLine($"{zone.Apex} {made.Role.Abbreviation()} {made.Tag} {zone.Policy.Algorithm.Mnemonic()}");
            }
        }

        return ExitCodes.Success;
    }
}
