// LOC: where on earth the owner name is.

using System.Diagnostics.CodeAnalysis;
using AltoDns.Protocol.Messages;
using AltoDns.Protocol.Presentation;

namespace AltoDns.Protocol.Records;

/// <summary>Location (RFC 1876 §2), in the WGS 84 system.</summary>
/// <param name="latitude">Thousandths of an arc second, 2^31 at the equator, greater to the north.</param>
/// <param name="longitude">Thousandths of an arc second, 2^31 at the prime meridian, greater to the east.</param>
/// <param name="altitude">Centimetres above 100,000 m below the reference spheroid.</param>
public sealed class LocData(LocDistance size, LocDistance horizontalPrecision, LocDistance verticalPrecision, uint latitude, uint longitude, uint altitude)
    : RecordData, IRecordData<LocData>
{
    private const string LatitudeField = "latitude";
    private const byte Version = 0;
    private const uint Origin = 1u << 31;
    private const uint PerDegree = 3_600_000;
    private const uint MaxLatitudeDegrees = 90;
    private const uint MaxLongitudeDegrees = 180;
    private const long AltitudeOrigin = 10_000_000;

    public static RecordType Type => RecordType.LOC;

    public override RecordType RecordType => Type;

    /// <summary>The diameter of a sphere around what is described.</summary>
    public LocDistance Size { get; } = size;

    public LocDistance HorizontalPrecision { get; } = horizontalPrecision;

    public LocDistance VerticalPrecision { get; } = verticalPrecision;

    public uint Latitude { get; } = latitude;

    public uint Longitude { get; } = longitude;

    public uint Altitude { get; } = altitude;

    public static bool TryRead(ref WireReader reader, [NotNullWhen(true)] out LocData? data)
    {
        data = null;
        var attempt = reader;
        if (!attempt.TryReadUInt8(out var version)
            || version != Version
            || !LocDistance.TryRead(ref attempt, out var size)
            || !LocDistance.TryRead(ref attempt, out var horizontalPrecision)
            || !LocDistance.TryRead(ref attempt, out var verticalPrecision)
            || !attempt.TryReadUInt32(out var latitude)
            || !IsWithin(latitude, MaxLatitudeDegrees)
            || !attempt.TryReadUInt32(out var longitude)
            || !IsWithin(longitude, MaxLongitudeDegrees)
            || !attempt.TryReadUInt32(out var altitude))
        {
            return false;
        }

        data = new LocData(size, horizontalPrecision, verticalPrecision, latitude, longitude, altitude);
        reader = attempt;
        return true;
    }

    public override void Write(ref WireWriter writer)
    {
        writer.WriteUInt8(Version);
        writer.WriteUInt8(Size.Encoded);
        writer.WriteUInt8(HorizontalPrecision.Encoded);
        writer.WriteUInt8(VerticalPrecision.Encoded);
        writer.WriteUInt32(Latitude);
        writer.WriteUInt32(Longitude);
        writer.WriteUInt32(Altitude);
    }

    public static LocData Parse(ref RecordTextReader text)
    {
        var latitude = ParseAngle(ref text, LatitudeField, MaxLatitudeDegrees, "N"u8, "S"u8);
        var longitude = ParseAngle(ref text, "longitude", MaxLongitudeDegrees, "E"u8, "W"u8);
        var altitude = ParseAltitude(ref text);

        // RFC 1876 §3: what is left out is 1 m across, known to 10 km across and to 10 m in height.
        var size = text.AtEnd ? LocDistance.FromCentimetres(100) : LocDistance.Parse(ref text, "size");
        var horizontal = text.AtEnd ? LocDistance.FromCentimetres(1_000_000) : LocDistance.Parse(ref text, "horizontal precision");
        var vertical = text.AtEnd ? LocDistance.FromCentimetres(1_000) : LocDistance.Parse(ref text, "vertical precision");
        return new LocData(size, horizontal, vertical, latitude, longitude, altitude);
    }

    public override void Print(RecordTextWriter text)
    {
        PrintAngle(text, Latitude, "N", "S");
        PrintAngle(text, Longitude, "E", "W");
        var centimetres = Altitude - AltitudeOrigin;
        text.Word($"{(centimetres < 0 ? "-" : "")}{Math.Abs(centimetres) / 100}.{Math.Abs(centimetres) % 100:D2}m");
        text.Word(Size.ToString());
        text.Word(HorizontalPrecision.ToString());
        text.Word(VerticalPrecision.ToString());
    }

    private static bool IsWithin(uint angle, uint degrees) =>
        angle >= Origin - degrees * PerDegree && angle <= Origin + degrees * PerDegree;

    /// <summary>Reads degrees, minutes and seconds if any, and a hemisphere.</summary>
    private static uint ParseAngle(ref RecordTextReader text, string field, uint maxDegrees, ReadOnlySpan<byte> positive, ReadOnlySpan<byte> negative)
    {
        var angle = ParseFixed(ref text, field, 0, maxDegrees) * PerDegree;
        var isPositive = text.TryReadWord(positive);
        var isNegative = !isPositive && text.TryReadWord(negative);
        if (!isPositive && !isNegative)
        {
            angle += ParseFixed(ref text, field, 0, 59) * 60_000;
            isPositive = text.TryReadWord(positive);
            isNegative = !isPositive && text.TryReadWord(negative);
        }

        if (!isPositive && !isNegative)
        {
            angle += ParseFixed(ref text, field, 3, 59_999);
            isPositive = text.TryReadWord(positive);
            isNegative = !isPositive && text.TryReadWord(negative);
        }

        if ((!isPositive && !isNegative) || angle > maxDegrees * PerDegree)
        {
            FailAngle(ref text, field);
        }

        return isNegative ? Origin - angle : Origin + angle;
    }

    private static uint ParseFixed(ref RecordTextReader text, string field, int decimals, uint maximum)
    {
        if (!LocDistance.TryParseFixed(text.ReadWord(field), decimals, out var value) || value < 0 || value > maximum)
        {
            FailAngle(ref text, field);
            return 0;
        }

        return (uint)value;
    }

    private static void FailAngle(ref RecordTextReader text, string field) =>
        text.Fail($"the {field} is malformed; write degrees, then minutes and seconds if any, then {HemispheresOf(field)} (RFC 1876 §3)");

    private static string HemispheresOf(string field) => field is LatitudeField ? "N or S, at most 90 0 0" : "E or W, at most 180 0 0";

    private static uint ParseAltitude(ref RecordTextReader text)
    {
        var word = text.ReadWord("altitude");
        if (!LocDistance.TryParseMetres(word, out var centimetres)
            || centimetres + AltitudeOrigin is < 0 or > uint.MaxValue)
        {
            text.Fail($"the altitude '{RecordTextReader.Quote(word)}' is malformed; write metres from -100000.00 to 42849672.95 (RFC 1876 §3)");
            return 0;
        }

        return (uint)(centimetres + AltitudeOrigin);
    }

    private static void PrintAngle(RecordTextWriter text, uint angle, string positive, string negative)
    {
        var distance = angle >= Origin ? angle - Origin : Origin - angle;
        text.Number(distance / PerDegree);
        text.Number(distance / 60_000 % 60);
        text.Word($"{distance / 1_000 % 60}.{distance % 1_000:D3}");
        text.Word(angle >= Origin ? positive : negative);
    }
}
