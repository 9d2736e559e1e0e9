// The EDNS options of an answer: what the client asked for by options of its own, and what helps it (RFC 6891 §6.1.2).

using System.Buffers.Binary;
using System.Text;
using AltoDns.Protocol.Edns;
using AltoDns.Protocol.Messages;

namespace AltoDns.Server.Answering;

/// <summary>Safe for any number of threads.</summary>
internal sealed class EdnsResponder
{
    /// <summary>Octets that all options together may take: each is there once at most.</summary>
    public const int MaxLength = 768;

    private const byte SoaSerial = 0;

    private readonly CookieSecrets _cookies;
    private readonly byte[]? _identity;
    private readonly byte[]? _reportAgent;

    public EdnsResponder(AnsweringSettings settings)
    {
        _cookies = settings.Cookies;
        _identity = settings.Identity is { Length: > 0 } identity ? Encoding.UTF8.GetBytes(identity) : null;
        _reportAgent = settings.ReportAgent?.Wire.ToArray();
    }

    /// <summary>Whether the options that have a form keep to it (RFC 7873 §5.2.2, RFC 7828 §3.2.2).</summary>
    public static bool AreWellFormed(in ParsedQuery query, Transport transport)
    {
        foreach (var option in query.Edns)
        {
            var isMalformed = option.Code switch
            {
                EdnsOptionCode.Cookie => !ServerCookie.IsWellFormed(option.Data),
                EdnsOptionCode.TcpKeepalive => transport == Transport.Tcp && !option.Data.IsEmpty,
                _ => false,
            };
            if (isMalformed)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Whether the client shows that it has had an answer at its address (RFC 7873 §5.2.4).</summary>
    public bool HasValidCookie(in ParsedQuery query, in QueryContext context)
    {
        if (!query.HasEdns)
        {
            return false;
        }

        foreach (var option in query.Edns)
        {
            if (option.Code == EdnsOptionCode.Cookie)
            {
                return _cookies.IsValid(option.Data, context);
            }
        }

        return false;
    }

    /// <summary>Writes the options of the answer that a plan describes.</summary>
    /// <param name="options">As much room as the message has for them; <see cref="MaxLength"/> octets are enough. An option that does not fit is left out.</param>
    /// <returns>Octets written.</returns>
    public int Write(in ParsedQuery query, in QueryContext context, AnswerPlan plan, Span<byte> options)
    {
        var writer = new WireWriter(options);
        var answered = AnsweredOptions.None;
        foreach (var option in query.Edns)
        {
            // A repeated option is answered once.
            var kind = KindOf(option.Code);
            if (plan.IsSlipped && kind != AnsweredOptions.Cookie)
            {
                // Only what leads out of the limit; the rest would make a flood larger.
                continue;
            }

            if (kind != AnsweredOptions.None && (answered & kind) == 0)
            {
                answered |= kind;
                WriteAnswerTo(option, context, plan, ref writer);
            }
        }

        if (plan.ExtendedError is { } error)
        {
            WriteUInt16(ref writer, EdnsOptionCode.ExtendedError, (ushort)error);
        }

        if (_reportAgent is not null && plan.Zone is not null && !plan.IsSlipped)
        {
            Append(ref writer, EdnsOptionCode.ReportChannel, _reportAgent);
        }

        return writer.Position;
    }

    private void WriteAnswerTo(EdnsOption option, in QueryContext context, AnswerPlan plan, ref WireWriter writer)
    {
        switch (option.Code)
        {
            case EdnsOptionCode.Cookie:
                Span<byte> cookie = stackalloc byte[ServerCookie.OptionLength];
                _cookies.Write(option.Data[..ServerCookie.ClientLength], context, cookie);
                Append(ref writer, EdnsOptionCode.Cookie, cookie);
                break;
            case EdnsOptionCode.Nsid when _identity is not null:
                Append(ref writer, EdnsOptionCode.Nsid, _identity);
                break;
            case EdnsOptionCode.TcpKeepalive when context.Transport == Transport.Tcp:
                WriteUInt16(ref writer, EdnsOptionCode.TcpKeepalive, context.IdleTimeout);
                break;
            case EdnsOptionCode.ZoneVersion when plan.Zone is { } zone:
                // RFC 9660 §2: labels of the zone's name, the kind of version, the version.
                Span<byte> version = stackalloc byte[2 + sizeof(uint)];
                version[0] = (byte)zone.OriginDepth;
                version[1] = SoaSerial;
                BinaryPrimitives.WriteUInt32BigEndian(version[2..], zone.Serial);
                Append(ref writer, EdnsOptionCode.ZoneVersion, version);
                break;
            default:
                break;
        }
    }

    private static void WriteUInt16(ref WireWriter writer, EdnsOptionCode code, ushort value)
    {
        Span<byte> data = stackalloc byte[sizeof(ushort)];
        BinaryPrimitives.WriteUInt16BigEndian(data, value);
        Append(ref writer, code, data);
    }

    private static void Append(ref WireWriter writer, EdnsOptionCode code, scoped ReadOnlySpan<byte> data)
    {
        var start = writer.Position;
        EdnsOption.Write(ref writer, code, data);
        if (writer.Overflowed)
        {
            writer.Rewind(start);
        }
    }

    private static AnsweredOptions KindOf(EdnsOptionCode code) => code switch
    {
        EdnsOptionCode.Cookie => AnsweredOptions.Cookie,
        EdnsOptionCode.Nsid => AnsweredOptions.Nsid,
        EdnsOptionCode.TcpKeepalive => AnsweredOptions.TcpKeepalive,
        EdnsOptionCode.ZoneVersion => AnsweredOptions.ZoneVersion,
        _ => AnsweredOptions.None,
    };

    [Flags]
    private enum AnsweredOptions
    {
        None = 0,
        Cookie = 1,
        Nsid = 2,
        TcpKeepalive = 4,
        ZoneVersion = 8,
    }
}
