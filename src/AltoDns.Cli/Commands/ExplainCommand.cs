// altodns explain: why an address gets the answer that it gets.

using System.CommandLine;
using System.Globalization;
using AltoDns.Cli.Output;
using AltoDns.Protocol.Names;
using AltoDns.Server.Configuration;
using AltoDns.Web.Explaining;
using AltoDns.Zones.Keys;
using AltoDns.Zones.Loading;
using AltoDns.Zones.State;
using Spectre.Console;

namespace AltoDns.Cli.Commands;

internal static class ExplainCommand
{
    public static Command Create()
    {
        var address = new Argument<string>("ADDRESS") { Description = "An IPv4 or IPv6 address, or a prefix such as 192.0.2.0/24." };
        var peer = new Option<string>("--peer") { Description = "The ID of a peer behind the address, such as c1f3.north.", HelpName = "ID" };
        var port = new Option<string>("--port") { Description = "The external port of a peer behind the address, 0 to 65535.", HelpName = "PORT" };
        var sources = new SourceOptions(ServerSettings.State);
        var json = new Option<bool>("--json") { Description = "Print one JSON object for programs." };
        var command = new Command(
            "explain",
            "Tell which assignment guides an address, from which file and line, and what each name that RFC 8686 looks up answers.");
        command.Arguments.Add(address);
        address.Validators.Add(result =>
        {
            var text = result.Tokens[0].Value;
            if ((UsageErrors.LooksLikeOption(text) ? UsageErrors.UnknownOption(text, command) : ExplainQuestion.AddressFault(text)) is { } fault)
            {
                result.AddError(fault);
            }
        });
        peer.Validators.Add(result =>
        {
            var text = result.Tokens[0].Value;
            if (ExplainQuestion.PeerFault(text) is { } fault)
            {
                result.AddError(fault);
            }
        });
        port.Validators.Add(result =>
        {
            if (ExplainQuestion.PortFault(result.Tokens[0].Value) is { } fault)
            {
                result.AddError(fault);
            }
        });
        command.Options.Add(peer);
        command.Options.Add(port);
        sources.AddTo(command);
        command.Options.Add(json);
        command.Validators.Add(result =>
        {
            var text = result.GetResult(address)?.Tokens is [var token, ..] ? token.Value : "";
            var hasKey = result.GetResult(peer) is not null || result.GetResult(port) is not null;
            if (hasKey && IPPrefix.TryParse(text, out var prefix) == PrefixError.None && !prefix.IsSingleAddress)
            {
                result.AddError($"--peer and --port are for one address, and {prefix} is a prefix.");
            }
        });
        command.SetAction(result => ConfigurationOptions.Guard(() => Run(
            IPPrefixOf(result.GetRequiredValue(address)), KeysOf(result.GetValue(peer), result.GetValue(port)), sources.Read(result), result.GetValue(json))));
        return command;
    }

    private static IReadOnlyList<PeerKey> KeysOf(string? id, string? port)
    {
        var keys = new List<PeerKey>();
        if (id is not null)
        {
            keys.Add(new PeerKey(id, null));
        }

        if (port is not null && TryReadPort(port, out var number))
        {
            keys.Add(new PeerKey(null, number));
        }

        return keys;
    }

