// The answer to an update that came over a stream: the connection waits for it.

using AltoDns.Server.Listening;

namespace AltoDns.Server.Updates;

/// <summary>One message, completed by the writer's thread and asked for by the connection's.</summary>
internal sealed class StreamedAnswer : PendingAnswer, IMessageSequence
{
    private readonly TaskCompletionSource<byte[]> _response = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _isSent;

    public Task Ready => _response.Task;

    public override void Complete(ReadOnlySpan<byte> response) => _response.TrySetResult(response.ToArray());

    public int Next(Span<byte> response)
    {
        if (_isSent)
        {
            return 0;
        }

        _isSent = true;
        var octets = _response.Task.GetAwaiter().GetResult();
        octets.CopyTo(response);
        return octets.Length;
    }

    public void Dispose()
    {
        // What the writer completes after the connection has ended is nobody's.
    }
}
