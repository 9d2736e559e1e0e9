// Runs the few eBPF instructions that the packet filter is made of, on one frame.

using System.Buffers.Binary;

namespace AltoDns.Server.Tests.Listening.Xdp;

/// <summary>Addresses are: of the context 0x1000, of the frame 0x100000. A redirection returns 4, as the kernel's does.</summary>
internal sealed class FilterMachine(ulong[] program, byte[] frame)
{
    private const ulong Context = 0x1000;
    private const ulong Frame = 0x100000;

    private readonly ulong[] _registers = new ulong[10];

    public long Run()
    {
        _registers[1] = Context;
        for (var next = 0; ; next++)
        {
            var instruction = program[next];
            var to = (int)(instruction >> 8) & 15;
            var from = (int)(instruction >> 12) & 15;
            var offset = (short)(instruction >> 16);
            var number = (int)(instruction >> 32);
            switch ((byte)instruction)
            {
                case 0xBF:
                    _registers[to] = _registers[from];
                    break;
                case 0xB7:
                    _registers[to] = (ulong)(long)number;
                    break;
                case 0x07:
                    _registers[to] += (ulong)(long)number;
                    break;
                case 0x57:
                    _registers[to] &= (ulong)(long)number;
                    break;
                case 0x61:
                    _registers[to] = Load(_registers[from] + (ulong)(long)offset, 4);
                    break;
                case 0x69:
                    _registers[to] = Load(_registers[from] + (ulong)(long)offset, 2);
                    break;
                case 0x71:
                    _registers[to] = Load(_registers[from] + (ulong)(long)offset, 1);
                    break;
                case 0x18:
                    _registers[to] = (uint)number;
                    next++;
                    break;
                case 0x05:
                    next += offset;
                    break;
                case 0x2D:
                    next += _registers[to] > _registers[from] ? offset : 0;
                    break;
                case 0x16:
                    next += (uint)_registers[to] == (uint)number ? offset : 0;
                    break;
                case 0x56:
                    next += (uint)_registers[to] != (uint)number ? offset : 0;
                    break;
                case 0x85:
                    // bpf_redirect_map: the map, the queue of the context, and what to do where it has no socket.
                    Assert.Equal((51, 9UL, 3UL, 2UL), (number, _registers[1], _registers[2], _registers[3]));
                    _registers[0] = 4;
                    break;
                case 0x95:
                    return (long)_registers[0];
                default:
                    throw new InvalidOperationException($"Opcode {(byte)instruction:X2} is unknown.");
            }
        }
    }

    private ulong Load(ulong address, int length)
    {
        if (address is >= Context and < Frame)
        {
            // struct xdp_md: start and end of the frame; the queue is 3.
            return (address - Context) switch
            {
                0 => Frame,
                4 => Frame + (ulong)frame.Length,
                16 => 3,
                var field => throw new InvalidOperationException($"The context has no field at {field}."),
            };
        }

        var octets = frame.AsSpan(checked((int)(address - Frame)), length);
        return length switch
        {
            4 => BinaryPrimitives.ReadUInt32LittleEndian(octets),
            2 => BinaryPrimitives.ReadUInt16LittleEndian(octets),
            _ => octets[0],
        };
    }
}
