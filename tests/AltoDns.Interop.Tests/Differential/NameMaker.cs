// Makes up names: from few labels, so that they meet, with some that escape badly.

using System.Text;
using AltoDns.Protocol.Names;

namespace AltoDns.Interop.Tests.Differential;

/// <summary>Names from a seeded source; the same seed gives the same names.</summary>
/// <param name="isPlain">Whether no label needs an escape.</param>
internal sealed class NameMaker(Random random, bool isPlain = false)
{
    private static readonly byte[][] Common =
        [.. new[] { "a", "b", "c", "www", "mail", "ns", "host", "x", "_tcp", "_443", "0", "1", "2", "10", "f" }.Select(Encoding.ASCII.GetBytes)];

    private static readonly byte[][] Odd =
    [
        [0], [(byte)'.'], [(byte)' '], [(byte)'a', (byte)'\\', (byte)'b'], [(byte)'"'], [(byte)';'], [(byte)'('], [(byte)'@'], [(byte)'$', (byte)'T'], [0xFF],
        [0xC3, 0xA4], [(byte)'a', (byte)'.', (byte)'b'], [(byte)'*', (byte)'*'], [(byte)'*', (byte)'a'], [7, 13, 10],
        [.. Enumerable.Repeat((byte)'l', 63)],
    ];

    public byte[] Label() => random.Next(12) == 0 && !isPlain ? Odd[random.Next(Odd.Length)] : MixCase(Common[random.Next(Common.Length)]);

    /// <summary>One to <paramref name="most"/> labels on top of a name; fewer where it would exceed 255 octets.</summary>
    public DomainName Below(DomainName parent, int most)
    {
        var name = parent;
        for (var count = random.Next(1, most + 1); count > 0; count--)
        {
            name = Prepend(name, Label());
        }

        return name;
    }

    /// <summary>As many labels as fit, for aliases that overflow (RFC 6672 §2.2).</summary>
    public DomainName Longest(DomainName parent)
    {
        var name = parent;
        while (name.TryPrepend(Label(), out var longer))
        {
            name = longer;
        }

        return name;
    }

    /// <summary>The name with the case of some letters changed (RFC 4343 §3).</summary>
    public DomainName MixCase(DomainName name)
    {
        var wire = name.Wire.ToArray();
        for (var position = 0; wire[position] != 0; position += wire[position] + 1)
        {
            FlipLetters(wire.AsSpan(position + 1, wire[position]));
        }

        return DomainName.TryFromWire(wire, out var mixed) ? mixed : throw new InvalidOperationException($"{name} broke.");
    }

    public static DomainName Prepend(DomainName name, ReadOnlySpan<byte> label) => name.TryPrepend(label, out var longer) ? longer : name;

    public static DomainName Prepend(DomainName name, string label) => Prepend(name, Encoding.ASCII.GetBytes(label));

    public static DomainName Wildcard(DomainName name) => Prepend(name, "*"u8);

    /// <summary>The name whose leftmost label is another one.</summary>
    public DomainName Neighbour(DomainName name) => name.IsRoot ? Below(name, 1) : Prepend(name.Parent, Label());

    private byte[] MixCase(byte[] label)
    {
        if (random.Next(8) != 0)
        {
            return label;
        }

        var mixed = (byte[])label.Clone();
        FlipLetters(mixed);
        return mixed;
    }

    private void FlipLetters(Span<byte> label)
    {
        foreach (ref var octet in label)
        {
            if (char.IsAsciiLetter((char)octet) && random.Next(2) == 0)
            {
                octet ^= 0x20;
            }
        }
    }
}
