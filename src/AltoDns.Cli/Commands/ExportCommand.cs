// altodns export: the compiled zones as zone files for any other server.

using System.CommandLine;
using System.Text;
using AltoDns.Cli.Output;
using AltoDns.Protocol.Names;
using AltoDns.Server.Configuration;
using AltoDns.Zones.Configuration;
using AltoDns.Zones.Exporting;
using AltoDns.Zones.Keys;
using AltoDns.Zones.Loading;
using AltoDns.Zones.Serving;
using AltoDns.Zones.Signing;
using AltoDns.Zones.ZoneFiles;

namespace AltoDns.Cli.Commands;

internal static class ExportCommand
{
    private const int MaxOriginsShown = 20;

    public static Command Create()
    {
        var sources = new SourceOptions(ServerSettings.State);
        var output = new Option<string?>("--output", "-o")
        {
            Description = "Write each zone into this folder as ORIGIN.zone, replacing whole files only. Without it: to standard output.",
            HelpName = "FOLDER",
        };
        var origin = new Option<string?>("--origin") { Description = "Only this zone, such as 2.0.192.in-addr.arpa.", HelpName = "ORIGIN" };
        var altoOnly = new Option<bool>("--alto-only")
        {
            Description = "Only the ALTO records, with owners in full: a file to include in a zone that another program makes. With --output: ORIGIN.alto.",
        };
        var nsupdate = new Option<bool>("--nsupdate") { Description = "The ALTO records as commands for nsupdate, to standard output." };
        var since = new Option<string?>("--since")
        {
            Description = "With --nsupdate: the commands that lead from this file, written by --alto-only, or from the files of this folder.",
            HelpName = "FILE",
        };
        var json = new Option<bool>("--json") { Description = "With --output: print the files written as one JSON object." };
        var command = new Command("export", "Write the compiled zones, signed where their policy says so, as RFC 1035 zone files, which NSD, Knot, BIND and PowerDNS load.");
        sources.AddTo(command);
        command.Options.Add(output);
        command.Options.Add(origin);
        command.Options.Add(altoOnly);
        command.Options.Add(nsupdate);
        command.Options.Add(since);
        command.Options.Add(json);
        command.Validators.Add(result =>
        {
            if (result.GetResult(since) is not null && !result.GetValue(nsupdate))
            {
                result.AddError("--since is where --nsupdate begins. Add --nsupdate, or leave it out.");
            }

            if (result.GetValue(nsupdate) && result.GetResult(output) is not null)
            {
                result.AddError("--nsupdate writes to standard output. Leave --output out.");
            }
        });
        command.SetAction(result =>
        {
            var form = result.GetValue(nsupdate) ? ExportForm.Commands : result.GetValue(altoOnly) ? ExportForm.Alto : ExportForm.Zone;
            var target = new Target(form, result.GetValue(output), result.GetValue(since));
            return ConfigurationOptions.Guard(() => Run(sources.Read(result), target, result.GetValue(origin), result.GetValue(json)));
        });
        return command;
    }

    private static int Run(ServerConfiguration configuration, Target target, string? origin, bool asJson)
    {
        var loaded = SourceOptions.Load(configuration);
        ProblemPrinter.Print(loaded.Problems);
        if (loaded.Zones is null)
        {
            return ExitCodes.Problems;
        }

        var zones = loaded.Zones.Zones.Where(zone => origin is null || IsNamed(zone, origin)).ToList();
        if (zones.Count == 0)
        {
            Console.Error.WriteLine(UnknownOrigin(origin ?? "", [.. loaded.Zones.Zones.Select(zone => zone.Origin.ToString())]));
            return ExitCodes.Usage;
        }

        // Signatures are no part of the ALTO records, so keys need not be there.
        var signed = target.Form == ExportForm.Zone ? Sign(zones, loaded, new KeyStore(configuration.StateFolder)) : zones;
        if (signed is null)
        {
            return ExitCodes.Problems;
        }

        try
        {
            return target.Folder is null ? ToStandardOutput(signed, target) : ToFolder(signed, target.Form, target.Folder, asJson);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine($"The zones cannot be written: {exception.Message} Correct the folder or its permissions, or free some space.");
            return exception is IOException full && DiskSpace.IsExhausted(full) ? ExitCodes.DiskFull : ExitCodes.CannotWrite;
        }
    }

