// Assembles the few kinds of eBPF instructions that one packet filter needs (RFC 9669).

namespace AltoDns.Server.Listening.Linux.Xdp;

/// <summary>R0 holds results, R1 to R5 arguments, which calls destroy; R6 to R9 are kept.</summary>
internal enum EbpfRegister : byte
{
    R0, R1, R2, R3, R4, R5, R6, R7, R8, R9,
}

/// <summary>A place in the program that jumps go to; marked once, jumped to from before it.</summary>
internal readonly record struct EbpfLabel(int Number);

/// <summary>Instructions in their order. Comparisons with numbers are of 32 bits and unsigned.</summary>
internal sealed class EbpfAssembler
{
    // RFC 9669 §3: opcodes of the instructions below.
    private const byte AddNumber = 0x07;
    private const byte AndNumber = 0x57;
    private const byte MoveNumber = 0xB7;
    private const byte MoveRegister = 0xBF;
    private const byte LoadWord = 0x61;
    private const byte LoadHalfWord = 0x69;
    private const byte LoadByte = 0x71;
    private const byte LoadWide = 0x18;
    private const byte JumpAlways = 0x05;
    private const byte JumpAboveRegister = 0x2D;
    private const byte JumpEqualNumber32 = 0x16;
    private const byte JumpUnequalNumber32 = 0x56;
    private const byte CallHelper = 0x85;
    private const byte ExitProgram = 0x95;

    // The source "register" that says that a wide number is a map's file descriptor.
    private const byte MapDescriptor = 1;

    private const int OffsetShift = 16;

    private readonly List<ulong> _instructions = [];
    private readonly List<(int Instruction, EbpfLabel Target)> _jumps = [];
    private readonly List<int> _labels = [];

    public EbpfLabel NewLabel()
    {
        _labels.Add(-1);
        return new EbpfLabel(_labels.Count - 1);
    }

    public void Mark(EbpfLabel label) => _labels[label.Number] = _instructions.Count;

    public void Move(EbpfRegister to, EbpfRegister from) => Emit(MoveRegister, to, (byte)from);

    public void Move(EbpfRegister to, int number) => Emit(MoveNumber, to, number: number);

    public void Add(EbpfRegister to, int number) => Emit(AddNumber, to, number: number);

    public void And(EbpfRegister to, int number) => Emit(AndNumber, to, number: number);

    public void Load8(EbpfRegister to, EbpfRegister address, short offset) => Emit(LoadByte, to, (byte)address, offset);

    public void Load16(EbpfRegister to, EbpfRegister address, short offset) => Emit(LoadHalfWord, to, (byte)address, offset);

    public void Load32(EbpfRegister to, EbpfRegister address, short offset) => Emit(LoadWord, to, (byte)address, offset);

    public void LoadMap(EbpfRegister to, int descriptor)
    {
        Emit(LoadWide, to, MapDescriptor, number: descriptor);
        _instructions.Add(0);
    }

    public void Jump(EbpfLabel target) => EmitJump(JumpAlways, EbpfRegister.R0, target);

    public void JumpIfAbove(EbpfRegister left, EbpfRegister right, EbpfLabel target) => EmitJump(JumpAboveRegister, left, target, (byte)right);

    public void JumpIfEqual(EbpfRegister left, uint number, EbpfLabel target) => EmitJump(JumpEqualNumber32, left, target, number: (int)number);

    public void JumpIfUnequal(EbpfRegister left, uint number, EbpfLabel target) => EmitJump(JumpUnequalNumber32, left, target, number: (int)number);

    /// <param name="helper">The kernel's number of the function.</param>
    public void Call(int helper) => Emit(CallHelper, EbpfRegister.R0, number: helper);

    public void Exit() => Emit(ExitProgram, EbpfRegister.R0);

    /// <returns>The instructions, 64 bits each, as a little-endian kernel reads them.</returns>
    public ulong[] Assemble()
    {
        foreach (var (instruction, target) in _jumps)
        {
            // A jump counts from the instruction after it.
            var offset = checked((short)(_labels[target.Number] - instruction - 1));
            _instructions[instruction] |= (ulong)(ushort)offset << OffsetShift;
        }

        _jumps.Clear();
        return [.. _instructions];
    }

    private void EmitJump(byte opcode, EbpfRegister left, EbpfLabel target, byte right = 0, int number = 0)
    {
        _jumps.Add((_instructions.Count, target));
        Emit(opcode, left, right, number: number);
    }

    private void Emit(byte opcode, EbpfRegister destination, byte source = 0, short offset = 0, int number = 0) => _instructions.Add(
        opcode | ((ulong)destination << 8) | ((ulong)source << 12) | ((ulong)(ushort)offset << OffsetShift) | ((ulong)(uint)number << 32));
}
