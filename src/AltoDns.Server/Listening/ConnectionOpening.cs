// What happens on a connection before its first message: a proxy says for whom it is, and TLS is agreed on.

using System.Net;

namespace AltoDns.Server.Listening;

internal static class ConnectionOpening
{
    /// <summary>Gets a connection ready for messages.</summary>
    /// <param name="peer">Who connected.</param>
    /// <param name="isProxy">Whether that is a proxy, which has to say for whom.</param>
    /// <returns>Whom the connection is for, which is the proxy where it speaks for itself; null, with the reason counted, where it has to end.</returns>
    public static async Task<IPEndPoint?> OpenAsync(ConnectionChannel channel, IPEndPoint peer, bool isProxy, TcpTally tally)
    {
        var client = isProxy ? null : peer;

        // Proxies speak before TLS begins, as HAProxy does, or within it, as dnsdist does.
        if (isProxy && (!channel.IsEncrypted || await channel.PeekAsync() == ProxyHeader.FirstOctet))
        {
            client = await ReadAsync(channel.ReceivePlainAsync, peer, tally);
            if (client is null)
            {
                return null;
            }
        }

        if (channel.IsEncrypted && !await channel.TryAuthenticateAsync())
        {
            Interlocked.Increment(ref tally.FailedHandshakes);
            return null;
        }

        return client ?? await ReadAsync(channel.ReceiveAsync, peer, tally);
    }

    // Not an octet more than the header: what follows it is read by others.
    private static async Task<IPEndPoint?> ReadAsync(Func<Memory<byte>, ValueTask<int>> receive, IPEndPoint proxy, TcpTally tally)
    {
        var octets = new byte[ProxyHeader.FixedLength];
        if (await TryFillAsync(receive, octets) && ProxyHeader.TryMeasure(octets, out var length))
        {
            Array.Resize(ref octets, length);
            if (await TryFillAsync(receive, octets.AsMemory(ProxyHeader.FixedLength)) && Read(octets, proxy) is { } client)
            {
                return client;
            }
        }

        Interlocked.Increment(ref tally.MalformedProxy);
        return null;
    }

    private static IPEndPoint? Read(byte[] octets, IPEndPoint proxy) =>
        !ProxyHeader.TryRead(octets, out var header) ? null
        : header.Address.IsEmpty ? proxy
        : new IPEndPoint(new IPAddress(header.Address), header.Port);

    private static async Task<bool> TryFillAsync(Func<Memory<byte>, ValueTask<int>> receive, Memory<byte> room)
    {
        while (room.Length > 0)
        {
            var read = await receive(room);
            if (read == 0)
            {
                return false;
            }

            room = room[read..];
        }

        return true;
    }
}
