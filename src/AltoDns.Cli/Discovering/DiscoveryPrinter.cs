// Prints what discovery found, for people.

using System.Globalization;
using System.Security.Cryptography;
using AltoDns.Cli.Output;
using AltoDns.Discovery;
using AltoDns.Discovery.Resolving;
using AltoDns.Protocol.Messages;
using AltoDns.Protocol.Records;
using Spectre.Console;

namespace AltoDns.Cli.Discovering;

internal static class DiscoveryPrinter
{
    private const int MaxGroups = 50;

    public static void Print(DiscoveryResult result, bool withTrace)
    {
        var facts = new Grid().AddColumn(new GridColumn().NoWrap().PadRight(2)).AddColumn();
        AddFact(facts, "Asked for", result.Subject);
        foreach (var server in result.Servers)
        {
            AddFact(facts, "ALTO server", $"{server.Uri.OriginalString}   ({server.Order} {server.Preference}, {Word(server.Security)})");
            foreach (var key in server.Keys)
            {
                AddFact(facts, "Key", $"{key.Algorithm} {key.Selector}, SHA-256 {Convert.ToHexString(SHA256.HashData(key.SubjectPublicKeyInfo.Span))[..32]}…   ({Word(key.Security)})");
            }
        }

        AddFact(facts, "Outcome", Outcome(result));
        AddFact(facts, "Found at", result.AnsweringName?.ToString());
        if (result.Status != DiscoveryStatus.NotDiscoverable)
        {
            AddFact(facts, "Security", $"{Word(result.Security)}: {Meaning(result.Security)}");
            AddFact(facts, "Valid for", string.Create(CultureInfo.InvariantCulture, $"{Math.Max(0, (long)Math.Min(result.TimeToLive.TotalSeconds, uint.MaxValue))} s"));
        }

        Consoles.Out.Write(facts);
        if (result.HadTemporaryErrors)
        {
            Consoles.Error.Write(new Text("Lookups failed for now; asking again later may give a more accurate answer.\n", new Style(Color.Yellow)));
        }

        if (withTrace && result.Trace.Count > 0)
        {
            Consoles.Out.WriteLine();
            PrintTrace(result.Trace);
        }
    }

    public static void Print(TrackerResult result, bool withTrace)
    {
        var facts = new Grid().AddColumn(new GridColumn().NoWrap().PadRight(2)).AddColumn();
        AddFact(facts, "Asked for", result.Subject);
        foreach (var tracker in result.Trackers)
        {
            AddFact(facts, "Tracker", $"{tracker.Host}:{tracker.Port}   (priority {tracker.Priority}, weight {tracker.Weight})");
        }

        AddFact(facts, "Outcome", result.Trackers.Count > 0 ? "found" : "no local tracker");
        Consoles.Out.Write(facts);
        if (withTrace && result.Trace.Count > 0)
        {
            Consoles.Out.WriteLine();
            PrintTrace(result.Trace);
        }
    }

    /// <summary>One line of a list: address, port and ID where known, the best server or why there is none.</summary>
    public static string Line(Peer peer, DiscoveryResult result)
    {
        var port = peer.Hint?.Port is { } number ? number.ToString(CultureInfo.InvariantCulture) : "-";
        var server = result.Servers.Count > 0 ? result.Servers[0].Uri.OriginalString : Outcome(result);
        return $"{peer.Address}\t{port}\t{peer.Hint?.Id ?? "-"}\t{server}\t{Word(result.Security)}";
    }

    public static void PrintGroups(IReadOnlyList<(string Server, int Peers)> groups, int peers, int questions)
    {
        var table = new Table().Border(TableBorder.Simple).AddColumn("ALTO server").AddColumn(new TableColumn("Peers").RightAligned());
        foreach (var (server, count) in groups.Take(MaxGroups))
        {
            table.AddRow(Markup.Escape(server), $"{count:N0}");
        }

        Consoles.Error.Write(table);
        var hidden = groups.Count - MaxGroups;
        Consoles.Error.Write(new Text($"{(hidden > 0 ? $"… and {hidden} more. " : "")}{peers:N0} peers, {questions:N0} questions asked.\n"));
    }

    private static string Outcome(DiscoveryResult result) => result.Status switch
    {
        DiscoveryStatus.Found => "found",
        DiscoveryStatus.NotDiscoverable => "not discoverable: the address is no host's on the Internet (--special asks all the same)",
        _ => result.HadTemporaryErrors ? "no server found; lookups failed" : "no server published",
    };

    private static void PrintTrace(IReadOnlyList<LookupTrace> trace)
    {
        var table = new Table().Border(TableBorder.Simple).AddColumn("Step").AddColumn("Name").AddColumn("Type").AddColumn("Answer").AddColumn("Security");
        table.AddColumn(new TableColumn("ms").RightAligned());
        foreach (var step in trace)
        {
            table.AddRow(
                Markup.Escape(step.Step),
                Markup.Escape(step.CanonicalName is { } canonical ? $"{step.Name} → {canonical}" : $"{step.Name}"),
                Markup.Escape(step.Type.Mnemonic()),
                Markup.Escape(AnswerOf(step)),
                Word(step.Security),
                step.FromCache ? "cached" : string.Create(CultureInfo.InvariantCulture, $"{step.Elapsed.TotalMilliseconds:F1}"));
        }

        Consoles.Out.Write(table);
    }

    private static string AnswerOf(LookupTrace step) => step.Outcome switch
    {
        LookupOutcome.Found => $"{step.ResponseCode.Mnemonic()}, {ProblemPrinter.Plural(step.Records, "record")}",
        LookupOutcome.Failed => $"failed: {step.Failure}",
        _ => $"{step.ResponseCode.Mnemonic()}, no records",
    };

    private static string Meaning(LookupSecurity security) => security switch
    {
        LookupSecurity.Secure => "signed, and verified from a trust anchor down",
        LookupSecurity.Insecure => "proven to be unsigned",
        _ => "nobody verified it; --validate does",
    };

    private static string Word(LookupSecurity security) => DiscoveryJson.Word(security);

    private static void AddFact(Grid grid, string label, string? value)
    {
        if (value is not null)
        {
            grid.AddRow(new Text(label, new Style(decoration: Decoration.Bold)), new Text(value));
        }
    }
}
