// The last SOA serial of each signed zone, so that none goes back when the program starts again.

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
    private readonly Dictionary<DomainName, uint?> _known = [];

    /// <summary>The serial of the next version: that of the unsigned zone, or one more than the last where that would not go forward (RFC 1982).</summary>
    /// <exception cref="KeyStoreException">What is stored cannot be read.</exception>
    public uint Next(DomainName apex, uint unsigned)
    {
        if (!_known.TryGetValue(apex, out var last))
        {
            _known[apex] = last = Read(PathOf(apex));
        }

        // RFC 2136 §7.11: 0 is best avoided.
        return last is not { } used || SerialNumber.Compare(unsigned, used) > 0 ? unsigned : Math.Max(used + 1, 1);
    }

    /// <summary>Stores the serial of a version before anybody sees it.</summary>
    /// <exception cref="KeyStoreException">It cannot be stored; it counts as used in this run all the same.</exception>
    public void Save(DomainName apex, uint serial)
    {
        _known[apex] = serial;
        PrivateFile.MakeFolder(_folder);
        PrivateFile.Write(PathOf(apex), Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{serial}\n")));
    }

    private static uint? Read(string path)
    {
        try
        {
            if (!File.Exists(path))
            {
                return null;
            }

            return uint.TryParse(File.ReadAllText(path).AsSpan().Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var serial)
                ? serial
                : throw new KeyStoreException(path, "It is not a serial.", "Write the serial that secondaries have, or remove the file where there are none.");
        }
        catch (Exception exception) when (PolicyContext.IsFileFault(exception))
        {
            throw KeyStoreException.CannotRead(path, exception);
        }
    }

    private string PathOf(DomainName apex) => Path.Combine(_folder, StateFileName.Of(apex));
}
