// The remote backend of PowerDNS: one JSON request in, one JSON reply out.

using System.Buffers;
using System.Text.Json;
using AltoDns.Protocol.Records;
using AltoDns.Server.Transfers;
using AltoDns.Zones.Serving;

namespace AltoDns.Server.PowerDns;

/// <summary>How a request ended.</summary>
internal enum BackendOutcome
{
    Answered,

    /// <summary>The octets are no request; PowerDNS was told so.</summary>
    Malformed,

    /// <summary>The reply would have been too long; PowerDNS was told so.</summary>
    TooLong,
}

/// <summary>
/// Answers from the zones served at the moment. What would change a zone, and what PowerDNS has not yet thought of, is answered with
/// <c>false</c>. Not safe for several threads; each connection has its own.
/// </summary>
internal sealed class RemoteBackend(BackendZones zones, TransferOptionsStore transfers, PowerDnsOptions options)
{
    private const int MaxDepth = 8;

    // Nothing of a reply becomes part of a web page, and regular expressions in NAPTR records are full of what would be escaped.
    private static readonly JsonWriterOptions WriterOptions = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly LookupName _name = new();

    /// <summary>Answers a request.</summary>
    /// <param name="request">One JSON object.</param>
    /// <param name="reply">One JSON object on one line is appended, a line feed at its end.</param>
    /// <param name="note">What went wrong, for the log; empty where nothing did.</param>
    public BackendOutcome Answer(ReadOnlyMemory<byte> request, ArrayBufferWriter<byte> reply, out string note)
    {
        note = "";
        JsonDocument document;
        try
        {
            document = JsonDocument.Parse(request, new JsonDocumentOptions { MaxDepth = MaxDepth });
        }
        catch (JsonException exception)
        {
            note = exception.Message;
            WriteFailure(reply, note);
            return BackendOutcome.Malformed;
        }

        using (document)
        {
            if (document.RootElement.ValueKind != JsonValueKind.Object || BackendParameters.Of(document.RootElement) is not { } parameters)
            {
                note = "it is no object with a method and parameters";
                WriteFailure(reply, note);
                return BackendOutcome.Malformed;
            }

            using var json = new Utf8JsonWriter(reply, WriterOptions);
            json.WriteStartObject();
            json.WritePropertyName("result"u8);
            if (!TryAnswer(parameters, json))
            {
                // What was written so far is no reply; the caller gave an empty buffer.
                json.Flush();
                reply.ResetWrittenCount();
                note = $"the reply to {parameters.Method} would be longer than {options.MaxReply} octets; transfer the zone from AltoDns itself";
                WriteFailure(reply, note);
                return BackendOutcome.TooLong;
            }

            json.WriteEndObject();
            json.Flush();
            reply.Write("\n"u8);
            return BackendOutcome.Answered;
        }
    }

    /// <summary>Writes the reply of something that failed, with the reason for PowerDNS's own log.</summary>
    public static void WriteFailure(ArrayBufferWriter<byte> reply, string reason)
    {
        using (var json = new Utf8JsonWriter(reply, WriterOptions))
        {
            json.WriteStartObject();
            json.WriteBoolean("result"u8, false);
            json.WriteStartArray("log"u8);
            json.WriteStringValue($"AltoDns: {reason}");
            json.WriteEndArray();
            json.WriteEndObject();
        }

        reply.Write("\n"u8);
    }

    // False only where the reply became too long.
    private bool TryAnswer(BackendParameters request, Utf8JsonWriter json)
    {
        switch (request.Method.ToUpperInvariant())
        {
            case "INITIALIZE":
                json.WriteBooleanValue(true);
                break;
            case "LOOKUP":
            case "APILOOKUP":
                Lookup(request, json);
                break;
            case "LIST":
                return TryList(request, json);
            case "GETBEFOREANDAFTERNAMESABSOLUTE":
                Neighbours(request, json);
                break;
            case "GETALLDOMAINS":
                WriteDomains(json, _ => true);
                break;
            case "GETUPDATEDMASTERS":
                WriteDomains(json, zone => zones.NotifiedSerial(zones.NumberOf(zone.Origin)) != zone.Serial);
                break;
            case "GETDOMAININFO":
                WriteOf(request, json, zone => BackendMetadata.WriteDomain(zone, zones, json));
                break;
            case "GETALLDOMAINMETADATA":
                WriteOf(request, json, zone => WriteMetadata(zone, json));
                break;
            case "GETDOMAINMETADATA":
                WriteOf(request, json, zone => WriteStrings(json, BackendMetadata.Of(zone, transfers.Current).GetValueOrDefault(request.Text("kind")) ?? []));
                break;
            case "SETNOTIFIED":
                zones.SetNotified(request.Number("id"), unchecked((uint)request.LongNumber("serial")));
                json.WriteBooleanValue(true);
                break;
            case "GETTSIGKEY":
                WriteTsigKey(request, json);
                break;
            case "GETTSIGKEYS":
                WriteTsigKeys(json);
                break;
            case "GETDOMAINKEYS":
            case "GETUNFRESHSLAVEINFOS":
                json.WriteStartArray();
                json.WriteEndArray();
                break;
            default:
                json.WriteBooleanValue(false);
                break;
        }

        return true;
    }

