// The one thing that listeners know about answering: a function from octets to octets.

using AltoDns.Server.Answering;

namespace AltoDns.Server.Listening;

/// <summary>Answers one message. Called from many threads at once; must neither block nor keep the spans.</summary>
/// <param name="request">The message as received, of any content and length.</param>
/// <param name="response">Where to write; its length bounds the answer.</param>
/// <returns>
/// Octets of the answer; 0 where none is to be sent, which over TCP closes the connection; <see cref="PendingAnswer.Deferred"/> where it
/// is sent later, to what the context's <see cref="QueryContext.Later"/> gave; <see cref="PendingAnswer.Limited"/> where it is kept back, over UDP only.
/// </returns>
public delegate int QueryHandler(ReadOnlySpan<byte> request, Span<byte> response, in QueryContext context);
