// A zone that tests update, with the file that keeps what they did.

using System.Text;
using AltoDns.Protocol.Messages;
using AltoDns.Protocol.Names;
using AltoDns.Protocol.Presentation;
using AltoDns.Protocol.Records;
using AltoDns.Zones.Loading;
using AltoDns.Zones.Serving;
using AltoDns.Zones.State;
using AltoDns.Zones.Tests.Loading;
using AltoDns.Zones.Updating;

namespace AltoDns.Zones.Tests.Updating;

internal sealed class UpdatedZone : IDisposable
{
    public static readonly DomainName Key = DomainName.Parse("dhcp.");

    private static readonly RecordType[] AllTypes = [RecordType.A, RecordType.TXT, RecordType.PTR, RecordType.CNAME, RecordType.NS, RecordType.SOA, RecordType.NAPTR, RecordType.DNAME, RecordType.MX, RecordType.SRV, RecordType.KEY, RecordType.RRSIG];

    private readonly ZoneFolder _folder = new();
    private readonly DynamicStore _store;

    private UpdatedZone(Func<ZoneFolder, ZoneSources> sources, DomainName origin)
    {
        var loaded = ZoneLoader.Load(sources(_folder));
        Assert.True(loaded.Zones is not null, string.Join('\n', loaded.Problems));
        var zone = loaded.Zones.FindZone(origin)!;
        Zone = new DynamicZone(zone, zone, UpdatableZone.Of(loaded).GetValueOrDefault(origin, UpdatableZone.Plain));
        _store = DynamicStore.Open(_folder.At("dynamic.db"));
    }

    public DynamicZone Zone { get; private set; }

    /// <summary>What is kept of the zone.</summary>
    public DynamicCount? Count => _store.CountOf(Zone.Origin);

    /// <summary>The same as a start would count it.</summary>
    public DynamicCount? CountAnew()
    {
        using var store = DynamicStore.Open(_folder.At("dynamic.db"));
        return store.CountOf(Zone.Origin);
    }

    public UpdatePermission Permission { get; set; } = new([new UpdateRule(Key, null, PermittedNames.Zone, null, AllTypes)]);

    /// <summary>A zone from a file; lines without SOA and NS.</summary>
    public static UpdatedZone Plain(string lines) => new(
        folder => new ZoneSources { PlainZones = [new PlainZone(DomainName.Parse("example."), folder.Write("example.zone", ApexOf("example.") + lines), default)] },
        DomainName.Parse("example."));

    /// <summary>192.0.0.0/16 with assignments, a NAT and a base zone.</summary>
    public static UpdatedZone OfPolicy(string baseLines = "") => new(
        folder => new ZoneSources { Policies = [WritePolicy(folder, baseLines)] }, DomainName.Parse("0.192.in-addr.arpa."));

    public static string WritePolicy(ZoneFolder folder, string baseLines)
    {
        folder.Write("base.zone", "$ORIGIN 0.192.in-addr.arpa.\n$TTL 3600\n" + baseLines);
        return folder.Write("policy.yaml", """
            zones: [192.0.0.0/16]
            soa: { primary: ns.invalid., contact: host@isp1.example, serial: 5 }
            nameservers: ns.invalid.
            base: base.zone
            alto-servers:
              core: { uri: https://alto.isp1.example/ird }
              mobile: { uri: https://mobile.isp1.example/ird }
            assignments:
              192.0.0.0/16: core
              192.0.2.0/24: mobile
              192.0.2.128/25: core
            nat:
              192.0.2.1/32: { peers: { "*.north": mobile, fixed: core, "*": core } }

            """);
    }

    public ResponseCode Apply(params string[] lines) => Apply(null, lines);

    /// <summary>Applies one update as a group of its own.</summary>
    /// <param name="expires">For all of its records.</param>
    public ResponseCode Apply(long? expires, params string[] lines) => ApplyGroup(expires, [lines])[0];

    /// <summary>Applies updates as one group.</summary>
    public IReadOnlyList<ResponseCode> ApplyGroup(long? expires, params IEnumerable<string[]> updates)
    {
        var pending = new PendingZone(Zone);
        var codes = updates.Select(lines => pending.Apply(Parse(Zone.Origin, lines), Permission, _ => expires).ResponseCode).ToList();
        Keep(pending);
        return codes;
    }

    public void Expire(long unixTime)
    {
        var pending = new PendingZone(Zone);
        foreach (var (_, owner, type, data) in _store.ReadExpired(unixTime, int.MaxValue))
        {
            pending.Expire(owner, type, data);
        }

        Keep(pending);
    }

