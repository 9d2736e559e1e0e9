// altodns keys list: every key of the state folder.

using System.CommandLine;
using AltoDns.Cli.Output;
using AltoDns.Protocol.Security;
using AltoDns.Zones.Keys;
using Spectre.Console;

namespace AltoDns.Cli.Commands.Keys;

internal static class KeysListCommand
{
    public static Command Create()
    {
        var zones = new Argument<string[]>("ZONES") { Description = "Only these zones.", Arity = ArgumentArity.ZeroOrMore };
        zones.Validators.Add(result => StateOptions.RequireNames(result, result.Tokens.Select(token => token.Value)));
        var state = new StateOptions();
        var json = new Option<bool>("--json") { Description = "Print one JSON object for programs." };
        var command = new Command("list", "List the keys with their roles, stages and files.");
        command.Arguments.Add(zones);
        state.AddTo(command);
        command.Options.Add(json);
        command.SetAction(result => StateOptions.Guard(() => Run(state.Read(result), result.GetValue(zones) ?? [], result.GetValue(json))));
        return command;
    }

    private static int Run(KeyStore store, string[] names, bool asJson)
    {
        var states = StateOptions.Load(store, names);
        if (asJson)
        {
            JsonOutput.Print(new KeysJson([.. states.SelectMany(state => state.Keys.Select(key => ToJson(state, key, next: null)))]));
            return ExitCodes.Success;
        }

        var table = new Table().Border(TableBorder.Simple).AddColumns("Zone", "Role", "Algorithm", "Tag", "Stage", "Created", "File");
        foreach (var state in states)
        {
            foreach (var key in state.Keys)
            {
                table.AddRow(
                    Markup.Escape(state.Apex.ToString()), key.Role.Abbreviation(), key.Algorithm.Mnemonic(), $"{key.Tag}",
                    Word(key.Stage()), $"{key.Created:yyyy-MM-dd HH:mm}Z", Markup.Escape(store.PathOf(state.Apex, key)));
            }
        }

        Consoles.Out.Write(table);
        return ExitCodes.Success;
    }

    public static KeyJson ToJson(ZoneKeyState state, ZoneKey key, IReadOnlyList<ExpectationJson>? next) => new(
        state.Apex.ToString(), key.Role.Abbreviation(), (byte)key.Algorithm, key.Tag, Word(key.Stage()),
        Word(key.Dnskey.Spread), Word(key.Signatures.Spread), Word(key.Ds.Spread), key.Created, next);

    public static string Word<T>(T value)
        where T : struct, Enum => value.ToString().ToLowerInvariant();
}
