// The answer to one datagram of a batch, sent later from the address that was asked.

using System.Runtime.InteropServices;

namespace AltoDns.Server.Listening.Linux;

/// <param name="address">The client's socket address.</param>
/// <param name="control">The control message that says where the answer is from; empty where the socket is bound to one address.</param>
internal sealed unsafe class PendingBatchedDatagram(BatchCalls calls, SafeHandle socket, byte[] address, byte[] control) : PendingAnswer
{
    public override void Complete(ReadOnlySpan<byte> response)
    {
        fixed (byte* start = response, client = address, source = control)
        {
            var buffer = new BufferReference { Start = start, Length = (nuint)response.Length };
            var message = new BatchedMessage
            {
                Address = client,
                AddressLength = (uint)address.Length,
                Buffers = &buffer,
                BufferCount = 1,
                Control = source,
                ControlLength = (nuint)control.Length,
            };
            try
            {
                // An answer that cannot be sent is like one that is lost: the client asks again.
                calls.Send(socket, &message, 1);
            }
            catch (ObjectDisposedException)
            {
                // The server has stopped.
            }
        }
    }
}
