// Octets with descriptors beside them, over a Unix socket (SCM_RIGHTS of unix(7)): how bound sockets get to another process.

using System.Buffers.Binary;
using System.ComponentModel;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using AltoDns.Server.Listening.Linux;

namespace AltoDns.Server.Handover;

/// <summary>Linux only. Calls wait as the socket's time limits say.</summary>
internal static unsafe class DescriptorMessage
{
    /// <summary>Descriptors that one message may have; Linux takes 253.</summary>
    public const int MaxDescriptors = 128;

    // struct cmsghdr: length, level, type; then the descriptors.
    private const int HeaderLength = 16;
    private const int LevelOffset = 8;
    private const int TypeOffset = 12;
    private const int SocketLevel = 1;
    private const int Rights = 1;
    private const int Alignment = 8;

    /// <exception cref="IOException">The other side has gone, or does not read.</exception>
    /// <exception cref="ArgumentException">More than <see cref="MaxDescriptors"/>, or no octets.</exception>
    public static void Send(Socket socket, ReadOnlySpan<byte> octets, IReadOnlyList<SafeHandle> descriptors)
    {
        if (descriptors.Count > MaxDescriptors || octets.IsEmpty)
        {
            throw new ArgumentException("A message has at least one octet, and not too many descriptors.", nameof(descriptors));
        }

        Span<byte> control = stackalloc byte[HeaderLength + (MaxDescriptors * sizeof(int))];
        var length = HeaderLength + (descriptors.Count * sizeof(int));
        BinaryPrimitives.WriteInt64LittleEndian(control, length);
        BinaryPrimitives.WriteInt32LittleEndian(control[LevelOffset..], SocketLevel);
        BinaryPrimitives.WriteInt32LittleEndian(control[TypeOffset..], Rights);
        for (var i = 0; i < descriptors.Count; i++)
        {
            BinaryPrimitives.WriteInt32LittleEndian(control[(HeaderLength + (i * sizeof(int)))..], (int)descriptors[i].DangerousGetHandle());
        }

        var padded = (length + Alignment - 1) / Alignment * Alignment;
        fixed (byte* start = octets, controlStart = control)
        {
            var buffer = new BufferReference { Start = start, Length = (nuint)octets.Length };
            var message = new BatchedMessage { Buffers = &buffer, BufferCount = 1 };
            if (descriptors.Count > 0)
            {
                message.Control = controlStart;
                message.ControlLength = (nuint)padded;
            }

            nint sent;
            do
            {
                sent = NativeMethods.Send(socket.SafeHandle, &message, NativeMethods.NoSignal);
            }
            while (sent < 0 && Marshal.GetLastPInvokeError() == NativeError.Interrupted);

            GC.KeepAlive(descriptors);
            if (sent != octets.Length)
            {
                throw Failure("cannot be sent");
            }
        }
    }

    /// <summary>Waits for octets.</summary>
    /// <param name="descriptors">Where the descriptors that came beside them are added; they are the caller's.</param>
    /// <returns>Octets received; 0 at the end.</returns>
    /// <exception cref="IOException">The other side broke off, or said nothing in time.</exception>
    public static int Receive(Socket socket, Span<byte> octets, List<SafeSocketHandle> descriptors)
    {
        Span<byte> control = stackalloc byte[HeaderLength + (MaxDescriptors * sizeof(int))];
        fixed (byte* start = octets, controlStart = control)
        {
            var buffer = new BufferReference { Start = start, Length = (nuint)octets.Length };
            var message = new BatchedMessage { Buffers = &buffer, BufferCount = 1, Control = controlStart, ControlLength = (nuint)control.Length };
            nint received;
            do
            {
                received = NativeMethods.Receive(socket.SafeHandle, &message, NativeMethods.CloseOnExecute);
            }
            while (received < 0 && Marshal.GetLastPInvokeError() == NativeError.Interrupted);

            if (received < 0)
            {
                throw Failure("cannot be received");
            }

            Collect(control[..(int)message.ControlLength], descriptors);
            return (int)received;
        }
    }

    private static void Collect(ReadOnlySpan<byte> control, List<SafeSocketHandle> descriptors)
    {
        while (control.Length >= HeaderLength)
        {
            var length = (int)BinaryPrimitives.ReadInt64LittleEndian(control);
            if (length < HeaderLength || length > control.Length)
            {
                return;
            }

            if (BinaryPrimitives.ReadInt32LittleEndian(control[LevelOffset..]) == SocketLevel && BinaryPrimitives.ReadInt32LittleEndian(control[TypeOffset..]) == Rights)
            {
                for (var data = control[HeaderLength..length]; data.Length >= sizeof(int); data = data[sizeof(int)..])
                {
                    descriptors.Add(new SafeSocketHandle(BinaryPrimitives.ReadInt32LittleEndian(data), ownsHandle: true));
                }
            }

            control = control[Math.Min(control.Length, (length + Alignment - 1) / Alignment * Alignment)..];
        }
    }

    private static IOException Failure(string what)
    {
        var error = new Win32Exception(Marshal.GetLastPInvokeError());
        return new IOException($"descriptors {what}: {error.Message}", error);
    }
}