    /// <summary>What a restart makes of the file.</summary>
    public DynamicZone Replay(ZoneSnapshot? other = null)
    {
        var kept = _store.ReadSerials().TryGetValue(Zone.Origin, out var serial) ? serial : default(KeptSerial?);
        var replay = new LayerReplay(other ?? Zone.Base, Zone.Terms);
        _store.ReadZone(Zone.Origin, replay.Add);
        return replay.Build(kept?.Serial, kept?.BaseSerial ?? 0);
    }

    /// <summary>The records of a name in presentation form, without TTL and class, sorted.</summary>
    public string At(string name) => string.Join("; ", RecordsOf(Zone.Content, includeTime: false)
        .Where(record => record.StartsWith($"{name} ", StringComparison.Ordinal)).Select(record => record[(name.Length + 1)..]));

    /// <summary>All names and records, sorted; the SOA left out.</summary>
    public static IReadOnlyList<string> RecordsOf(ZoneSnapshot zone, bool includeTime = true)
    {
        var records = new List<string>();
        foreach (var node in zone.InOrder)
        {
            foreach (var held in HeldRecord.Of(zone, node).Where(held => held.Type != RecordType.SOA))
            {
                var reader = WireReader.OverData(held.Data.Span);
                RecordTypes.TryReadData(held.Type, ref reader, out var data);
                records.Add($"{zone.NameOf(node)} {(includeTime ? $"{held.TimeToLive} " : "")}{held.Type.Mnemonic()} {data}");
            }
        }

        records.Sort(StringComparer.Ordinal);
        return records;
    }

    /// <summary>Reads lines in nsupdate's words.</summary>
    public static UpdateMessage Parse(DomainName zone, IEnumerable<string> lines)
    {
        var builder = new UpdateBuilder(zone);
        foreach (var line in lines)
        {
            AddLine(builder, line.Split(' '));
        }

        var message = new byte[65_535];
        var length = builder.Write(message, 1);
        Assert.Equal(UpdateReadOutcome.Read, UpdateMessage.Read(message.AsSpan(0, length), out var update));
        return update!;
    }

    public static RecordData Data(RecordType type, string text)
    {
        var octets = Encoding.Latin1.GetBytes(text);
        var tokens = new List<TextToken>();
        var position = 0;
        foreach (var word in text.Split(' '))
        {
            var isQuoted = word.StartsWith('"');
            tokens.Add(new TextToken(position + (isQuoted ? 1 : 0), word.Trim('"').Length, isQuoted, new TextPosition(1, position + 1)));
            position += word.Length + 1;
        }

        var reader = new RecordTextReader(octets, [.. tokens], DomainName.Root, new TextPosition(1, octets.Length + 1));
        return RecordTypes.ParseData(type, ref reader) ?? throw new FormatException($"{type} {text}: {reader.Error}");
    }

    public void Dispose()
    {
        _store.Dispose();
        _folder.Dispose();
    }

    private static string ApexOf(string origin) => $"$ORIGIN {origin}\n$TTL 3600\n@ SOA ns1 host 10 3600 600 86400 300\n@ NS ns1\nns1 A 192.0.2.1\n";

    private static void AddLine(UpdateBuilder builder, string[] words)
    {
        var isAdded = words[0] == "add";
        var owner = DomainName.Parse(words[1]);
        var typeAt = isAdded ? 3 : 2;
        var type = words.Length > typeAt && RecordTypes.TryParseMnemonic(words[typeAt], out var named) ? named : RecordType.ANY;
        var data = words.Length > typeAt + 1 ? Data(type, string.Join(' ', words[(typeAt + 1)..])) : null;
        _ = words[0] switch
        {
            "add" => builder.Add(owner, uint.Parse(words[2], System.Globalization.CultureInfo.InvariantCulture), data!),
            "delete" => data is null ? builder.Delete(owner, type) : builder.Delete(owner, data),
            "yx" => builder.Require(new UpdateRecord(owner, type, data is null ? RecordClass.Any : RecordClass.Internet, 0, data)),
            "nx" => builder.Require(new UpdateRecord(owner, type, RecordClass.None, 0, null)),
            _ => throw new FormatException(words[0]),
        };
    }

    private void Keep(PendingZone pending)
    {
        var (zone, _) = pending.Build();
        _store.Begin();
        _store.Write(zone.Origin, pending.Rows, Key, 1_000);
        _store.WriteSerial(zone.Origin, new KeptSerial(zone.Content.Serial, zone.Base.Serial));
        _store.Commit();
        zone.Line.Accept(zone.Content);
        Zone = zone;
    }
}
