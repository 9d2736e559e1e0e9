// A file with TSIG keys that nobody else may read.

using AltoDns.Protocol.Security;
using AltoDns.Zones.Configuration;

namespace AltoDns.Zones.Keys;

public static class TsigKeyFile
{
    private const int MaxLength = 1 << 20;

    /// <summary>Reads all keys of a file in BIND's syntax; every fault is noted, and no key returned then.</summary>
    /// <param name="allowsWeak">Whether SHA-1 and MD5 may be used.</param>
    public static IReadOnlyList<TsigKey> Read(string path, ProblemList problems, bool allowsWeak = false)
    {
        try
        {
            using var stream = PolicyContext.OpenFile(path);
            PrivateFile.RequirePrivate(path);
            if (stream.Length > MaxLength)
            {
                problems.Error(new SourcePosition(path, 0, 0), "The key file is larger than 1 MiB.", "Name another file.");
                return [];
            }

            using var reader = new StreamReader(stream);
            var (keys, faults) = TsigKeyText.Read(reader.ReadToEnd(), allowsWeak);
            foreach (var fault in faults)
            {
                problems.Error(new SourcePosition(path, fault.Position), fault.Fault, fault.Remedy);
            }

            return faults.Count == 0 ? keys : [];
        }
        catch (KeyStoreException exception)
        {
            problems.Add(exception.Problem);
        }
        catch (Exception exception) when (PolicyContext.IsFileFault(exception))
        {
            problems.Error(
                new SourcePosition(path, 0, 0), $"The key file cannot be read: {PolicyContext.Reason(exception)}.", "Correct the path, or the file's owner.");
        }

        return [];
    }
}
