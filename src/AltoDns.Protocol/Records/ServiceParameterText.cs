// The parameters of SVCB and HTTPS as words: key, '=' and value (RFC 9460 §2.1 and Appendix A).

using System.Buffers.Binary;
using System.Buffers.Text;
using System.Globalization;
using System.Net;
using System.Text;
using AltoDns.Protocol.Messages;
using AltoDns.Protocol.Names;
using AltoDns.Protocol.Presentation;

namespace AltoDns.Protocol.Records;

/// <summary>
/// Reads and prints parameters: <c>key</c>, <c>key=value</c>, or <c>key=</c> and right behind it a quoted string. A value is
/// first a character-string with its escapes, then, for alpn, a list in which <c>\,</c> and <c>\\</c> stand for themselves.
/// </summary>
internal static class ServiceParameterText
{
    public static ServiceParameters Parse(ref RecordTextReader text)
    {
        var sorted = new SortedDictionary<ushort, byte[]>();
        while (!text.Failed && !text.AtEnd)
        {
            var value = ParseParameter(ref text, out var key);
            if (!text.Failed && !sorted.TryAdd((ushort)key, value))
            {
                text.Fail($"the key {key.RegisteredName()} is given twice; remove one (RFC 9460 §2.1)");
            }
        }

        var wire = new List<byte>();
        foreach (var (key, value) in sorted)
        {
            AppendUInt16(wire, key);
            AppendUInt16(wire, (ushort)value.Length);
            wire.AddRange(value);
        }

        if (text.Failed)
        {
            return ServiceParameters.Empty;
        }

        if (ServiceParameters.TryCreate([.. wire], out var parameters, out var fault))
        {
            return parameters;
        }

        text.Fail(fault);
        return ServiceParameters.Empty;
    }

    public static void Print(RecordTextWriter text, ServiceParameters parameters)
    {
        var reader = WireReader.OverData(parameters.Wire);
        while (ServiceParameters.TryReadNext(ref reader, out var key, out var value))
        {
            text.Word(value.IsEmpty ? key.Name() : $"{key.Name()}={Describe(key, value)}");
        }
    }

    private static byte[] ParseParameter(ref RecordTextReader text, out ServiceParameterKey key)
    {
        var word = text.ReadWord("service parameter");
        var equals = word.IndexOf((byte)'=');
        var name = equals < 0 ? word : word[..equals];
        var value = equals < 0 ? default : word[(equals + 1)..];
        if (!ServiceParameterKeys.TryParse(name, out key, out var isNumbered))
        {
            text.Fail($"'{RecordTextReader.Quote(name)}' is not a service parameter key; write a name in lower case, or key and a number (RFC 9460 §2.1)");
            return [];
        }

        if (equals == word.Length - 1 && text.TryReadQuotedBehind(out var quoted))
        {
            value = quoted;
        }

        var octets = new byte[value.Length];
        var length = 0;
        for (var position = 0; position < value.Length;)
        {
            if (!CharacterEscapes.TryReadOctet(value, ref position, out octets[length++]))
            {
                text.Fail($"the value of {key.RegisteredName()} has a bad escape; {NameError.BadEscape.Describe()}");
                return [];
            }
        }

        if (length > ushort.MaxValue)
        {
            text.Fail($"the value of {key.RegisteredName()} has {length} octets; at most 65535 fit (RFC 9460 §2.2)");
            return [];
        }

        var plain = octets.AsSpan(0, length);
        if (isNumbered)
        {
            return plain.ToArray();
        }

        // RFC 9460 §7.2, §7.3, §8: values of numbers, addresses and keys have no escapes.
        var encoded = key switch
        {
            ServiceParameterKey.Alpn => EncodeAlpn(plain),
            ServiceParameterKey.NoDefaultAlpn or ServiceParameterKey.DohPath or ServiceParameterKey.Ohttp => plain.ToArray(),
            _ when length != value.Length => null,
            ServiceParameterKey.Mandatory => EncodeMandatory(plain),
            ServiceParameterKey.Port => EncodePort(plain),
            ServiceParameterKey.IPv4Hint => EncodeIPv4Hint(plain),
            ServiceParameterKey.IPv6Hint => EncodeIPv6Hint(plain),
            _ => EncodeBase64(plain),
        };

        // What cannot be encoded is passed on empty, which the check of the whole list then explains.
        return encoded ?? [];
    }

