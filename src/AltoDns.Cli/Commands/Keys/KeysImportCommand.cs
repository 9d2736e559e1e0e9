// altodns keys import: takes over the keys that BIND has signed a zone with.

using System.CommandLine;
using AltoDns.Protocol.Security;
using AltoDns.Zones.Keys;

namespace AltoDns.Cli.Commands.Keys;

internal static class KeysImportCommand
{
    public static Command Create()
    {
        var files = new Argument<string[]>("KEYS") { Description = "BIND's K*.private files; each K*.key is beside its K*.private.", Arity = ArgumentArity.OneOrMore };
        var unused = new Option<bool>("--unused") { Description = "The keys are in no zone yet. Without it: the zone is being served with them." };
        var state = new StateOptions();
        var command = new Command(
            "import", "Take over keys of BIND (RSASHA256, ECDSA P-256 and P-384). A key with flags 257 alone becomes the zone's CSK, with one of flags 256 beside it the KSK.");
        command.Arguments.Add(files);
        command.Options.Add(unused);
        state.AddTo(command);
        command.SetAction(result => StateOptions.Guard(() => Run(state.Read(result), result.GetValue(files) ?? [], result.GetValue(unused))));
        return command;
    }

    private static int Run(KeyStore store, string[] files, bool isUnused)
    {
        var read = new List<BindKey>();
        try
        {
            // All are read before any is stored.
            foreach (var file in files.Where(file => !file.EndsWith(".key", StringComparison.Ordinal) || !files.Contains(file[..^4] + ".private", StringComparer.Ordinal)))
            {
                read.Add(BindKeyFiles.Read(file));
            }

            foreach (var entry in read)
            {
                var role = RoleOf(entry, read, store.Load(entry.Zone));
                using var keys = new ZoneKeys(store, entry.Zone);
                keys.Import(entry.Key, role, isUnused ? Spread.Hidden : Spread.Omnipresent, TimeProvider.System.GetUtcNow());
                Console.Out.WriteLine($"{entry.Zone} {role.Abbreviation()} {entry.Key.Tag} {entry.Key.Algorithm.Mnemonic()}");
            }

            return ExitCodes.Success;
        }
        finally
        {
            read.ForEach(entry => entry.Key.Dispose());
        }
    }

    private static KeyRole RoleOf(BindKey key, List<BindKey> all, ZoneKeyState? state)
    {
        if (!key.Key.Data.IsSecureEntryPoint())
        {
            return KeyRole.ZoneSigning;
        }

        var isSplit = all.Exists(other => other.Zone == key.Zone && !other.Key.Data.IsSecureEntryPoint())
            || state?.Keys.Any(other => other.Role == KeyRole.ZoneSigning) == true;
        return isSplit ? KeyRole.KeySigning : KeyRole.Combined;
    }
}
