// altodns keys ds: what the parent of a zone has to publish, in the forms that parents take.

using System.CommandLine;
using AltoDns.Cli.Output;
using AltoDns.Protocol.Names;
using AltoDns.Protocol.Records;
using AltoDns.Protocol.Security;
using AltoDns.Zones.Keys;

namespace AltoDns.Cli.Commands.Keys;

internal static class KeysDsCommand
{
    public static Command Create()
    {
        var zones = new Argument<string[]>("ZONES") { Description = "Only these zones.", Arity = ArgumentArity.ZeroOrMore };
        zones.Validators.Add(result => StateOptions.RequireNames(result, result.Tokens.Select(token => token.Value)));
        var state = new StateOptions();
        var json = new Option<bool>("--json") { Description = "Print one JSON object for programs." };
        var command = new Command(
            "ds", "Print the DS and CDNSKEY records that the parent should have now, and the ds-rdata lines for the RIPE database. Keys that are not ready are named and left out.");
        command.Arguments.Add(zones);
        state.AddTo(command);
        command.Options.Add(json);
        command.SetAction(result => StateOptions.Guard(() => Run(state.Read(result), result.GetValue(zones) ?? [], result.GetValue(json))));
        return command;
    }

    private static int Run(KeyStore store, string[] names, bool asJson)
    {
        var states = StateOptions.Load(store, names);
        var keys = states.SelectMany(state => state.Keys.Where(key => key.IsKeySigning).Select(key => (state.Apex, Key: key))).ToList();
        var submitted = keys.Where(entry => entry.Key.Ds.IsPublished).ToList();
        foreach (var (apex, key) in keys.Where(entry => entry.Key is { IsWanted: true, Ds.IsPublished: false }))
        {
            Console.Error.WriteLine($"{key.Role.Abbreviation()} {key.Tag} of {apex} is not in every cache yet: give it to the parent later (see altodns keys status).");
        }

        var records = submitted.Select(entry => ToJson(entry.Apex, entry.Key)).ToList();
        if (asJson)
        {
            JsonOutput.Print(new DelegationsJson(records));
            return ExitCodes.Success;
        }

        foreach (var record in records)
        {
            Console.Out.WriteLine($"; {record.Role} {record.Tag} of {record.Zone}");
            Console.Out.WriteLine($"{record.Zone} IN DS {record.Ds}");
            Console.Out.WriteLine($"{record.Zone} IN CDNSKEY {record.Cdnskey}");
            Console.Out.WriteLine($"ds-rdata:       {record.DsRdata}");
        }

        return ExitCodes.Success;
    }

    private static DelegationJson ToJson(DomainName apex, ZoneKey key)
    {
        var ds = DelegationDigest.CreateDs(apex, key.Public, DigestType.Sha256);
        return new DelegationJson(apex.ToString(), key.Role.Abbreviation(), key.Tag, ds.ToString(), key.Public.ToString(), ds.ToString());
    }
}
