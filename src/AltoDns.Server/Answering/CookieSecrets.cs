// The secrets that server cookies are made and checked with.

using System.Security.Cryptography;
using AltoDns.Protocol.Edns;

namespace AltoDns.Server.Answering;

/// <summary>The first secret makes cookies, all of them check (RFC 9018 §5). Safe for any number of threads.</summary>
public sealed class CookieSecrets
{
    private volatile byte[][] _secrets;

    /// <param name="secrets">At least one, each 16 octets; shared by all servers of an anycast set.</param>
    public CookieSecrets(IReadOnlyList<byte[]> secrets)
    {
        if (secrets.Count == 0 || secrets.Any(secret => secret.Length != SipHash.KeyLength))
        {
            throw new ArgumentException($"Cookie secrets have {SipHash.KeyLength} octets each, and there is at least one.", nameof(secrets));
        }

        _secrets = [.. secrets];
    }

    /// <summary>Whether no other server has these secrets, so that they may be replaced at will.</summary>
    public bool IsRandom { get; private init; }

    /// <summary>A secret of this process alone.</summary>
    public static CookieSecrets CreateRandom() => new([RandomNumberGenerator.GetBytes(SipHash.KeyLength)]) { IsRandom = true };

    /// <summary>Makes new cookies with another secret; those made with the last one stay valid until the next call.</summary>
    /// <param name="next">16 octets.</param>
    public void Rotate(byte[] next) => _secrets = [next, _secrets[0]];

    /// <summary>Writes the COOKIE option's data for an answer to this client.</summary>
    public void Write(ReadOnlySpan<byte> clientCookie, in QueryContext context, Span<byte> option) =>
        ServerCookie.Write(_secrets[0], clientCookie, context.ClientAddress, context.UnixTime, option);

    /// <summary>Whether a COOKIE option proves that the client has had an answer at its address.</summary>
    public bool IsValid(ReadOnlySpan<byte> option, in QueryContext context)
    {
        foreach (var secret in _secrets)
        {
            if (ServerCookie.IsValid(secret, option, context.ClientAddress, context.UnixTime))
            {
                return true;
            }
        }

        return false;
    }
}
