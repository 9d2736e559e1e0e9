// The parameters of SVCB and HTTPS in wire form: key, length and value, keys ascending (RFC 9460 §2.2).

using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Unicode;
using AltoDns.Protocol.Messages;

namespace AltoDns.Protocol.Records;

/// <summary>An immutable, well-formed and self-consistent list of parameters, possibly empty.</summary>
public sealed class ServiceParameters
{
    private const int IPv4Octets = 4;
    private const int IPv6Octets = 16;
    private readonly byte[] _wire;

    private ServiceParameters(byte[] wire) => _wire = wire;

    public static ServiceParameters Empty { get; } = new([]);

    public bool IsEmpty => _wire.Length == 0;

    public ReadOnlySpan<byte> Wire => _wire;

    /// <summary>Takes parameters in wire form, or says what is wrong with them as the end of a sentence.</summary>
    public static bool TryCreate(ReadOnlySpan<byte> wire, [NotNullWhen(true)] out ServiceParameters? parameters, [NotNullWhen(false)] out string? fault)
    {
        fault = FindFault(wire);
        parameters = fault is null ? new ServiceParameters(wire.ToArray()) : null;
        return fault is null;
    }

    /// <summary>The value of a parameter, not copied; false where there is none of that key.</summary>
    public bool TryGet(ServiceParameterKey key, out ReadOnlySpan<byte> value) => TryFind(_wire, key, out value);

    /// <summary>Takes the next parameter of a well-formed list; false at its end or where it is cut short.</summary>
    internal static bool TryReadNext(scoped ref WireReader reader, out ServiceParameterKey key, out ReadOnlySpan<byte> value)
    {
        key = default;
        value = default;
        var attempt = reader;
        if (!attempt.TryReadUInt16(out var number) || !attempt.TryReadUInt16(out var length) || !attempt.TryReadOctets(length, out value))
        {
            return false;
        }

        key = (ServiceParameterKey)number;
        reader = attempt;
        return true;
    }

    private static string? FindFault(ReadOnlySpan<byte> wire)
    {
        var reader = WireReader.OverData(wire);
        var lastKey = -1;
        while (!reader.AtEnd)
        {
            if (!TryReadNext(ref reader, out var key, out var value))
            {
                return "the service parameters are cut short";
            }

            if ((ushort)key <= lastKey)
            {
                return $"the key {key.RegisteredName()} is given twice or out of order (RFC 9460 §2.2)";
            }

            lastKey = (ushort)key;
            if (FindFault(key, value) is { } fault)
            {
                return $"the value of {key.RegisteredName()} is malformed; {fault}";
            }
        }

        return FindInconsistency(wire);
    }

    private static string? FindFault(ServiceParameterKey key, ReadOnlySpan<byte> value) => key switch
    {
        ServiceParameterKey.Mandatory => IsAscendingKeys(value) ? null : "list each key once, mandatory itself not among them (RFC 9460 §8)",
        ServiceParameterKey.Alpn => IsStrings(value) ? null : "list protocol IDs of 1 to 255 octets (RFC 9460 §7.1.1)",
        ServiceParameterKey.NoDefaultAlpn => value.IsEmpty ? null : "it takes no value (RFC 9460 §7.1.1)",
        ServiceParameterKey.Port => value.Length == sizeof(ushort) ? null : "write one number from 0 to 65535 (RFC 9460 §7.2)",
        ServiceParameterKey.IPv4Hint => IsMultiple(value, IPv4Octets) ? null : "list IPv4 addresses (RFC 9460 §7.3)",
        ServiceParameterKey.Ech => value.IsEmpty ? "write the ECHConfigList in base64 (RFC 9848 §3)" : null,
        ServiceParameterKey.IPv6Hint => IsMultiple(value, IPv6Octets) ? null : "list IPv6 addresses (RFC 9460 §7.3)",
        ServiceParameterKey.DohPath => IsDohPath(value) ? null : "write a URI template in UTF-8 with the variable dns, as in /dns-query{?dns} (RFC 9461 §5)",
        ServiceParameterKey.Ohttp => value.IsEmpty ? null : "it takes no value (RFC 9540 §4)",
        _ => null,
    };

    /// <summary>Rules between parameters (RFC 9460 §2.4.3).</summary>
    private static string? FindInconsistency(ReadOnlySpan<byte> wire)
    {
        if (TryFind(wire, ServiceParameterKey.NoDefaultAlpn, out _) && !TryFind(wire, ServiceParameterKey.Alpn, out _))
        {
            return "no-default-alpn needs alpn beside it (RFC 9460 §7.1.1)";
        }

        TryFind(wire, ServiceParameterKey.Mandatory, out var mandatory);
        var keys = WireReader.OverData(mandatory);
        while (keys.TryReadUInt16(out var key))
        {
            if (!TryFind(wire, (ServiceParameterKey)key, out _))
            {
                return $"{((ServiceParameterKey)key).RegisteredName()} is mandatory but not given; add it (RFC 9460 §8)";
            }
        }

        return null;
    }

    private static bool TryFind(ReadOnlySpan<byte> wire, ServiceParameterKey key, out ReadOnlySpan<byte> value)
    {
        var reader = WireReader.OverData(wire);
        while (TryReadNext(ref reader, out var found, out value))
        {
            if (found == key)
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsAscendingKeys(ReadOnlySpan<byte> value)
    {
        // Starting at zero also refuses mandatory itself.
        var last = (ushort)ServiceParameterKey.Mandatory;
        var reader = WireReader.OverData(value);
        while (reader.TryReadUInt16(out var key))
        {
            if (key <= last)
            {
                return false;
            }

            last = key;
        }

        return reader.AtEnd && !value.IsEmpty;
    }

    private static bool IsStrings(ReadOnlySpan<byte> value)
    {
        var reader = WireReader.OverData(value);
        while (reader.TryReadCharacterString(out var octets))
        {
            if (octets.IsEmpty)
            {
                return false;
            }
        }

        return reader.AtEnd && !value.IsEmpty;
    }

    private static bool IsMultiple(ReadOnlySpan<byte> value, int octets) => !value.IsEmpty && value.Length % octets == 0;

    private static bool IsDohPath(ReadOnlySpan<byte> value)
    {
        if (!Utf8.IsValid(value))
        {
            return false;
        }

        var template = Encoding.UTF8.GetString(value);
        for (var open = template.IndexOf('{', StringComparison.Ordinal); open >= 0; open = template.IndexOf('{', open + 1))
        {
            // An expression is an optional operator and variables with commas between them (RFC 6570 §2.2).
            var close = template.IndexOf('}', open);
            if (close < 0)
            {
                return false;
            }

            if (template[(open + 1)..close].TrimStart('+', '#', '.', '/', ';', '?', '&').Split(',').Contains("dns", StringComparer.Ordinal))
            {
                return true;
            }
        }

        return false;
    }
}
