// Answers queries from zones in memory, with the product's own code: what a scripted server says when it tells the truth.

using AltoDns.Harness;
using AltoDns.Protocol.Names;
using AltoDns.Server.Answering;
using AltoDns.Zones.Configuration;
using AltoDns.Zones.Loading;
using AltoDns.Zones.Serving;

namespace AltoDns.Discovery.Tests.Support;

internal sealed class ZoneAnswers
{
    private const string RootHead = """
        . 3600 IN SOA ns. hostmaster. 1 3600 600 86400 300
        . 3600 IN NS ns.
        ns. 3600 IN A 127.0.0.1

        """;

    private readonly QueryProcessor _processor;

    private ZoneAnswers(ZoneSet zones) => _processor = new QueryProcessor(new ZoneStore(zones), new AnsweringSettings());

    /// <summary>One zone, the root's, with these records: every name is in it, so that all aliases are followed.</summary>
    public static ZoneAnswers OfRecords(IEnumerable<string> records)
    {
        using var folder = new TemporaryFolder();
        var path = folder.Write("root.zone", RootHead + string.Join('\n', records) + "\n");
        return Load(new ZoneSources { PlainZones = [new PlainZone(DomainName.Root, path, new SourcePosition(path, 0, 0))] });
    }

    public static ZoneAnswers Load(ZoneSources sources)
    {
        var loaded = ZoneLoader.Load(sources);
        return new ZoneAnswers(loaded.Zones ?? throw new InvalidOperationException(string.Join('\n', loaded.Problems)));
    }

    public byte[] Answer(ReadOnlySpan<byte> request, bool isTcp)
    {
        var response = new byte[ushort.MaxValue];
        var length = _processor.Process(
            request,
            response,
            new QueryContext { Transport = isTcp ? Transport.Tcp : Transport.Udp, ClientAddress = [127, 0, 0, 1], UnixTime = 0 });
        return response[..length];
    }

    /// <summary>A server that answers so, honestly.</summary>
    public ScriptedServer Serve() => new(query => [Answer(query.Message, query.IsTcp)]);
}
