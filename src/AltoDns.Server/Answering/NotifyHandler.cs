// What is called for messages that say a zone has changed (RFC 1996), which are no queries.

namespace AltoDns.Server.Answering;

/// <summary>Answers one message with opcode NOTIFY; called as <see cref="Listening.QueryHandler"/> is.</summary>
public delegate int NotifyHandler(ReadOnlySpan<byte> request, Span<byte> response, in QueryContext context);
