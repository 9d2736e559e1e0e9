// Ports of a range as the few names that together stand for all of them, as PrefixExpander does it for addresses.

namespace AltoDns.Zones.Compilation;

/// <summary>Ports from <paramref name="First"/> to <paramref name="Last"/>, both included, in order.</summary>
public readonly record struct PortRange(ushort First, ushort Last)
{
    private const int Ports = 1 << 16;
    private const int BitsPerNibble = 4;

    /// <summary>The fewest aligned blocks of 16^k ports that together are the range, in ascending order.</summary>
    public IEnumerable<PortBlock> ToBlocks()
    {
        for (var port = (int)First; port <= Last;)
        {
            // From the left the largest block that starts here and fits is part of every cover with the fewest.
            var size = Ports;
            var nibbles = 0;
            while (port % size != 0 || port + size - 1 > Last)
            {
                size >>= BitsPerNibble;
                nibbles++;
            }

            yield return new PortBlock((ushort)port, nibbles);
            port += size;
        }
    }

    public bool Contains(ushort port) => First <= port && port <= Last;

    public override string ToString() => First == Last ? $"{First}" : $"{First}-{Last}";
}

/// <summary>16^(4 - <paramref name="Nibbles"/>) ports that have their first nibbles in common.</summary>
/// <param name="Nibbles">0 for all ports to 4 for one.</param>
public readonly record struct PortBlock(ushort First, int Nibbles);
