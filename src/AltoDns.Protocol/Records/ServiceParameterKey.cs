// What a parameter of SVCB and HTTPS is about (IANA "Service Parameter Keys (SvcParamKeys)").

using System.Globalization;
using System.Text;

namespace AltoDns.Protocol.Records;

public enum ServiceParameterKey : ushort
{
    Mandatory = 0,
    Alpn = 1,
    NoDefaultAlpn = 2,
    Port = 3,
    IPv4Hint = 4,
    Ech = 5,
    IPv6Hint = 6,
    DohPath = 7,
    Ohttp = 8,
}

internal static class ServiceParameterKeys
{
    private const string DohPath = "dohpath";
    private const string Ohttp = "ohttp";

    /// <summary>The name as servers of the day read it: <c>key7</c> and <c>key8</c> for dohpath, unknown to Knot 3.2, and ohttp, unknown to BIND 9.18 and NSD 4.6.</summary>
    public static string Name(this ServiceParameterKey key) => key switch
    {
        ServiceParameterKey.Mandatory => "mandatory",
        ServiceParameterKey.Alpn => "alpn",
        ServiceParameterKey.NoDefaultAlpn => "no-default-alpn",
        ServiceParameterKey.Port => "port",
        ServiceParameterKey.IPv4Hint => "ipv4hint",
        ServiceParameterKey.Ech => "ech",
        ServiceParameterKey.IPv6Hint => "ipv6hint",
        _ => string.Create(CultureInfo.InvariantCulture, $"key{(ushort)key}"),
    };

    /// <summary>The name as the registry has it.</summary>
    public static string RegisteredName(this ServiceParameterKey key) => key switch
    {
        ServiceParameterKey.DohPath => DohPath,
        ServiceParameterKey.Ohttp => Ohttp,
        _ => key.Name(),
    };

    /// <summary>Reads a name, or <c>key</c> and a number without leading zeros (RFC 9460 §2.1); lower case only.</summary>
    /// <param name="isNumbered">Whether the key was given as a number, so that its value stands in wire form.</param>
    public static bool TryParse(ReadOnlySpan<byte> name, out ServiceParameterKey key, out bool isNumbered)
    {
        isNumbered = name.StartsWith("key"u8);
        if (isNumbered)
        {
            var digits = name[3..];
            var parsed = ushort.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var number);
            key = (ServiceParameterKey)number;
            return parsed && (digits.Length == 1 || digits[0] != (byte)'0');
        }

        for (key = ServiceParameterKey.Mandatory; key <= ServiceParameterKey.Ohttp; key++)
        {
            if (Ascii.Equals(name, key.RegisteredName()))
            {
                return true;
            }
        }

        return false;
    }
}
