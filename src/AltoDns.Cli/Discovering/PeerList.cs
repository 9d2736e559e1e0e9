// The file of peers that a tracker exports: an address on each line, its port and its ID where they are known.

using System.Globalization;
using System.Net;
using AltoDns.Discovery;
using AltoDns.Protocol.Names;

namespace AltoDns.Cli.Discovering;

internal static class PeerList
{
    private static readonly char[] Separators = [' ', '\t', ','];

    /// <summary>Reads <c>ADDRESS [PORT] [ID]</c>, with <c>-</c> for a port that is not known; empty lines and those that begin with # are passed over.</summary>
    /// <param name="fault">Takes each line that is something else, with its number; it is then passed over.</param>
    public static async IAsyncEnumerable<Peer> ReadAsync(TextReader lines, Action<int, string> fault)
    {
        for (var number = 1; await lines.ReadLineAsync() is { } line; number++)
        {
            var words = line.Split(Separators, StringSplitOptions.RemoveEmptyEntries);
            if (words.Length == 0 || words[0][0] == '#')
            {
                continue;
            }

            if (TryParse(words, out var peer) is { } reason)
            {
                fault(number, reason);
                continue;
            }

            yield return peer;
        }
    }

    private static string? TryParse(string[] words, out Peer peer)
    {
        peer = default;
        if (IPPrefix.TryParse(words[0], out var prefix) != PrefixError.None || !prefix.IsSingleAddress)
        {
            return $"'{words[0]}' is not an address. Write ADDRESS [PORT] [ID].";
        }

        ushort? port = null;
        if (words.Length > 1 && words[1] != "-")
        {
            if (!ushort.TryParse(words[1], NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            {
                return $"'{words[1]}' is not a port. Write a number from 0 to 65535, or - for none.";
            }

            port = number;
        }

        // docs/peer-labels.md §3: an ID that does not fit is as if there was none.
        var id = words.Length > 2 && PeerName.IsId(words[2]) ? words[2] : null;
        peer = new Peer(IPAddress.Parse(words[0]), port is null && id is null ? null : new PeerHint(id, port));
        return null;
    }
}
