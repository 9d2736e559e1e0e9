// Writes the answer to an update (RFC 2136 §3.8).

using AltoDns.Protocol.Edns;
using AltoDns.Protocol.Messages;
using AltoDns.Protocol.Records;
using AltoDns.Protocol.Security;

namespace AltoDns.Server.Updates;

internal static class UpdateResponse
{
    /// <summary>Octets of the longest: header, zone, OPT with a lease, TSIG.</summary>
    public const int MaxLength = 1232;

    private const ushort PayloadSize = 1232;
    private const int LongestOption = EdnsOption.HeaderLength + 2 * sizeof(uint);

    /// <summary>Writes header, zone section, the granted lease, and the signature.</summary>
    /// <param name="tsig">Null for an answer without signature.</param>
    /// <returns>Octets written.</returns>
    public static int Write(Span<byte> response, UpdateMessage update, ResponseCode code, UpdateLease? granted, TsigResponder? tsig, long unixTime)
    {
        var writer = new WireWriter(response);
        writer.WriteOctets(stackalloc byte[MessageHeader.Length]);
        writer.WriteName(update.Zone, RdataName.Verbatim);
        writer.WriteUInt16((ushort)RecordType.SOA);
        writer.WriteUInt16((ushort)update.ZoneClass);
        if (update.HasEdns)
        {
            WriteEdns(ref writer, granted);
        }

        new MessageHeader(update.Header.Id, MessageFlags.Response, Opcode.Update, code, 1, 0, 0, (ushort)(update.HasEdns ? 1 : 0)).Write(response);
        return tsig is null ? writer.Position : tsig.Sign(response, writer.Position, (ulong)unixTime);
    }

    /// <summary>Writes an answer to what could not be read: the header alone, and the signature.</summary>
    public static int WriteError(Span<byte> response, MessageHeader request, ResponseCode code, TsigResponder? tsig, long unixTime)
    {
        var length = MessageHeader.Length;
        if ((ushort)code > 0xF)
        {
            var writer = new WireWriter(response);
            writer.WriteOctets(stackalloc byte[MessageHeader.Length]);
            new OptRecord { UdpPayloadSize = PayloadSize, ExtendedResponseCode = (byte)((ushort)code >> 4) }.Write(ref writer);
            length = writer.Position;
        }

        new MessageHeader(request.Id, MessageFlags.Response, request.Opcode, code, 0, 0, 0, (ushort)(length > MessageHeader.Length ? 1 : 0)).Write(response);
        return tsig is null ? length : tsig.Sign(response, length, (ulong)unixTime);
    }

    private static void WriteEdns(ref WireWriter writer, UpdateLease? granted)
    {
        var options = new byte[LongestOption];
        var optionWriter = new WireWriter(options);
        granted?.Write(ref optionWriter);
        new OptRecord { UdpPayloadSize = PayloadSize, Options = options.AsSpan(0, optionWriter.Position) }.Write(ref writer);
    }
}
