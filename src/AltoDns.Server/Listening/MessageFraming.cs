// Messages in a stream: two octets of length, then the message (RFC 1035 §4.2.2).

using System.Buffers.Binary;
using AltoDns.Protocol.Messages;

namespace AltoDns.Server.Listening;

internal enum FrameOutcome
{
    /// <summary>More octets have to come.</summary>
    Incomplete,

    Message,

    /// <summary>The length is below that of a header: what follows cannot be told apart.</summary>
    Malformed,
}

internal static class MessageFraming
{
    public const int PrefixLength = sizeof(ushort);

    /// <summary>Looks for a message at the start of <paramref name="received"/>.</summary>
    /// <param name="message">The message without its length, not copied; only where the outcome says so.</param>
    /// <param name="needed">Octets, with the length, until something can be said: the whole message where its length is known.</param>
    public static FrameOutcome Read(ReadOnlySpan<byte> received, out ReadOnlySpan<byte> message, out int needed)
    {
        message = default;
        needed = PrefixLength;
        if (received.Length < PrefixLength)
        {
            return FrameOutcome.Incomplete;
        }

        var length = BinaryPrimitives.ReadUInt16BigEndian(received);
        if (length < MessageHeader.Length)
        {
            return FrameOutcome.Malformed;
        }

        needed = PrefixLength + length;
        if (received.Length < needed)
        {
            return FrameOutcome.Incomplete;
        }

        message = received[PrefixLength..needed];
        return FrameOutcome.Message;
    }
}
