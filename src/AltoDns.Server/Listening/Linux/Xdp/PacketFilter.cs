// The program that the kernel runs for each frame of an interface: takes plain UDP queries to us, leaves everything else alone.
//
//   Ethernet to our address ─ IPv4 without options, no fragment ─┐
//                           └ IPv6 without extension headers ────┴ UDP ─ to an address and port that we serve ─> our socket
//   messages that are no queries, all other frames ─> the kernel

using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using static AltoDns.Server.Listening.Linux.Xdp.EbpfRegister;

namespace AltoDns.Server.Listening.Linux.Xdp;

/// <summary>Assembles the program. Frames that it does not know are passed, so that ARP, TCP, tagged frames and fragments work as ever.</summary>
internal static class PacketFilter
{
    private const int Pass = 2;
    private const int RedirectMap = 51;

    // struct xdp_md: data, data_end, data_meta, ingress_ifindex, rx_queue_index.
    private const short DataStart = 0;
    private const short DataEnd = 4;
    private const short QueueIndex = 16;

    private const short EtherType = 12;
    private const short IPv4Protocol = 23;
    private const short IPv4Fragment = 20;
    private const short IPv4Destination = 30;
    private const short IPv4Port = 36;
    private const short IPv6NextHeader = 20;
    private const short IPv6Destination = 38;
    private const short IPv6Port = 56;
    private const uint Udp = 17;

    // In a DNS message.
    private const int OpcodeOffset = 2;

    /// <param name="endpoints">Addresses and ports to take; no wildcards.</param>
    /// <param name="hardwareAddress">The interface's, 6 octets.</param>
    /// <param name="longestFrame">Octets; longer frames are passed.</param>
    /// <param name="socketMap">Descriptor of the map from queues to sockets; frames of a queue without a socket are passed.</param>
    public static ulong[] Assemble(IReadOnlyList<IPEndPoint> endpoints, ReadOnlySpan<byte> hardwareAddress, int longestFrame, int socketMap)
    {
        var program = new EbpfAssembler();
        var (ipv4, redirect, pass) = (program.NewLabel(), program.NewLabel(), program.NewLabel());

        // R6: context, R2: the frame, R3: its end. The verifier wants to see that no octet behind the end is read.
        program.Move(R6, R1);
        program.Load32(R2, R6, DataStart);
        program.Load32(R3, R6, DataEnd);
        RequireLength(program, DatagramFrame.IPv4HeadersLength, pass);
        program.Move(R4, R2);
        program.Add(R4, longestFrame);
        program.JumpIfAbove(R3, R4, pass);

        program.Load32(R4, R2, 0);
        program.JumpIfUnequal(R4, BinaryPrimitives.ReadUInt32LittleEndian(hardwareAddress), pass);
        program.Load16(R4, R2, sizeof(uint));
        program.JumpIfUnequal(R4, BinaryPrimitives.ReadUInt16LittleEndian(hardwareAddress[sizeof(uint)..]), pass);
        program.Load16(R4, R2, EtherType);
        program.JumpIfEqual(R4, NetworkOrder(DatagramFrame.IPv4EtherType), ipv4);
        program.JumpIfUnequal(R4, NetworkOrder(DatagramFrame.IPv6EtherType), pass);

        MatchIPv6(program, endpoints, redirect, pass);
        program.Mark(ipv4);
        MatchIPv4(program, endpoints, redirect, pass);

        program.Mark(redirect);
        program.LoadMap(R1, socketMap);
        program.Load32(R2, R6, QueueIndex);
        program.Move(R3, Pass);
        program.Call(RedirectMap);
        program.Exit();
        program.Mark(pass);
        program.Move(R0, Pass);
        program.Exit();
        return program.Assemble();
    }

