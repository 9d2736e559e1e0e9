// Answers of many messages, such as a zone transfer: made as fast as the client reads them.

using AltoDns.Server.Answering;

namespace AltoDns.Server.Listening;

/// <summary>The messages that answer one request over a stream. Asked by one thread at a time; disposed when all are sent or the connection has ended.</summary>
public interface IMessageSequence : IDisposable
{
    /// <summary>Done when the first message may be asked for; until then the connection waits, holding no thread.</summary>
    Task Ready { get; }

    /// <summary>Writes the next message.</summary>
    /// <param name="response">65,535 octets.</param>
    /// <returns>Octets written; 0 after the last message.</returns>
    int Next(Span<byte> response);
}

/// <summary>Begins to answer a request that takes many messages. Called from many threads at once; must neither block nor keep the spans.</summary>
/// <param name="request">The message as received, of any content.</param>
/// <returns>Null for every other request: a <see cref="QueryHandler"/> answers it.</returns>
public delegate IMessageSequence? StreamHandler(ReadOnlySpan<byte> request, in QueryContext context);
