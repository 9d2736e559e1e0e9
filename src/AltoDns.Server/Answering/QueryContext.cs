// What the answer to a query may depend on besides its octets: how and from whom it came, and when.

using AltoDns.Server.Listening;
using AltoDns.Server.Observing;

namespace AltoDns.Server.Answering;

public enum Transport
{
    /// <summary>One datagram each way; the answer is limited by what the client says it can take.</summary>
    Udp,

    /// <summary>A stream; the answer may take 65,535 octets.</summary>
    Tcp,
}

/// <summary>Passed beside each query, so that answering needs neither socket nor clock.</summary>
public readonly ref struct QueryContext
{
    public required Transport Transport { get; init; }

    /// <summary>The client's address, 4 or 16 octets in network order.</summary>
    public required ReadOnlySpan<byte> ClientAddress { get; init; }

    /// <summary>Seconds since 1970-01-01T00:00:00Z.</summary>
    public required uint UnixTime { get; init; }

    /// <summary>What has passed of that second, 0 to 999 ms.</summary>
    public ushort Milliseconds { get; init; }

    /// <summary>The client's port; 0 where it is not known.</summary>
    public ushort ClientPort { get; init; }

    /// <summary>Whether the octets came over TLS, HTTPS included.</summary>
    public bool IsEncrypted { get; init; }

    /// <summary>Whether they came over HTTPS (RFC 8484).</summary>
    public bool IsHttp { get; init; }

    /// <summary>How long the connection may be idle, in units of 100 ms, for clients that ask (RFC 7828 §3.1); 0 over UDP.</summary>
    public ushort IdleTimeout { get; init; }

    /// <summary>By which the answer may be sent later; null where it has to be given at once.</summary>
    public IAnswersLater? Later { get; init; }

    /// <summary>Where the answer is counted; null for nowhere.</summary>
    public AnswerTally? Tally { get; init; }
}
