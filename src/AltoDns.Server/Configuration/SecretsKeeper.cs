// Warns where a configuration that holds secrets can be read by others.

using AltoDns.Zones.Configuration;
using AltoDns.Zones.Configuration.Yaml;

namespace AltoDns.Server.Configuration;

internal static class SecretsKeeper
{
    private const UnixFileMode Others = UnixFileMode.OtherRead | UnixFileMode.OtherWrite;

    public static void Check(string file, SettingValues values, ProblemList problems)
    {
        if (OperatingSystem.IsWindows() || !HoldsSecrets(values))
        {
            return;
        }

        try
        {
            if ((System.IO.File.GetUnixFileMode(file) & Others) != 0)
            {
                problems.Warn(new SourcePosition(file, 0, 0), "The configuration holds secrets, and everybody on this machine can read it.", $"Run 'chmod 640 {file}'.");
            }
        }
        catch (IOException)
        {
            // It was read a moment ago; its loss is noticed by who reads it next.
        }
    }

    private static bool HoldsSecrets(SettingValues values) =>
        values.Set.Any(setting => setting.IsSecret)
        || (values.Find(ServerSettings.Keys)?.Value is YamlMap keys
            && keys.Entries.Any(key => key.Value is YamlMap map && map.Entries.Any(entry => entry.Key.Text == MapSettings.Key.Secret.Name)));
}
