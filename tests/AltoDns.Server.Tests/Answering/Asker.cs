// Asks a QueryProcessor in memory, as a worker thread does.

using AltoDns.Server.Answering;
using AltoDns.Testing;
using AltoDns.Zones.Serving;

namespace AltoDns.Server.Tests.Answering;

/// <summary>One client of one set of zones. Not safe for several threads.</summary>
internal sealed class Asker(ZoneSet zones)
{
    private static readonly byte[] Client = [127, 0, 0, 1];

    private readonly QueryProcessor _processor = new(new ZoneStore(zones), new AnsweringSettings());
    private readonly byte[] _response = new byte[ushort.MaxValue];

    /// <summary>The answer's octets, which the next question overwrites; empty for silence.</summary>
    public ReadOnlySpan<byte> Ask(ReadOnlySpan<byte> request, Transport transport)
    {
        var context = new QueryContext { Transport = transport, ClientAddress = Client, UnixTime = 1_750_000_000 };
        return _response.AsSpan(0, _processor.Process(request, _response, context));
    }

    public AnswerMessage Ask(ScenarioQuestion question) =>
        AnswerMessage.Parse(Ask(question.ToWire(id: 4711), question.IsTcp ? Transport.Tcp : Transport.Udp));
}
