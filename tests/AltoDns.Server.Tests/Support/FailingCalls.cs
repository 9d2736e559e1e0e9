// The two system calls of batches, failing when a test says so.

using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using AltoDns.Server.Listening.Linux;

namespace AltoDns.Server.Tests.Support;

/// <summary>Each queued error makes one call fail; a 0 lets one pass, and so does an empty queue. Calls without messages are the server's question whether batches are to be had.</summary>
internal sealed unsafe class FailingCalls : BatchCalls
{
    public ConcurrentQueue<int> Receiving { get; } = new();

    public ConcurrentQueue<int> Sending { get; } = new();

    /// <summary>What the question for receiving gets, and that for sending.</summary>
    public (int Receive, int Send) Probe { get; init; }

    public override int Receive(SafeHandle socket, BatchedMessage* messages, uint count, bool waits = true) =>
        Fails(count == 0, Probe.Receive, Receiving) ? -1 : base.Receive(socket, messages, count, waits);

    public override int Send(SafeHandle socket, BatchedMessage* messages, uint count) =>
        Fails(count == 0, Probe.Send, Sending) ? -1 : base.Send(socket, messages, count);

    private static bool Fails(bool isProbe, int probe, ConcurrentQueue<int> queue)
    {
        var error = isProbe ? probe : queue.TryDequeue(out var queued) ? queued : 0;
        Marshal.SetLastPInvokeError(error);
        return error != 0;
    }
}
