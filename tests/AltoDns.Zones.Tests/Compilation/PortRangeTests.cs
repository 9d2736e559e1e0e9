using AltoDns.Zones.Compilation;

namespace AltoDns.Zones.Tests.Compilation;

public sealed class PortRangeTests
{
    [Theory]
    [InlineData(0, 65535, "0/0")]
    [InlineData(40123, 40123, "40123/4")]
    [InlineData(4096, 8191, "4096/1")]
    [InlineData(1024, 2047, "1024/2 1280/2 1536/2 1792/2")]
    [InlineData(15, 32, "15/4 16/3 32/4")]
    public void Splits_into_aligned_blocks(int first, int last, string blocks)
    {
        Assert.Equal(blocks, string.Join(' ', new PortRange((ushort)first, (ushort)last).ToBlocks().Select(block => $"{block.First}/{block.Nibbles}")));
    }

    [Fact]
    public void Covers_any_range_exactly_with_the_fewest_blocks()
    {
        var random = new Random(7422);
        for (var round = 0; round < 3000; round++)
        {
            var bounds = new[] { random.Next(65536), random.Next(65536) }.Order().ToArray();
            var range = new PortRange((ushort)bounds[0], (ushort)bounds[1]);
            var next = bounds[0];
            var count = 0;
            foreach (var block in range.ToBlocks())
            {
                var size = 1 << (16 - block.Nibbles * 4);
                Assert.Equal((next, 0), (block.First, block.First % size));
                next += size;
                count++;
            }

            Assert.Equal(bounds[1] + 1, next);
            Assert.Equal(Fewest(0, 65536, bounds[0], bounds[1]), count);
        }
    }

    // A block that lies in the range is taken whole; of one that reaches beyond, each sixteenth is asked again.
    private static int Fewest(int start, int size, int first, int last) =>
        start > last || start + size <= first ? 0
        : first <= start && start + size - 1 <= last ? 1
        : Enumerable.Range(0, 16).Sum(part => Fewest(start + part * size / 16, size / 16, first, last));
}
