// One query as it goes to a resolver: everything in it that a forger would have to guess is drawn anew.

using System.Buffers.Binary;
using System.Security.Cryptography;
using AltoDns.Protocol.Edns;
using AltoDns.Protocol.Messages;
using AltoDns.Protocol.Names;
using AltoDns.Protocol.Records;

namespace AltoDns.Discovery.Resolving;

/// <summary>What is asked, and what the asker can do with the answer.</summary>
/// <param name="IsValidating">Whether signatures are wanted (DO), and data that the resolver holds for bogus, too (CD, RFC 4035 §3.2.2).</param>
internal readonly record struct Query(DomainName Name, RecordType Type, bool IsValidating);

/// <summary>How a query is sent to one server.</summary>
/// <param name="HasEdns">False for a server that refuses EDNS (RFC 6891 §6.2.2).</param>
/// <param name="MixesCase">Whether letters of the name are of random case, which the answer must repeat.</param>
/// <param name="Cookie">The COOKIE option's data, empty for none (RFC 7873 §5.1).</param>
/// <param name="PadsTo">The block that the length is padded to, 0 for none (RFC 7830).</param>
internal readonly record struct QueryForm(bool HasEdns, bool MixesCase, ReadOnlyMemory<byte> Cookie, int PadsTo);

/// <summary>A query in wire form.</summary>
internal sealed class QueryMessage
{
    /// <summary>The octets that are taken in one datagram: what arrives without fragments (RFC 9715).</summary>
    public const ushort UdpPayloadSize = 1232;

    private const int MaxLength = 512;

    private readonly byte[] _octets;
    private readonly int _questionLength;

    private QueryMessage(byte[] octets, int questionLength)
    {
        _octets = octets;
        _questionLength = questionLength;
    }

    public ushort Id => BinaryPrimitives.ReadUInt16BigEndian(_octets);

    public ReadOnlyMemory<byte> Octets => _octets;

    /// <summary>Name, type and class as sent, letters in the case drawn.</summary>
    public ReadOnlySpan<byte> Question => _octets.AsSpan(MessageHeader.Length, _questionLength);

    /// <param name="id">Drawn at random by the caller, who knows which are in use.</param>
    public static QueryMessage Create(in Query query, in QueryForm form, ushort id)
    {
        Span<byte> buffer = stackalloc byte[MaxLength];
        var flags = MessageFlags.RecursionDesired | (query.IsValidating ? MessageFlags.CheckingDisabled : MessageFlags.AuthenticData);
        new MessageHeader(id, flags, Opcode.Query, ResponseCode.NoError, 1, 0, 0, (ushort)(form.HasEdns ? 1 : 0)).Write(buffer);
        var writer = new WireWriter(buffer[MessageHeader.Length..]);
        new Question(query.Name, query.Type, RecordClass.Internet).Write(ref writer);
        var questionLength = writer.Position;
        if (form.MixesCase)
        {
            MixCase(buffer.Slice(MessageHeader.Length, query.Name.Length));
        }

        if (form.HasEdns)
        {
            WriteOption(ref writer, query, form);
        }

        return new QueryMessage(buffer[..(MessageHeader.Length + writer.Position)].ToArray(), questionLength);
    }

    /// <summary>A random number for an ID, from a source that cannot be guessed from earlier ones (RFC 5452 §9.2).</summary>
    public static ushort DrawId()
    {
        Span<byte> octets = stackalloc byte[sizeof(ushort)];
        RandomNumberGenerator.Fill(octets);
        return BinaryPrimitives.ReadUInt16BigEndian(octets);
    }

    private static void WriteOption(ref WireWriter writer, in Query query, in QueryForm form)
    {
        var options = new byte[MaxLength];
        var optionWriter = new WireWriter(options);
        if (!form.Cookie.IsEmpty)
        {
            EdnsOption.Write(ref optionWriter, EdnsOptionCode.Cookie, form.Cookie.Span);
        }

        if (form.PadsTo > 0)
        {
            // RFC 8467 §4.1: a query's length becomes a multiple of 128 octets.
            var length = MessageHeader.Length + writer.Position + OptRecord.MinLength + optionWriter.Position + EdnsOption.HeaderLength;
            Span<byte> padding = stackalloc byte[form.PadsTo];
            padding.Clear();
            EdnsOption.Write(ref optionWriter, EdnsOptionCode.Padding, padding[..((form.PadsTo - length % form.PadsTo) % form.PadsTo)]);
        }

        new OptRecord { UdpPayloadSize = UdpPayloadSize, DnssecOk = query.IsValidating, Options = options.AsSpan(0, optionWriter.Position) }.Write(ref writer);
    }

    // "0x20": each letter's case is a bit that a forger has to guess.
    private static void MixCase(Span<byte> name)
    {
        Span<byte> random = stackalloc byte[DomainName.MaxLength / 8 + 1];
        RandomNumberGenerator.Fill(random);
        for (var i = 0; i < name.Length; i++)
        {
            if (char.IsAsciiLetter((char)name[i]) && (random[i / 8] >> i % 8 & 1) != 0)
            {
                name[i] ^= 0x20;
            }
        }
    }
}