    private void Lookup(BackendParameters request, Utf8JsonWriter json)
    {
        json.WriteStartArray();
        if (request.TryName("qname", out var name) && PowerDnsText.TryParse(request.Text("qtype"), out var type))
        {
            var current = zones.Current;
            var number = request.Number("zone-id");
            _name.Set(name.Wire);
            var zone = number < 0 ? FindAuthority(current, type) : zones.Find(current, number, _name);
            if (zone is not null && name.IsSubdomainOf(zone.Origin))
            {
                _name.Set(name.Wire);
                new BackendRecords(zone, zones.NumberOf(zone.Origin), json).WriteAt(_name, type);
            }
        }

        json.WriteEndArray();
    }

    // RFC 4035 §3.1.4.1: the DS RRset of a zone is its parent's.
    private ZoneSnapshot? FindAuthority(ZoneSet current, RecordType type) =>
        type == RecordType.DS && _name.Depth > 0 && current.FindEnclosing(_name, _name.Depth - 1) is { } parent ? parent : current.FindEnclosing(_name);

    private bool TryList(BackendParameters request, Utf8JsonWriter json)
    {
        if (FindZone(request, "zonename", "domain_id") is not { } zone)
        {
            json.WriteBooleanValue(false);
            return true;
        }

        json.WriteStartArray();
        if (!new BackendRecords(zone, zones.NumberOf(zone.Origin), json).TryWriteAll(options.MaxReply))
        {
            return false;
        }

        json.WriteEndArray();
        return true;
    }

    private void Neighbours(BackendParameters request, Utf8JsonWriter json)
    {
        var number = request.Number("id");
        if (!request.TryName("qname", out var name) || zones.Find(zones.Current, number, _name) is not { } zone || !BackendNeighbours.TryWrite(zone, name, _name, json))
        {
            json.WriteBooleanValue(false);
        }
    }

    private void WriteDomains(Utf8JsonWriter json, Func<ZoneSnapshot, bool> isWanted)
    {
        json.WriteStartArray();
        foreach (var zone in zones.Current.Zones.Where(isWanted))
        {
            BackendMetadata.WriteDomain(zone, zones, json);
        }

        json.WriteEndArray();
    }

    private void WriteOf(BackendParameters request, Utf8JsonWriter json, Action<ZoneSnapshot> write)
    {
        if (FindZone(request, "name", "") is { } zone)
        {
            write(zone);
        }
        else
        {
            json.WriteBooleanValue(false);
        }
    }

    private ZoneSnapshot? FindZone(BackendParameters request, string nameField, string numberField)
    {
        var current = zones.Current;
        return request.TryName(nameField, out var origin) ? BackendZones.Find(current, origin, _name) : zones.Find(current, request.Number(numberField), _name);
    }

    private void WriteMetadata(ZoneSnapshot zone, Utf8JsonWriter json)
    {
        json.WriteStartObject();
        foreach (var (kind, values) in BackendMetadata.Of(zone, transfers.Current))
        {
            json.WritePropertyName(kind);
            WriteStrings(json, values);
        }

        json.WriteEndObject();
    }

    private static void WriteStrings(Utf8JsonWriter json, IReadOnlyList<string> values)
    {
        json.WriteStartArray();
        foreach (var value in values)
        {
            json.WriteStringValue(value);
        }

        json.WriteEndArray();
    }

    private void WriteTsigKey(BackendParameters request, Utf8JsonWriter json)
    {
        if (request.TryName("name", out var name) && transfers.Current.Keys.TryGetValue(name, out var key))
        {
            BackendMetadata.WriteKey(key, json);
        }
        else
        {
            json.WriteBooleanValue(false);
        }
    }

    private void WriteTsigKeys(Utf8JsonWriter json)
    {
        json.WriteStartArray();
        foreach (var key in transfers.Current.Keys.Values)
        {
            BackendMetadata.WriteKey(key, json);
        }

        json.WriteEndArray();
    }
}
