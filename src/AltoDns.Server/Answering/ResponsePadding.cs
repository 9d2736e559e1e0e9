// Hides how long an answer is from those who see it pass encrypted (RFC 7830, RFC 8467).

using System.Buffers.Binary;
using AltoDns.Protocol.Edns;
using AltoDns.Protocol.Messages;

namespace AltoDns.Server.Answering;

internal static class ResponsePadding
{
    /// <summary>Answers are made multiples of so many octets (RFC 8467 §4.1).</summary>
    public const int BlockLength = 468;

    /// <summary>Whether the client pads as well and nobody reads along; in the clear padding would only make a flood larger (RFC 7830 §6).</summary>
    public static bool IsWanted(in ParsedQuery query, in QueryContext context)
    {
        if (!context.IsEncrypted || !query.HasEdns)
        {
            return false;
        }

        foreach (var option in query.Edns)
        {
            if (option.Code == EdnsOptionCode.Padding)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Lengthens an answer whose last record is OPT.</summary>
    /// <param name="response">As long as the answer may get; where that is no whole number of blocks it is filled.</param>
    /// <param name="length">Octets of the answer.</param>
    /// <param name="optionsLength">Octets of the options that it has already.</param>
    /// <param name="reserved">Octets that come after it.</param>
    /// <returns>Octets of the longer answer; <paramref name="length"/> where there is no room for the option.</returns>
    public static int Pad(Span<byte> response, int length, int optionsLength, int reserved)
    {
        var least = length + EdnsOption.HeaderLength;
        if (least > response.Length)
        {
            return length;
        }

        var blocks = (least + reserved + BlockLength - 1) / BlockLength;
        var padded = Math.Min((blocks * BlockLength) - reserved, response.Length);
        var writer = new WireWriter(response[length..padded]);
        writer.WriteUInt16((ushort)EdnsOptionCode.Padding);
        writer.WriteUInt16((ushort)(padded - least));

        // RFC 7830 §3: zeros, so that they tell nothing.
        response[least..padded].Clear();
        BinaryPrimitives.WriteUInt16BigEndian(response[(length - optionsLength - sizeof(ushort))..], (ushort)(optionsLength + padded - length));
        return padded;
    }
}
