// A program in the kernel, its map of sockets, and its link to an interface: all three end with the last descriptor, however we end.

using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace AltoDns.Server.Listening.Linux.Xdp;

/// <summary>Steps of bpf(2), each with a descriptor as its result.</summary>
internal static unsafe class BpfProgram
{
    private const int MapCreate = 0;
    private const int MapUpdate = 2;
    private const int ProgramLoad = 5;
    private const int LinkCreate = 28;
    private const uint SocketMap = 17;
    private const uint XdpProgram = 6;
    private const uint XdpAttachment = 37;
    private const uint GenericMode = 2;
    private const int LogCapacity = 16 * 1024;
    private const string Need = "CAP_NET_ADMIN and CAP_BPF (or root)";

    /// <summary>Makes a map from queue numbers to AF_XDP sockets.</summary>
    /// <param name="queues">One more than the highest number.</param>
    /// <exception cref="XdpException">The system refuses it.</exception>
    public static SafeFileHandle CreateSocketMap(int queues)
    {
        var attributes = new MapAttributes { Type = SocketMap, KeySize = sizeof(int), ValueSize = sizeof(int), Capacity = (uint)queues };
        return Handle(Call(MapCreate, &attributes), "making an XSKMAP");
    }

    /// <exception cref="XdpException">The system refuses it.</exception>
    public static void SetSocket(SafeFileHandle map, int queue, int socket)
    {
        var attributes = new ElementAttributes { Map = (uint)map.DangerousGetHandle(), Key = &queue, Value = &socket };
        if (Call(MapUpdate, &attributes) < 0)
        {
            throw XdpException.OfLastError($"putting the socket of queue {queue} into the map", Need);
        }
    }

    /// <exception cref="XdpException">The system or its verifier refuses it; the message has the verifier's last line.</exception>
    public static SafeFileHandle Load(ReadOnlySpan<ulong> instructions)
    {
        // The helpers that the program calls ask for no licence of it.
        var licence = stackalloc byte[1];
        fixed (ulong* start = instructions)
        {
            var attributes = new ProgramAttributes { Type = XdpProgram, Count = (uint)instructions.Length, Instructions = start, Licence = licence };
            var program = Call(ProgramLoad, &attributes);
            if (program >= 0)
            {
                return Handle(program, "");
            }

            var refusal = XdpException.OfLastError("loading the program", Need);
            throw ReadLog(attributes) is { Length: > 0 } log ? new XdpException($"{refusal.Message} ({log})") : refusal;
        }
    }

    /// <summary>Lets an interface's driver run the program, or the kernel where the driver cannot.</summary>
    /// <param name="isGeneric">Whether it is the kernel that does.</param>
    /// <exception cref="XdpException">The system refuses it.</exception>
    public static SafeFileHandle Attach(SafeFileHandle program, int interfaceIndex, out bool isGeneric)
    {
        var attributes = new LinkAttributes { Program = (uint)program.DangerousGetHandle(), Interface = (uint)interfaceIndex, AttachmentType = XdpAttachment };
        var link = Call(LinkCreate, &attributes);
        isGeneric = link < 0;
        if (isGeneric)
        {
            attributes.Flags = GenericMode;
            link = Call(LinkCreate, &attributes);
        }

        return Handle(link, "attaching the program");
    }

    private static string ReadLog(ProgramAttributes attributes)
    {
        var log = new byte[LogCapacity];
        fixed (byte* start = log)
        {
            attributes.LogLevel = 1;
            attributes.LogLength = LogCapacity;
            attributes.Log = start;
            _ = Call(ProgramLoad, &attributes);
        }

        var lines = Encoding.ASCII.GetString(log.AsSpan(0, Math.Max(0, log.AsSpan().IndexOf((byte)0))))
            .Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

        // The very last is a statistic.
        return lines.LastOrDefault(line => !line.StartsWith("processed ", StringComparison.Ordinal)) ?? "";
    }

    private static int Call<T>(int command, T* attributes)
        where T : unmanaged => (int)XdpNativeMethods.SystemCall(XdpNativeMethods.BpfCall, command, attributes, sizeof(T));

    private static SafeFileHandle Handle(int descriptor, string step) =>
        descriptor >= 0 ? new SafeFileHandle(descriptor, ownsHandle: true) : throw XdpException.OfLastError(step, Need);

    /// <summary>union bpf_attr of BPF_MAP_CREATE</summary>
    private struct MapAttributes
    {
        public uint Type;
        public uint KeySize;
        public uint ValueSize;
        public uint Capacity;
    }

    /// <summary>union bpf_attr of BPF_MAP_UPDATE_ELEM</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct ElementAttributes
    {
        public uint Map;
        public int* Key;
        public int* Value;
        public ulong Flags;
    }

    /// <summary>union bpf_attr of BPF_PROG_LOAD</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct ProgramAttributes
    {
        public uint Type;
        public uint Count;
        public ulong* Instructions;
        public byte* Licence;
        public uint LogLevel;
        public uint LogLength;
        public byte* Log;
    }

    /// <summary>union bpf_attr of BPF_LINK_CREATE</summary>
    private struct LinkAttributes
    {
        public uint Program;
        public uint Interface;
        public uint AttachmentType;
        public uint Flags;
    }
}
