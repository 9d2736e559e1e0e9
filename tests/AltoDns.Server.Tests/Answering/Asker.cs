// Asks a QueryProcessor in memory, as a worker thread does.

using AltoDns.Protocol.Names;
using AltoDns.Server.Answering;
using AltoDns.Testing;
using AltoDns.Zones.Serving;

namespace AltoDns.Server.Tests.Answering;

/// <summary>One client of one set of zones. Not safe for several threads.</summary>
internal sealed class Asker(ZoneSet zones, AnsweringSettings? settings = null)
{
    private static readonly byte[] Client = [127, 0, 0, 1];

    private readonly QueryProcessor _processor = new(new ZoneStore(zones), settings ?? new AnsweringSettings());
    private readonly byte[] _response = new byte[ushort.MaxValue];

    /// <summary>Settings that make every answer as long as settings can.</summary>
    public static AnsweringSettings Talkative { get; } = new()
    {
        Identity = new string('i', 255),
        Version = new string('v', 255),
        ReportAgent = DomainName.Parse(string.Concat(Enumerable.Repeat("abcdefghijklmnop.", 14))),
    };

    /// <summary>A master file as a zone set of its own.</summary>
    public static ZoneSet Load(string origin, string text) => new([new ScenarioZone(origin, DomainName.Parse(origin), text).Load()]);

    /// <summary>The answer's octets, which the next question overwrites; empty for silence.</summary>
    public ReadOnlySpan<byte> Ask(ReadOnlySpan<byte> request, Transport transport)
    {
        var context = new QueryContext { Transport = transport, ClientAddress = Client, UnixTime = 1_750_000_000 };
        return _response.AsSpan(0, _processor.Process(request, _response, context));
    }

    public AnswerMessage Ask(ScenarioQuestion question) =>
        AnswerMessage.Parse(Ask(question.ToWire(id: 4711), question.IsTcp ? Transport.Tcp : Transport.Udp));
}
