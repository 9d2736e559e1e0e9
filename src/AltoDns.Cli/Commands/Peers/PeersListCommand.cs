// altodns peers list: what updates have put into the zones of a server.

using System.CommandLine;
using AltoDns.Cli.Commands.Keys;
using AltoDns.Cli.Output;
using AltoDns.Protocol.Names;
using AltoDns.Protocol.Records;
using AltoDns.Web.Explaining;
using AltoDns.Zones.Keys;
using AltoDns.Zones.State;

namespace AltoDns.Cli.Commands.Peers;

internal static class PeersListCommand
{
    public static Command Create()
    {
        var state = new StateOptions();
        var all = new Option<bool>("--all", "-a") { Description = "Also dynamic records that are no peer's, and records of files that updates have taken out." };
        var json = new Option<bool>("--json") { Description = "Print one JSON object for programs." };
        var command = new Command("list", "List dynamic records with the key that added them, when, and until when they last. The server may be running.");
        state.AddTo(command);
        command.Options.Add(all);
        command.Options.Add(json);
        command.SetAction(result => Run(state.Read(result), result.GetValue(all), result.GetValue(json)));
        return command;
    }

    private static int Run(KeyStore state, bool all, bool asJson)
    {
        try
        {
            var entries = DynamicRows.ReadAll(Path.Combine(state.Folder, DynamicStore.FileName)).Where(entry => all || (IsPeer(entry.Owner) && entry.TimeToLive is not null));
            if (asJson)
            {
                JsonOutput.Print(new DynamicRecordsJson([.. entries.Select(DynamicRecordJson.Of)]));
                return ExitCodes.Success;
            }

            foreach (var entry in entries)
            {
                Console.Out.WriteLine(Describe(entry));
            }

            return ExitCodes.Success;
        }
        catch (StateDatabaseException exception)
        {
            Console.Error.WriteLine(exception.Message);
            return ExitCodes.Problems;
        }
    }

    /// <summary>One line: the record, then who, when and until when.</summary>
    public static string Describe(DynamicEntry entry)
    {
        var record = entry.TimeToLive is { } timeToLive
            ? $"{entry.Owner} {timeToLive} IN {entry.Type.Mnemonic()} {entry.DataText()}"
            : $"{entry.Owner} IN {entry.Type.Mnemonic()} {entry.DataText()} taken out";
        var until = entry.Expires is { } end ? $", until {end:yyyy-MM-dd'T'HH:mm:ss'Z'}" : "";
        return $"{record}   ; key {entry.Key?.ToString() ?? "none"}, {entry.Changed:yyyy-MM-dd'T'HH:mm:ss'Z'}{until}";
    }

    private static bool IsPeer(DomainName owner)
    {
        for (var name = owner; !name.IsRoot; name = name.Parent)
        {
            if (name.FirstLabel.SequenceEqual(PeerName.PeerLabel))
            {
                return true;
            }
        }

        return false;
    }
}