    // Null, with the problems printed, where one of them cannot be signed: half of an export would be taken for all of it.
    private static List<ZoneSnapshot>? Sign(List<ZoneSnapshot> zones, LoadedZones loaded, KeyStore keys)
    {
        var problems = new ProblemList();
        var signer = new OfflineSigner(keys, TimeProvider.System);
        var signed = zones.ConvertAll(zone => loaded.Signing.TryGetValue(zone.Origin, out var policy) ? signer.TrySign(zone, policy, problems) : zone);
        ProblemPrinter.Print(problems.All);
        return problems.HasErrors ? null : [.. signed.OfType<ZoneSnapshot>()];
    }

    private static string UnknownOrigin(string origin, List<string> origins)
    {
        var meant = Spelling.Closest(origin.EndsWith('.') ? origin : origin + '.', origins);
        var rest = origins.Count > MaxOriginsShown ? $" and {origins.Count - MaxOriginsShown} more" : "";
        return $"There is no zone '{origin}'.{(meant is null ? "" : $" Did you mean {meant}?")}"
            + $" The zones are: {string.Join(' ', origins.Take(MaxOriginsShown))}{rest}";
    }

    private static bool IsNamed(ZoneSnapshot zone, string origin) =>
        DomainName.TryParse(Encoding.UTF8.GetBytes(origin), DomainName.Root, out var name) == NameError.None && zone.Origin == name;

    private static int ToStandardOutput(List<ZoneSnapshot> zones, Target target)
    {
        using var output = new StreamWriter(Console.OpenStandardOutput(), bufferSize: 1 << 16);
        foreach (var zone in zones)
        {
            switch (target.Form)
            {
                case ExportForm.Commands:
                    var problems = new ProblemList();
                    var before = ReadBefore(zone.Origin, target.Since, problems);
                    if (problems.HasErrors)
                    {
                        ProblemPrinter.Print(problems.All);
                        return ExitCodes.Problems;
                    }

                    UpdateCommands.Write(zone.Origin, before, AltoRecords.Of(zone), output);
                    break;
                case ExportForm.Alto:
                    AltoRecords.Write(zone, output);
                    break;
                default:
                    ZoneExporter.Write(zone, output);
                    break;
            }
        }

        return ExitCodes.Success;
    }

    // A zone that is new since then has no file in the folder.
    private static List<ZoneRecord> ReadBefore(DomainName origin, string? since, ProblemList problems)
    {
        var records = new List<ZoneRecord>();
        var path = Directory.Exists(since) ? ExportFolder.PathOf(since, origin, ExportFolder.AltoExtension) : since;
        if (path is not null && (path == since || File.Exists(path)))
        {
            MasterFileReader.Read(path, DomainName.Root, problems, records.Add);
        }

        // One file may have the records of several zones.
        return records.FindAll(record => record.Owner.IsSubdomainOf(origin));
    }

    private static int ToFolder(List<ZoneSnapshot> zones, ExportForm form, string folder, bool asJson)
    {
        Directory.CreateDirectory(folder);
        var files = new List<string>();
        foreach (var zone in zones)
        {
            var isAlto = form == ExportForm.Alto;
            var path = ExportFolder.PathOf(folder, zone.Origin, isAlto ? ExportFolder.AltoExtension : ExportFolder.ZoneExtension);
            ExportFolder.Replace(path, output =>
            {
                if (isAlto)
                {
                    AltoRecords.Write(zone, output);
                }
                else
                {
                    ZoneExporter.Write(zone, output);
                }
            });
            files.Add(path);
        }

        if (asJson)
        {
            JsonOutput.Print(new ExportJson(files));
        }
        else
        {
            files.ForEach(Console.Out.WriteLine);
        }

        return ExitCodes.Success;
    }

    private enum ExportForm
    {
        Zone,
        Alto,
        Commands,
    }

    private sealed record Target(ExportForm Form, string? Folder, string? Since);
}
