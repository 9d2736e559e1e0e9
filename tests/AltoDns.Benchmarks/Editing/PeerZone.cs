// A zone of peer IDs as a configuration server hands them out, and random edits of it.

using System.Globalization;
using AltoDns.Protocol.Names;
using AltoDns.Protocol.Records;
using AltoDns.Zones.Serving;

namespace AltoDns.Benchmarks.Editing;

/// <summary>Peers are numbered; half of the numbers have a name, each with one NAPTR record or two. Not safe for several threads.</summary>
internal sealed class PeerZone
{
    public static readonly DomainName Origin = DomainName.Parse("100.51.198.in-addr.arpa.");

    private static readonly NaptrData[] Servers = [.. Enumerable.Range(0, 64).Select(Server)];

    private readonly Random _random = new(1);
    private readonly bool[] _isThere;

    public PeerZone(int names)
    {
        _isThere = new bool[checked(names * 2)];
        var builder = new ZoneBuilder(Origin, names + names / 4);
        builder.AddRecord(0, 3600, Soa(1));
        for (var i = 0; i < names; i++)
        {
            var peer = i * 2;
            _isThere[peer] = true;
            var node = builder.AddName(NameOf(peer));
            foreach (var record in RecordsOf(peer, version: 0))
            {
                builder.AddRecord(node, 300, record);
            }
        }

        Zone = new EditedZone(builder.Freeze());
    }

    public EditedZone Zone { get; }

    /// <summary>A random name that may be there or not.</summary>
    public DomainName RandomName() => NameOf(_random.Next(_isThere.Length));

    /// <summary>Adds a name where it is not there; else removes it, or gives it other records.</summary>
    public void EditRandom(SnapshotEditor editor)
    {
        var peer = _random.Next(_isThere.Length);
        var name = NameOf(peer);
        if (_isThere[peer] && _random.Next(2) == 0)
        {
            editor.Remove(name);
            _isThere[peer] = false;
        }
        else
        {
            editor.Set(name, RRsetContent.Of(300, RecordsOf(peer, _random.Next(1, 8))));
            _isThere[peer] = true;
        }
    }

    /// <summary>Every version has a serial of its own.</summary>
    public static void SetSerial(SnapshotEditor editor, uint serial) => editor.Set(Origin, RRsetContent.Of(3600, [Soa(serial)]));

    // IDs look random, as an ISP's should, and are spread over 64 addresses.
    private static DomainName NameOf(int peer) =>
        DomainName.Parse(string.Create(CultureInfo.InvariantCulture, $"{(uint)peer * 0x9E3779B1u:x8}._peer.{peer % 64}.100.51.198.in-addr.arpa."));

    private static List<RecordData> RecordsOf(int peer, int version)
    {
        var server = (peer + version) % Servers.Length;
        return peer % 4 < 2 ? [Servers[server]] : [Servers[server], Servers[(server + 1) % Servers.Length]];
    }

    private static SoaData Soa(uint serial) => new(DomainName.Parse("ns1.example."), DomainName.Parse("hostmaster.example."), serial, 7200, 900, 1209600, 600);

    private static NaptrData Server(int number) => new(
        100,
        10,
        "u"u8.ToArray(),
        "ALTO:https"u8.ToArray(),
        System.Text.Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"!.*!https://alto{number}.isp1.example/ird!")),
        DomainName.Root);
}
