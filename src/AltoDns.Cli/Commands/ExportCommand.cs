// altodns export: the compiled zones as zone files for any other server.

using System.CommandLine;
using System.Text;
using AltoDns.Cli.Output;
using AltoDns.Protocol.Names;
using AltoDns.Server.Configuration;
using AltoDns.Zones.Configuration;
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
        var json = new Option<bool>("--json") { Description = "With --output: print the files written as one JSON object." };
        var command = new Command("export", "Write the compiled zones, signed where their policy says so, as RFC 1035 zone files, which NSD, Knot, BIND and PowerDNS load.");
        sources.AddTo(command);
        command.Options.Add(output);
        command.Options.Add(origin);
        command.Options.Add(json);
        command.SetAction(result => ConfigurationOptions.Guard(() => Run(sources.Read(result), result.GetValue(output), result.GetValue(origin), result.GetValue(json))));
        return command;
    }

    private static int Run(ServerConfiguration configuration, string? folder, string? origin, bool asJson)
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

        if (Sign(zones, loaded, new KeyStore(configuration.StateFolder)) is not { } signed)
        {
            return ExitCodes.Problems;
        }

        try
        {
            return folder is null ? ToStandardOutput(signed) : ToFolder(signed, folder, asJson);
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

    private static int ToStandardOutput(List<ZoneSnapshot> zones)
    {
        using var output = new StreamWriter(Console.OpenStandardOutput(), bufferSize: 1 << 16);
        foreach (var zone in zones)
        {
            ZoneExporter.Write(zone, output);
        }

        return ExitCodes.Success;
    }

    private static int ToFolder(List<ZoneSnapshot> zones, string folder, bool asJson)
    {
        Directory.CreateDirectory(folder);
        var files = new List<string>();
        foreach (var zone in zones)
        {
            var path = Path.Combine(folder, FileName(zone.Origin));

            // A server that reads the folder meanwhile sees the old file or the new one, never half of one.
            var draft = path + ".new";
            using (var output = new StreamWriter(draft))
            {
                ZoneExporter.Write(zone, output);
            }

            File.Move(draft, path, overwrite: true);
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

    // Presentation form keeps control characters out; a slash would be a folder.
    private static string FileName(DomainName origin) =>
        (origin.IsRoot ? "root" : origin.ToString().TrimEnd('.').Replace("/", "\\047", StringComparison.Ordinal)) + ".zone";
}
