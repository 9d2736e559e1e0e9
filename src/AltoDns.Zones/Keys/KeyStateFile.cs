// keys.json: the state of a zone's keys as it is stored, without anything that is secret.

using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using AltoDns.Protocol.Names;
using AltoDns.Protocol.Records;
using AltoDns.Protocol.Security;
using AltoDns.Zones.Configuration;

namespace AltoDns.Zones.Keys;

internal static class KeyStateFile
{
    public const string Name = "keys.json";

    private const int Version = 1;

    public static byte[] Write(ZoneKeyState state) => [.. JsonSerializer.SerializeToUtf8Bytes(ToStored(state), KeyStateJson.Default.StoredState), (byte)'\n'];

    /// <exception cref="KeyStoreException">The file is damaged, of another zone or of a later version.</exception>
    public static ZoneKeyState Read(string path, ReadOnlySpan<byte> content, DomainName apex)
    {
        try
        {
            var stored = JsonSerializer.Deserialize(content, KeyStateJson.Default.StoredState) ?? throw new FormatException("it is empty");
            if (stored.Version != Version)
            {
                throw new FormatException($"it has version {stored.Version}, and this program knows {Version}");
            }

            if (DomainName.TryParse(Encoding.UTF8.GetBytes(stored.Zone), DomainName.Root, out var zone) != NameError.None || zone != apex)
            {
                throw new FormatException($"it is for zone {stored.Zone}");
            }

            return FromStored(stored, zone);
        }
        catch (Exception exception) when (exception is JsonException or FormatException)
        {
            throw new KeyStoreException(
                path,
                $"The state of the keys of {apex} cannot be read: {exception.Message.TrimEnd('.')}.",
                "Restore the file from a backup; no new keys are made while it is there.",
                exception);
        }
    }

    private static StoredState ToStored(ZoneKeyState state) => new(
        Version,
        state.Apex.ToString(),
        state.Generation,
        state.ServedGeneration,
        state.Cds,
        state.PublishedTimeToLive,
        new StoredTimeToLive(state.ZoneTimeToLive.Value, state.ZoneTimeToLive.SeenAt),
        new StoredTimeToLive(state.DnskeyTimeToLive.Value, state.DnskeyTimeToLive.SeenAt),
        state.DsTimeToLive,
        [.. state.RollRequests],
        [.. state.Keys.Select(ToStored)]);

    private static StoredKey ToStored(ZoneKey key) => new(
        key.Role,
        (byte)key.Algorithm,
        key.Tag,
        Convert.ToBase64String(key.Public.PublicKey.Span),
        key.Created,
        key.IsWanted,
        key.ActiveSince,
        ToStored(key.Dnskey),
        ToStored(key.Signatures),
        ToStored(key.Ds));

    private static StoredSpread ToStored(SpreadState state) => new(state.Spread, state.Since);

    private static ZoneKeyState FromStored(StoredState stored, DomainName apex)
    {
        var keys = stored.Keys.Select(FromStored).ToImmutableArray();
        return keys.Select(key => key.Tag).Distinct().Count() == keys.Length
            ? new ZoneKeyState(apex)
            {
                Generation = stored.Generation,
                ServedGeneration = stored.ServedGeneration,
                Cds = stored.Cds,
                PublishedTimeToLive = stored.PublishedTtl,
                ZoneTimeToLive = new LongestTimeToLive(stored.ZoneTtl.Longest, stored.ZoneTtl.SeenAt),
                DnskeyTimeToLive = new LongestTimeToLive(stored.DnskeyTtl.Longest, stored.DnskeyTtl.SeenAt),
                DsTimeToLive = stored.DsTtl,
                RollRequests = [.. stored.RollRequests],
                Keys = keys,
            }
            : throw new FormatException("two keys have one tag");
    }

    private static ZoneKey FromStored(StoredKey stored)
    {
        var data = new DnskeyData(stored.Role.Flags(), DnssecKey.Protocol, (DnssecAlgorithm)stored.Algorithm, Convert.FromBase64String(stored.PublicKey));
        var key = new ZoneKey(stored.Role, data, stored.Created, stored.Wanted)
        {
            ActiveSince = stored.Active,
            Dnskey = new SpreadState(stored.Dnskey.Spread, stored.Dnskey.Since),
            Signatures = new SpreadState(stored.Signatures.Spread, stored.Signatures.Since),
            Ds = new SpreadState(stored.Ds.Spread, stored.Ds.Since),
        };
        return key.Tag == stored.Tag && key.Algorithm.IsSupported() ? key : throw new FormatException($"key {stored.Tag} is not what it says");
    }
}

internal sealed record StoredState(
    int Version,
    string Zone,
    long Generation,
    long ServedGeneration,
    ParentRequest Cds,
    TimeSpan PublishedTtl,
    StoredTimeToLive ZoneTtl,
    StoredTimeToLive DnskeyTtl,
    TimeSpan DsTtl,
    KeyRole[] RollRequests,
    StoredKey[] Keys);

internal sealed record StoredTimeToLive(TimeSpan Longest, DateTimeOffset SeenAt);

internal sealed record StoredSpread(Spread Spread, DateTimeOffset? Since);

internal sealed record StoredKey(
    KeyRole Role,
    byte Algorithm,
    ushort Tag,
    string PublicKey,
    DateTimeOffset Created,
    bool Wanted,
    DateTimeOffset? Active,
    StoredSpread Dnskey,
    StoredSpread Signatures,
    StoredSpread Ds);

[JsonSourceGenerationOptions(
    WriteIndented = true,
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UseStringEnumConverter = true,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow)]
[JsonSerializable(typeof(StoredState))]
internal sealed partial class KeyStateJson : JsonSerializerContext;
