// Another name server as an operator writes it.

using System.Diagnostics.CodeAnalysis;
using AltoDns.Server.Listening;

namespace AltoDns.Server.Access;

/// <summary>Reads <c>192.0.2.53</c>, <c>192.0.2.53:5300</c>, <c>[2001:db8::53]:5300</c>, each possibly with <c>key NAME</c> after it.</summary>
public static class PeerText
{
    /// <param name="fault">On failure what is wrong and how to write it, two sentences; otherwise null.</param>
    public static bool TryParse(string text, [NotNullWhen(true)] out Peer? peer, [NotNullWhen(false)] out string? fault)
    {
        peer = null;
        var words = text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (words is not ([_] or [_, "key", _])
            || !ListenAddress.TryParse(words[0], out var endpoint, out _)
            || endpoint.Port == 0
            || ListenAddress.IsWildcard(endpoint.Address))
        {
            fault = $"'{text}' is not a name server. Write ADDRESS, ADDRESS:PORT or either with key NAME after it, such as 192.0.2.53:5300 key transfer.";
            return false;
        }

        if (words.Length == 1)
        {
            fault = null;
            peer = new Peer(endpoint);
            return true;
        }

        if (!AccessRuleText.TryParseKey(words[2], out var key, out fault))
        {
            return false;
        }

        peer = new Peer(endpoint, key);
        return true;
    }
}
