// Reads altodns.yaml to the values of its settings: every mistake at once, each with its place and its remedy.

using AltoDns.Zones.Configuration;
using AltoDns.Zones.Configuration.Yaml;

namespace AltoDns.Server.Configuration;

internal static class ConfigurationFile
{
    // Nobody writes so much by hand; zones by the thousand are for lists of zones.
    private const int MaxLength = 64 << 20;

    /// <summary>Reads a file. Values with a fault are noted and left out.</summary>
    /// <returns>The values; null, with the problem noted, where the file is no map of settings.</returns>
    public static SettingValues? Read(string path, FileOpener open, ProblemList problems)
    {
        if (ReadText(path, open, problems) is not { } text || !Utf8Text.Check(text, path, problems))
        {
            return null;
        }

        SettingValues? values = null;
        var place = new SettingPlace(Path.GetDirectoryName(path) ?? "", problems);
        var isRead = new YamlSource(text, path, problems, kind: "configuration").Run(source => values = Read(source, place));
        return isRead ? values : null;
    }

    private static SettingValues? Read(YamlSource source, SettingPlace place)
    {
        if (!source.TryOpenDocument())
        {
            // All settings have defaults.
            return SettingValues.None;
        }

        var node = source.ReadNode();
        source.CloseDocument();
        if (node is YamlMap map)
        {
            return SectionReader.Read(map, ServerSettings.All, "", "The configuration", place);
        }

        if (node is YamlScalar { IsNull: true })
        {
            return SettingValues.None;
        }

        new NodeShape("The configuration", "a map of settings", "listen: 192.0.2.53").Refuse(node, place.Problems);
        return null;
    }

    private static byte[]? ReadText(string path, FileOpener open, ProblemList problems)
    {
        try
        {
            using var stream = open(path);
            using var text = new MemoryStream();
            stream.CopyTo(text);
            if (text.Length <= MaxLength)
            {
                return text.ToArray();
            }

            problems.Error(new SourcePosition(path, 0, 0), "The configuration is larger than 64 MiB.", "Move zones into a list of zones ('zone-lists').");
        }
        catch (Exception exception) when (PolicyContext.IsFileFault(exception))
        {
            problems.Error(
                new SourcePosition(path, 0, 0), $"The configuration cannot be read: {PolicyContext.Reason(exception)}.", "Correct the path or the permissions.");
        }

        return null;
    }
}