    private static void MatchIPv4(EbpfAssembler program, IReadOnlyList<IPEndPoint> endpoints, EbpfLabel redirect, EbpfLabel pass)
    {
        const uint NoOptions = 0x45;
        const ushort FragmentBits = 0x3FFF;
        program.Load8(R4, R2, DatagramFrame.IPOffset);
        program.JumpIfUnequal(R4, NoOptions, pass);
        program.Load8(R4, R2, IPv4Protocol);
        program.JumpIfUnequal(R4, Udp, pass);
        program.Load16(R4, R2, IPv4Fragment);
        program.And(R4, NetworkOrder(FragmentBits));
        program.JumpIfUnequal(R4, 0, pass);
        PassUnlessQuery(program, DatagramFrame.IPv4HeadersLength, pass);
        program.Load32(R4, R2, IPv4Destination);
        program.Load16(R9, R2, IPv4Port);
        foreach (var endpoint in endpoints.Where(endpoint => endpoint.AddressFamily == AddressFamily.InterNetwork))
        {
            var next = program.NewLabel();
            program.JumpIfUnequal(R4, BinaryPrimitives.ReadUInt32LittleEndian(endpoint.Address.GetAddressBytes()), next);
            program.JumpIfEqual(R9, NetworkOrder((ushort)endpoint.Port), redirect);
            program.Mark(next);
        }

        program.Jump(pass);
    }

    private static void MatchIPv6(EbpfAssembler program, IReadOnlyList<IPEndPoint> endpoints, EbpfLabel redirect, EbpfLabel pass)
    {
        const int VersionBits = 0xF0;
        const uint Version = 0x60;
        EbpfRegister[] words = [R4, R5, R7, R8];
        RequireLength(program, DatagramFrame.IPv6HeadersLength, pass);
        program.Load8(R4, R2, DatagramFrame.IPOffset);
        program.And(R4, VersionBits);
        program.JumpIfUnequal(R4, Version, pass);
        program.Load8(R4, R2, IPv6NextHeader);
        program.JumpIfUnequal(R4, Udp, pass);
        PassUnlessQuery(program, DatagramFrame.IPv6HeadersLength, pass);
        for (var i = 0; i < words.Length; i++)
        {
            program.Load32(words[i], R2, (short)(IPv6Destination + (i * sizeof(uint))));
        }

        program.Load16(R9, R2, IPv6Port);
        foreach (var endpoint in endpoints.Where(endpoint => endpoint.AddressFamily == AddressFamily.InterNetworkV6))
        {
            var next = program.NewLabel();
            var address = endpoint.Address.GetAddressBytes();

            // The last word first: addresses of one network differ there.
            for (var i = words.Length - 1; i >= 0; i--)
            {
                program.JumpIfUnequal(words[i], BinaryPrimitives.ReadUInt32LittleEndian(address.AsSpan(i * sizeof(uint))), next);
            }

            program.JumpIfEqual(R9, NetworkOrder((ushort)endpoint.Port), redirect);
            program.Mark(next);
        }

        program.Jump(pass);
    }

    // Only queries are answered at once; updates and the like are the ordinary sockets' (RFC 1035 §4.1.1: the opcode).
    private static void PassUnlessQuery(EbpfAssembler program, int headersLength, EbpfLabel pass)
    {
        const int OpcodeBits = 0x78;
        var isShort = program.NewLabel();
        RequireLength(program, headersLength + OpcodeOffset + 1, isShort);
        program.Load8(R4, R2, (short)(headersLength + OpcodeOffset));
        program.And(R4, OpcodeBits);
        program.JumpIfUnequal(R4, 0, pass);
        program.Mark(isShort);
    }

    private static void RequireLength(EbpfAssembler program, int length, EbpfLabel otherwise)
    {
        program.Move(R4, R2);
        program.Add(R4, length);
        program.JumpIfAbove(R4, R3, otherwise);
    }

    /// <summary>As a little-endian processor loads 16 bits in network order.</summary>
    private static ushort NetworkOrder(ushort number) => BinaryPrimitives.ReverseEndianness(number);
}
