// What a connection over a stream is doing, as far as its time limits go.

namespace AltoDns.Server.Listening;

/// <summary>What a connection is waiting for; each has its own time limit.</summary>
internal enum TcpPhase
{
    /// <summary>The next query.</summary>
    Idle,

    /// <summary>The rest of a message that has begun.</summary>
    Reading,

    /// <summary>The client, to read its answers.</summary>
    Writing,

    /// <summary>Other connections, to finish what this one wants as well; without a time limit.</summary>
    Waiting,
}
