// A request of PowerDNS: the method and what it is about, read leniently, as versions differ in what they send.

using System.Text;
using System.Text.Json;
using AltoDns.Protocol.Names;

namespace AltoDns.Server.PowerDns;

internal readonly struct BackendParameters
{
    private readonly JsonElement _values;

    private BackendParameters(string method, JsonElement values)
    {
        Method = method;
        _values = values;
    }

    public string Method { get; }

    /// <summary>Null where there is no method, or parameters are no object.</summary>
    public static BackendParameters? Of(JsonElement request)
    {
        if (!request.TryGetProperty("method"u8, out var method) || method.ValueKind != JsonValueKind.String)
        {
            return null;
        }

        if (!request.TryGetProperty("parameters"u8, out var values))
        {
            return new BackendParameters(method.GetString()!, default);
        }

        return values.ValueKind == JsonValueKind.Object ? new BackendParameters(method.GetString()!, values) : null;
    }

    /// <summary>Empty where it is missing.</summary>
    public string Text(string field) => Find(field) is { ValueKind: JsonValueKind.String } value ? value.GetString()! : "";

    /// <summary>-1 where it is missing, which is PowerDNS's own word for no zone in particular.</summary>
    public int Number(string field) => LongNumber(field) is >= 0 and <= int.MaxValue and var number ? (int)number : -1;

    /// <summary>-1 where it is missing or no whole number.</summary>
    public long LongNumber(string field)
    {
        var value = Find(field);
        return value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var number) && double.IsInteger(number) && Math.Abs(number) <= uint.MaxValue ? (long)number : -1;
    }

    /// <summary>A domain name; one without a final dot is taken as whole.</summary>
    public bool TryName(string field, out DomainName name)
    {
        name = default;
        var text = Text(field);
        return text.Length > 0 && DomainName.TryParse(Encoding.UTF8.GetBytes(text), DomainName.Root, out name) == NameError.None;
    }

    private JsonElement Find(string field) =>
        _values.ValueKind == JsonValueKind.Object && _values.TryGetProperty(field, out var value) ? value : default;
}
