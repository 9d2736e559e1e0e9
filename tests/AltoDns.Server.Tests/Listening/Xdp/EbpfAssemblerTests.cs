// Instructions as RFC 9669 encodes them, and the filter as a small machine runs it.

using System.Net;
using AltoDns.Server.Listening.Linux.Xdp;

namespace AltoDns.Server.Tests.Listening.Xdp;

public sealed class EbpfAssemblerTests
{
    private const long Pass = 2;
    private const long Redirect = 4;
    private const int LongestFrame = 1792;

    private static readonly IReadOnlyList<IPEndPoint> Endpoints =
    [
        new(IPAddress.Parse("10.77.0.1"), 53), new(IPAddress.Parse("10.77.0.9"), 5300), new(IPAddress.Parse("fd77::1"), 53), new(IPAddress.Parse("fd77::9"), 5300),
    ];

    [Fact]
    public void Encodes_opcode_registers_offset_and_number()
    {
        var program = new EbpfAssembler();
        var end = program.NewLabel();
        program.Move(EbpfRegister.R6, EbpfRegister.R1);
        program.Load16(EbpfRegister.R4, EbpfRegister.R2, 12);
        program.JumpIfUnequal(EbpfRegister.R4, 0xDEADBEEF, end);
        program.LoadMap(EbpfRegister.R1, 5);
        program.Call(51);
        program.Mark(end);
        program.Exit();

        Assert.Equal(
            [0x00000000_0000_16_BF, 0x00000000_000C_24_69, 0xDEADBEEF_0003_04_56, 0x00000005_0000_11_18, 0, 0x00000033_0000_00_85, 0x00000000_0000_00_95],
            program.Assemble());
    }

    [Theory]
    [InlineData("10.77.0.2", "10.77.0.1", 53, true)]
    [InlineData("10.77.0.2", "10.77.0.9", 5300, true)]
    [InlineData("10.77.0.2", "10.77.0.9", 53, false)]
    [InlineData("10.77.0.2", "10.77.0.1", 54, false)]
    [InlineData("10.77.0.2", "10.77.0.3", 53, false)]
    [InlineData("fd77::2", "fd77::1", 53, true)]
    [InlineData("fd77::2", "fd77::9", 5300, true)]
    [InlineData("fd77::2", "fd77::9", 53, false)]
    [InlineData("fd77::2", "fd77::2", 53, false)]
    [InlineData("fd77::2", "fd78::1", 53, false)]
    public void The_filter_takes_what_is_served(string client, string server, ushort port, bool taken)
    {
        var frame = FrameMaker.Make(client, new byte[12], server);
        frame[client.Contains(':', StringComparison.Ordinal) ? 57 : 37] = (byte)port;
        frame[client.Contains(':', StringComparison.Ordinal) ? 56 : 36] = (byte)(port >> 8);

        Assert.Equal(taken ? Redirect : Pass, Run(frame));
    }

    [Theory]
    [InlineData("10.77.0.2", 5, 0xFF)]
    [InlineData("10.77.0.2", 0, 0xFF)]
    [InlineData("10.77.0.2", 13, 0x06)]
    [InlineData("10.77.0.2", 12, 0x81)]
    [InlineData("10.77.0.2", 14, 0x46)]
    [InlineData("10.77.0.2", 14, 0x65)]
    [InlineData("10.77.0.2", 20, 0x20)]
    [InlineData("10.77.0.2", 21, 0x01)]
    [InlineData("10.77.0.2", 23, 6)]
    [InlineData("fd77::2", 14, 0x40)]
    [InlineData("fd77::2", 20, 44)]
    [InlineData("fd77::2", 20, 6)]
    [InlineData("fd77::2", 0, 0x33)]
    public void The_filter_passes_other_frames(string client, int offset, byte value)
    {
        var frame = FrameMaker.Make(client, new byte[12]);
        Assert.Equal(Redirect, Run(frame));
        frame[offset] = value;

        Assert.Equal(Pass, Run(frame));
    }

    [Theory]
    [InlineData("10.77.0.2", 42)]
    [InlineData("fd77::2", 62)]
    public void The_filter_passes_frames_that_are_too_short_or_too_long(string client, int headers)
    {
        Assert.Equal(Redirect, Run(FrameMaker.Make(client, [])));
        Assert.Equal(Pass, Run(FrameMaker.Make(client, [])[..(headers - 1)]));
        Assert.Equal(Redirect, Run(FrameMaker.Make(client, new byte[LongestFrame - headers])));
        Assert.Equal(Pass, Run(FrameMaker.Make(client, new byte[LongestFrame - headers + 1])));
    }

    [Theory]
    [InlineData("10.77.0.2")]
    [InlineData("fd77::2")]
    public void The_filter_takes_DF_and_traffic_classes_alike(string client)
    {
        var frame = FrameMaker.Make(client, new byte[12]);
        frame[client.Contains(':', StringComparison.Ordinal) ? 14 : 15] |= 0x0B;

        Assert.Equal(Redirect, Run(frame));
    }

    /// <summary>Reads behind the frame's end throw, as the kernel's verifier would not load them.</summary>
    private static long Run(byte[] frame) =>
        new FilterMachine(PacketFilter.Assemble(Endpoints, FrameMaker.ServerHardware, LongestFrame, socketMap: 9), frame).Run();
}