    private static bool TryReadPort(string text, out ushort port) => ushort.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out port);

    private static IPPrefix IPPrefixOf(string text)
    {
        IPPrefix.TryParse(text, out var prefix);
        return prefix;
    }

    private static int Run(IPPrefix prefix, IReadOnlyList<PeerKey> peers, ServerConfiguration configuration, bool asJson)
    {
        var loaded = SourceOptions.Load(configuration);
        if (loaded.Zones is null)
        {
            ProblemPrinter.Print(loaded.Problems);
            return ExitCodes.Problems;
        }

        ProblemPrinter.Print([.. loaded.NotesOnUnavailable]);
        if (ReadDynamic(loaded, configuration.StateFolder) is not { } dynamic)
        {
            return ExitCodes.Problems;
        }

        var dig = configuration.Listening.Endpoints is [{ Port: > 0 } endpoint, ..] ? Explainer.DigAt(endpoint) : Explainer.DefaultDig;
        var explanation = new Explainer(loaded, new DnssecAdvisor(new KeyStore(configuration.StateFolder), TimeProvider.System), dynamic, dig).Explain(prefix, peers);
        if (asJson)
        {
            JsonOutput.Print(explanation);
        }
        else
        {
            Print(explanation);
        }

        return ExitCodes.Success;
    }

    private static DynamicLayerFile? ReadDynamic(LoadedZones loaded, string folder)
    {
        try
        {
            return DynamicLayerFile.Read(loaded, folder);
        }
        catch (StateDatabaseException exception)
        {
            Console.Error.WriteLine($"The dynamic records cannot be told: {exception.Message}");
            return null;
        }
    }

    private static string Describe(DynamicRecordJson record)
    {
        var what = record.Ttl is null ? $"{record.Type} {record.Data}, which an update has taken out" : $"{record.Type} {record.Data}";
        return $"{what}   (key {record.Key ?? "none"}, {record.Changed:yyyy-MM-dd'T'HH:mm:ss'Z'}{(record.Until is { } until ? $", until {until:yyyy-MM-dd'T'HH:mm:ss'Z'}" : "")})";
    }

    private static void Print(Explanation explanation)
    {
        var facts = new Grid().AddColumn(new GridColumn().NoWrap().PadRight(2)).AddColumn();
        AddFact(facts, "Address", explanation.Address);
        AddFact(facts, "Policy", explanation.Policy);
        AddFact(facts, "Zone", explanation.Zone);
        if (explanation.Assignment is { } winner)
        {
            AddFact(facts, "Assignment", $"{winner.Prefix} → {winner.Server}   ({winner.Place})");
            AddFact(facts, "ALTO server", string.Join(", ", winner.Uris));
        }

        foreach (var other in explanation.Overridden)
        {
            AddFact(facts, "Overridden", $"{other.Prefix} → {other.Server}   ({other.Place})");
        }

        AddFact(facts, "Delegation", explanation.Delegation is { } cut ? $"{cut.Prefix}   ({cut.Place})" : null);
        AddFact(facts, "Why", explanation.Verdict);
        AddFact(facts, "DNSSEC", explanation.Dnssec);
        foreach (var record in explanation.Names.SelectMany(name => name.Dynamic ?? []))
        {
            AddFact(facts, "Dynamic", Describe(record));
        }

        Consoles.Out.Write(facts);
        Consoles.Out.WriteLine();
        Consoles.Out.Write(Names(explanation.Names));
        Consoles.Out.Write(new Text($"Ask it: {explanation.Dig}\n"));
        foreach (var peer in explanation.Peers)
        {
            PrintPeer(peer);
        }
    }

    private static void PrintPeer(ExplainedPeer peer)
    {
        var facts = new Grid().AddColumn(new GridColumn().NoWrap().PadRight(2)).AddColumn();
        AddFact(facts, char.ToUpperInvariant(peer.Key[0]) + peer.Key[1..peer.Key.IndexOf(' ')], peer.Key[(peer.Key.IndexOf(' ') + 1)..]);
        AddFact(facts, "Why", peer.Place is null ? peer.Why : $"{peer.Why}   ({peer.Place})");
        AddFact(facts, "Name", peer.Answer.Name);
        AddFact(facts, "Answer", AnswerOf(peer.Answer));
        foreach (var record in peer.Answer.Dynamic ?? [])
        {
            AddFact(facts, "Dynamic", Describe(record));
        }

        Consoles.Out.WriteLine();
        Consoles.Out.Write(facts);
        Consoles.Out.Write(new Text($"Ask it: {peer.Dig}\n"));
    }

    private static Table Names(IReadOnlyList<ExplainedName> names)
    {
        var table = new Table().Border(TableBorder.Simple).AddColumn("RFC 8686").AddColumn("Name").AddColumn("Answer");
        foreach (var name in names)
        {
            table.AddRow(Markup.Escape(name.Rule), Markup.Escape(name.Name), Markup.Escape(AnswerOf(name)));
        }

        return table;
    }

    private static string AnswerOf(ExplainedName name)
    {
        string[] records = [.. name.Answers, .. name.Referral];
        return !name.IsServed ? "outside the zones served here"
            : records.Length == 0 ? $"{name.ResponseCode}, no records"
            : string.Join('\n', records);
    }

    private static void AddFact(Grid grid, string label, string? value)
    {
        if (value is not null)
        {
            grid.AddRow(new Text(label, new Style(decoration: Decoration.Bold)), new Text(value));
        }
    }
}
