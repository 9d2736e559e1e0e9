// The counters of the listeners, and of transfers.

using AltoDns.Server.Listening;
using AltoDns.Server.Observing.Tap;
using AltoDns.Server.Protection;
using AltoDns.Server.Transfers.Outgoing;

namespace AltoDns.Server.Control;

internal sealed class TransportCounterSource(DnsServer server) : ICounterSource
{
    public IEnumerable<CounterGroup> Read()
    {
        var counters = server.Counters;
        yield return Datagrams("udp", counters.Udp);
        yield return Connections(counters.Tcp);
        if (server.ListensByXdp)
        {
            yield return Datagrams("xdp", counters.Xdp);
        }
    }

    private static CounterGroup Datagrams(string name, UdpCounters counters) => new(
        name,
        [
            new("received", counters.Received, "datagrams"),
            new("answered", counters.Answered, "answers handed to the system"),
            new("dropped-malformed", counters.Malformed, "frames with a wrong length or checksum"),
            new("dropped-invalid-source", counters.InvalidSource, "from port 0 or no unicast address"),
            new("dropped-malformed-proxy", counters.MalformedProxy, "from a proxy without a header that says for whom"),
            new("dropped-silent", counters.Silent, "no queries: there is no answer to them"),
            new("dropped-limited", counters.Limited, "over the rate limit of their client's network"),
            new("dropped-faults", counters.Faults, "answering failed, a fault of the program"),
            new("dropped-send-buffer-full", counters.SendBufferFull, "answers without room in the send buffer"),
            new("dropped-send-failed", counters.SendFailed, "answers that the system refused"),
            new("shortened", counters.Shortened, "answers made again below the interface's MTU"),
            new("receive-errors", counters.ReceiveErrors, "reads that failed"),
        ]);

    private static CounterGroup Connections(TcpCounters counters) => new(
        "tcp",
        [
            new("open", counters.Open, "connections open now"),
            new("accepted", counters.Accepted, "connections"),
            new("refused", counters.Refused, "connections of clients that had too many"),
            new("shed", counters.Shed, "connections closed to make room"),
            new("received", counters.Received, "messages"),
            new("answered", counters.Answered, "answers handed to the system"),
            new("faults", counters.Faults, "answering failed, a fault of the program"),
            new("closed-idle", counters.ClosedIdle, "connections without queries"),
            new("closed-malformed", counters.ClosedMalformed, "connections with what is no message"),
            new("closed-unfinished", counters.ClosedUnfinished, "messages that did not end in time"),
            new("closed-slow", counters.ClosedSlow, "clients that did not read in time"),
            new("failed", counters.Failed, "connections that the other side broke off"),
            new("tls-sessions", counters.TlsSessions, "TLS sessions that began"),
            new("failed-handshakes", counters.FailedHandshakes, "TLS sessions that did not begin"),
            new("malformed-proxy", counters.MalformedProxy, "connections whose proxy did not say for whom"),
            new("accept-errors", counters.AcceptErrors, "failures to accept"),
        ]);
}

internal sealed class TransferCounterSource(TransferResponder responder) : ICounterSource
{
    public IEnumerable<CounterGroup> Read()
    {
        var counters = responder.Counters;
        return
        [
            new CounterGroup(
                "transfers",
                [
                    new("begun", counters.Begun, "outgoing transfers"),
                    new("refused", counters.Refused, "transfers asked for without a right"),
                ]),
        ];
    }
}

internal sealed class ProtectionCounterSource(ProtectionStore protection) : ICounterSource
{
    public IEnumerable<CounterGroup> Read()
    {
        var counters = protection.Counters;
        return
        [
            new CounterGroup(
                "protection",
                [
                    new("limited-dropped", counters.LimitedDropped, "answers over the rate limit that were not sent"),
                    new("limited-slipped", counters.LimitedSlipped, "answers over the rate limit that were sent empty, to be asked for over TCP"),
                    new("prohibited", counters.QueriesProhibited, "questions refused by allow-query"),
                ]),
        ];
    }
}

internal sealed class TapCounterSource(QueryTap tap) : ICounterSource
{
    public IEnumerable<CounterGroup> Read()
    {
        var counters = tap.Counters;
        return
        [
            new CounterGroup(
                "tap",
                [
                    new("dnstap-sent", counters.DnstapSent, "dnstap messages written"),
                    new("dnstap-dropped", counters.DnstapDropped, "questions without room for their dnstap messages"),
                    new("sample-logged", counters.SampleLogged, "sampled questions written"),
                    new("sample-dropped", counters.SampleDropped, "sampled questions without room"),
                ]),
        ];
    }
}