    private static byte[]? EncodeAlpn(ReadOnlySpan<byte> list)
    {
        var wire = new List<byte>();
        var start = 0;
        wire.Add(0);
        for (var position = 0; position < list.Length; position++)
        {
            if (list[position] == (byte)',')
            {
                start = wire.Count;
                wire.Add(0);
                continue;
            }

            if (list[position] == (byte)'\\' && ++position == list.Length)
            {
                return null;
            }

            wire.Add(list[position]);
            if (++wire[start] == 0)
            {
                return null;
            }
        }

        return [.. wire];
    }

    private static byte[]? EncodeMandatory(ReadOnlySpan<byte> list)
    {
        var keys = new List<ushort>();
        foreach (var range in list.Split((byte)','))
        {
            if (!ServiceParameterKeys.TryParse(list[range], out var key, out _))
            {
                return null;
            }

            keys.Add((ushort)key);
        }

        keys.Sort();
        var wire = new List<byte>();
        keys.ForEach(key => AppendUInt16(wire, key));
        return [.. wire];
    }

    private static byte[]? EncodePort(ReadOnlySpan<byte> value)
    {
        if (!ushort.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var port))
        {
            return null;
        }

        return [(byte)(port >> 8), (byte)port];
    }

    private static byte[]? EncodeIPv4Hint(ReadOnlySpan<byte> list)
    {
        var wire = new List<byte>();
        Span<byte> octets = stackalloc byte[sizeof(uint)];
        foreach (var range in list.Split((byte)','))
        {
            if (!AddressPresentation.TryParseIPv4(list[range], out var address))
            {
                return null;
            }

            BinaryPrimitives.WriteUInt32BigEndian(octets, address);
            wire.AddRange(octets);
        }

        return [.. wire];
    }

    private static byte[]? EncodeIPv6Hint(ReadOnlySpan<byte> list)
    {
        var wire = new List<byte>();
        Span<byte> octets = stackalloc byte[16];
        foreach (var range in list.Split((byte)','))
        {
            if (!AddressPresentation.TryParseIPv6(list[range], out var address))
            {
                return null;
            }

            BinaryPrimitives.WriteUInt128BigEndian(octets, address);
            wire.AddRange(octets);
        }

        return [.. wire];
    }

    private static byte[]? EncodeBase64(ReadOnlySpan<byte> value)
    {
        var octets = new byte[Base64.GetMaxDecodedFromUtf8Length(value.Length)];
        return Base64.DecodeFromUtf8(value, octets, out _, out var written) == System.Buffers.OperationStatus.Done ? octets[..written] : null;
    }

    private static string Describe(ServiceParameterKey key, ReadOnlySpan<byte> value) => key switch
    {
        ServiceParameterKey.Mandatory => DescribeMandatory(value),
        ServiceParameterKey.Alpn => DescribeAlpn(value),
        ServiceParameterKey.Port => string.Create(CultureInfo.InvariantCulture, $"{BinaryPrimitives.ReadUInt16BigEndian(value)}"),
        ServiceParameterKey.IPv4Hint => DescribeAddresses(value, sizeof(uint)),
        ServiceParameterKey.IPv6Hint => DescribeAddresses(value, 16),
        ServiceParameterKey.Ech => Convert.ToBase64String(value),
        _ => Quoted(value),
    };

    private static string DescribeMandatory(ReadOnlySpan<byte> value)
    {
        var names = new List<string>();
        var reader = WireReader.OverData(value);
        while (reader.TryReadUInt16(out var key))
        {
            names.Add(((ServiceParameterKey)key).Name());
        }

        return string.Join(',', names);
    }

    private static string DescribeAlpn(ReadOnlySpan<byte> value)
    {
        var list = new List<byte>();
        var reader = WireReader.OverData(value);
        while (reader.TryReadCharacterString(out var protocol))
        {
            if (list.Count > 0)
            {
                list.Add((byte)',');
            }

            foreach (var octet in protocol)
            {
                if (octet is (byte)',' or (byte)'\\')
                {
                    list.Add((byte)'\\');
                }

                list.Add(octet);
            }
        }

        return Quoted([.. list]);
    }

    private static string DescribeAddresses(ReadOnlySpan<byte> value, int octets)
    {
        var addresses = new List<string>();
        for (; !value.IsEmpty; value = value[octets..])
        {
            addresses.Add(new IPAddress(value[..octets]).ToString());
        }

        return string.Join(',', addresses);
    }

    private static string Quoted(ReadOnlySpan<byte> value)
    {
        var text = new StringBuilder("\"");
        foreach (var octet in value)
        {
            CharacterEscapes.AppendQuotedOctet(text, octet);
        }

        return text.Append('"').ToString();
    }

    private static void AppendUInt16(List<byte> wire, ushort value) => wire.AddRange([(byte)(value >> 8), (byte)value]);
}
