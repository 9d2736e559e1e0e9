// What the listeners did since they started, as one moment sees it. Every counter only grows, but for Open.

namespace AltoDns.Server.Listening;

/// <summary>Datagrams. Received = Answered + Malformed + InvalidSource + MalformedProxy + Silent + Limited + Faults + SendBufferFull + SendFailed, once all is settled.</summary>
/// <param name="Malformed">Dropped: frames with a wrong length or checksum; by XDP only, for sockets the kernel drops them.</param>
/// <param name="InvalidSource">Dropped: they came from port 0 or, by XDP, from no unicast address; nothing can be sent there.</param>
/// <param name="MalformedProxy">Dropped: they came from a proxy without a header that says for whom.</param>
/// <param name="Silent">Dropped: the answer to them is none.</param>
/// <param name="Limited">Dropped: their client's network has had too many answers.</param>
/// <param name="Faults">Dropped: answering them threw an exception.</param>
/// <param name="SendBufferFull">Answers dropped for lack of room in the send buffer.</param>
/// <param name="SendFailed">Answers that the system refused to send, such as for want of a route.</param>
/// <param name="Shortened">Answers over the interface's MTU that were made again, shorter; counted in Answered as well.</param>
/// <param name="ReceiveErrors">Reads that failed, such as for an ICMP error about an earlier answer.</param>
public readonly record struct UdpCounters(
    long Received,
    long Answered,
    long Malformed,
    long InvalidSource,
    long MalformedProxy,
    long Silent,
    long Limited,
    long Faults,
    long SendBufferFull,
    long SendFailed,
    long Shortened,
    long ReceiveErrors)
{
    public static UdpCounters operator +(UdpCounters left, UdpCounters right) => new(
        left.Received + right.Received,
        left.Answered + right.Answered,
        left.Malformed + right.Malformed,
        left.InvalidSource + right.InvalidSource,
        left.MalformedProxy + right.MalformedProxy,
        left.Silent + right.Silent,
        left.Limited + right.Limited,
        left.Faults + right.Faults,
        left.SendBufferFull + right.SendBufferFull,
        left.SendFailed + right.SendFailed,
        left.Shortened + right.Shortened,
        left.ReceiveErrors + right.ReceiveErrors);
}

/// <summary>Connections, and the messages that came over them.</summary>
/// <param name="Open">Connections open now.</param>
/// <param name="Accepted">Connections taken on.</param>
/// <param name="Refused">Connections closed at once: their client had too many.</param>
/// <param name="Shed">Connections closed before their time to make room for new ones.</param>
/// <param name="Received">Complete messages.</param>
/// <param name="Answered">Answers handed to the system.</param>
/// <param name="Faults">Messages dropped, with their connection: answering them threw an exception.</param>
/// <param name="ClosedIdle">Connections closed for want of queries.</param>
/// <param name="ClosedMalformed">Connections closed for a length below a header's, or a message with no answer.</param>
/// <param name="ClosedUnfinished">Connections closed over a message that did not come to its end in time.</param>
/// <param name="ClosedSlow">Connections closed because the client did not read its answers in time.</param>
/// <param name="Failed">Connections that the client or the network broke off.</param>
/// <param name="FailedHandshakes">Connections closed because TLS could not be agreed on, or the client showed no certificate that is trusted.</param>
/// <param name="MalformedProxy">Connections closed because a proxy did not say for whom they are.</param>
/// <param name="AcceptErrors">Failures to accept, such as for want of file descriptors.</param>
/// <param name="TlsSessions">Handshakes that succeeded.</param>
public readonly record struct TcpCounters(
    long Open,
    long Accepted,
    long Refused,
    long Shed,
    long Received,
    long Answered,
    long Faults,
    long ClosedIdle,
    long ClosedMalformed,
    long ClosedUnfinished,
    long ClosedSlow,
    long Failed,
    long FailedHandshakes,
    long MalformedProxy,
    long AcceptErrors,
    long TlsSessions);

/// <param name="Udp">What came through UDP sockets.</param>
/// <param name="Tcp">What came over TCP.</param>
/// <param name="Xdp">Datagrams that came by XDP, past the sockets.</param>
public readonly record struct ServerCounters(UdpCounters Udp, TcpCounters Tcp, UdpCounters Xdp);
