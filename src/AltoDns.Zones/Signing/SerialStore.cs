// The last SOA serial of each zone whose serial is ours to choose, so that none goes back when the program starts again.

using System.Globalization;
using System.Text;
using AltoDns.Protocol.Names;
using AltoDns.Protocol.Security;
using AltoDns.Zones.Configuration;
using AltoDns.Zones.Keys;

namespace AltoDns.Zones.Signing;

/// <summary>One small file a zone in the state folder: <c>STATE/serials/2.0.192.in-addr.arpa</c>. Not safe for several threads.</summary>
public sealed class SerialStore(string folder)
{
    private readonly string _folder = Path.Combine(folder, "serials");
    private readonly Dictionary<DomainName, Entry?> _known = [];

    /// <summary>The serial of the next version: the one wanted, or one more than the last where that would not go forward (RFC 1982).</summary>
    /// <exception cref="KeyStoreException">What is stored cannot be read.</exception>
    public uint Next(DomainName apex, uint wanted)
    {
        // RFC 2136 §7.11: 0 is best avoided.
        return Last(apex) is not { } used || SerialNumber.Compare(wanted, used) > 0 ? Math.Max(wanted, 1) : Math.Max(used + 1, 1);
    }

    /// <summary>The same by a policy.</summary>
    /// <param name="ofFiles">The serial by <see cref="SerialPolicy.FileTime"/>.</param>
    /// <exception cref="KeyStoreException">What is stored cannot be read.</exception>
    public uint Next(DomainName apex, SerialPolicy policy, uint ofFiles, DateTimeOffset now) => Next(apex, policy.Wanted(Last(apex), ofFiles, now));

    /// <summary>The serial used last; null for none.</summary>
    /// <exception cref="KeyStoreException">What is stored cannot be read.</exception>
    public uint? Last(DomainName apex) => Find(apex)?.Serial;

    /// <summary>The digest that was stored with the serial; empty for none.</summary>
    /// <exception cref="KeyStoreException">What is stored cannot be read.</exception>
    public byte[] DigestOf(DomainName apex) => Find(apex)?.Digest ?? [];

    /// <summary>Stores the serial of a version before anybody sees it.</summary>
    /// <param name="digest">Of the version's content, to know it by after a restart; null where that is no matter.</param>
    /// <exception cref="KeyStoreException">It cannot be stored; it counts as used in this run all the same.</exception>
    public void Save(DomainName apex, uint serial, byte[]? digest = null)
    {
        _known[apex] = new Entry(serial, digest ?? []);
        PrivateFile.MakeFolder(_folder);
        PrivateFile.Write(PathOf(apex), Encoding.ASCII.GetBytes($"{string.Create(CultureInfo.InvariantCulture, $"{serial}")} {Convert.ToHexString(digest ?? [])}".TrimEnd() + "\n"));
    }

    private Entry? Find(DomainName apex)
    {
        if (!_known.TryGetValue(apex, out var entry))
        {
            _known[apex] = entry = Read(PathOf(apex));
        }

        return entry;
    }

    private static Entry? Read(string path)
    {
        try
        {
            if (!File.Exists(path))
            {
                return null;
            }

            var words = File.ReadAllText(path).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
            var digest = new byte[words is [_, var hex] ? hex.Length / 2 : 0];
            return words.Length is 1 or 2
                && uint.TryParse(words[0], NumberStyles.None, CultureInfo.InvariantCulture, out var serial)
                && (words.Length == 1 || Convert.FromHexString(words[1], digest, out _, out _) == System.Buffers.OperationStatus.Done)
                ? new Entry(serial, digest)
                : throw new KeyStoreException(path, "It is not a serial.", "Write the serial that secondaries have, or remove the file where there are none.");
        }
        catch (Exception exception) when (PolicyContext.IsFileFault(exception))
        {
            throw KeyStoreException.CannotRead(path, exception);
        }
    }

    private string PathOf(DomainName apex) => Path.Combine(_folder, StateFileName.Of(apex));

    private sealed record Entry(uint Serial, byte[] Digest);
}
