// altodns keys status: how far each key is, and what happens next and when.

using System.CommandLine;
using AltoDns.Cli.Output;
using AltoDns.Protocol.Security;
using AltoDns.Zones.Keys;
using Spectre.Console;

namespace AltoDns.Cli.Commands.Keys;

internal static class KeysStatusCommand
{
    public static Command Create()
    {
        var files = new Argument<string[]>("FILES") { Description = "Policies (*.yaml), or folders of them, whose zones are signed.", Arity = ArgumentArity.OneOrMore };
        var state = new StateOptions();
        var json = new Option<bool>("--json") { Description = "Print one JSON object for programs." };
        var command = new Command("status", "Say how far each key is, and what happens next and when.");
        command.Arguments.Add(files);
        state.AddTo(command);
        command.Options.Add(json);
        command.SetAction(result => StateOptions.Guard(() => Run(state.Read(result), result.GetValue(files) ?? [], result.GetValue(json))));
        return command;
    }

    private static int Run(KeyStore store, string[] files, bool asJson)
    {
        if (SignedZones.Read(files) is not { } zones)
        {
            return ExitCodes.Problems;
        }

        var known = zones.Select(zone => (Zone: zone, State: store.Load(zone.Apex))).ToList();
        if (asJson)
        {
            JsonOutput.Print(new KeysJson(
            [
                .. from entry in known
                   where entry.State is not null
                   from key in entry.State.Keys
                   let next = KeyOutlook.Expect(entry.State, key, entry.Zone.Policy)
                   select KeysListCommand.ToJson(entry.State, key, [.. next.Select(item => new ExpectationJson(item.What, item.At))]),
            ]));
            return ExitCodes.Success;
        }

        if (known.Count == 0)
        {
            Console.Out.WriteLine("No zone of these policies is signed: they lack 'dnssec: on'.");
        }

        foreach (var (zone, state) in known)
        {
            Print(zone, state);
        }

        return ExitCodes.Success;
    }

    private static void Print(SignedZone zone, ZoneKeyState? state)
    {
        Consoles.Out.Write(new Text($"{zone.Apex}\n", new Style(decoration: Decoration.Bold)));
        if (state is null || state.Keys.IsEmpty)
        {
            Consoles.Out.Write(new Text("  has no keys yet; serve makes them\n"));
            return;
        }

        foreach (var key in state.Keys)
        {
            Consoles.Out.Write(new Text($"  {key.Role.Abbreviation()} {key.Tag} {key.Algorithm.Mnemonic()}: {KeysListCommand.Word(key.Stage())}\n"));
            foreach (var item in KeyOutlook.Expect(state, key, zone.Policy))
            {
                Consoles.Out.Write(new Text($"    {(item.At is { } at ? $"{at.UtcDateTime:yyyy-MM-dd HH:mm}Z  " : "")}{item.What}\n"));
            }
        }

        if (state.ServedGeneration != state.Generation)
        {
            Consoles.Out.Write(new Text("  a change is not served yet: the zone has to be signed again\n", new Style(Color.Yellow)));
        }
    }
}
