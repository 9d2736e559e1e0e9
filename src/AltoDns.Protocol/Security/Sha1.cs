// SHA-1 of a few octets (FIPS 180-4 §6.1): a tenth of what the platform's takes to be set up, which counts where each denial hashes three names.

using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace AltoDns.Protocol.Security;

/// <summary>For the hashed names of NSEC3 alone; nothing rests on its being free of collisions.</summary>
internal static class Sha1
{
    /// <summary>Octets of a hash.</summary>
    public const int Length = 20;

    private const int BlockLength = 64;
    private const int WordsPerBlock = 16;
    private const int Rounds = 80;
    private const int RoundsPerFunction = 20;
    private const int Unroll = 5;

    /// <param name="input">Any number of octets.</param>
    /// <param name="hash">At least <see cref="Length"/> octets; may be where the input is.</param>
    public static void Compute(ReadOnlySpan<byte> input, Span<byte> hash)
    {
        Span<uint> state = [0x67452301, 0xEFCDAB89, 0x98BADCFE, 0x10325476, 0xC3D2E1F0];
        var bits = (ulong)input.Length * 8;
        while (input.Length >= BlockLength)
        {
            AddBlock(state, input);
            input = input[BlockLength..];
        }

        // FIPS 180-4 §5.1.1: a bit 1, zeros, the length in bits; they may need a block more.
        Span<byte> last = stackalloc byte[2 * BlockLength];
        last.Clear();
        input.CopyTo(last);
        last[input.Length] = 0x80;
        last = last[..(input.Length < BlockLength - sizeof(ulong) ? BlockLength : 2 * BlockLength)];
        BinaryPrimitives.WriteUInt64BigEndian(last[^sizeof(ulong)..], bits);
        for (; !last.IsEmpty; last = last[BlockLength..])
        {
            AddBlock(state, last);
        }

        for (var i = 0; i < state.Length; i++)
        {
            BinaryPrimitives.WriteUInt32BigEndian(hash[(i * sizeof(uint))..], state[i]);
        }
    }

    private static void AddBlock(Span<uint> state, ReadOnlySpan<byte> block)
    {
        Span<uint> schedule = stackalloc uint[Rounds];
        ref var word = ref MemoryMarshal.GetReference(schedule);
        for (var t = 0; t < WordsPerBlock; t++)
        {
            schedule[t] = BinaryPrimitives.ReadUInt32BigEndian(block[(t * sizeof(uint))..]);
        }

        for (var t = WordsPerBlock; t < Rounds; t++)
        {
            ref var next = ref Unsafe.Add(ref word, t);
            next = BitOperations.RotateLeft(
                Unsafe.Subtract(ref next, 3) ^ Unsafe.Subtract(ref next, 8) ^ Unsafe.Subtract(ref next, 14) ^ Unsafe.Subtract(ref next, 16), 1);
        }

        var (a, b, c, d, e) = (state[0], state[1], state[2], state[3], state[4]);
        for (var t = 0; t < RoundsPerFunction; t += Unroll, word = ref Unsafe.Add(ref word, Unroll))
        {
            Turn(a, ref b, ref e, ((c ^ d) & b ^ d) + 0x5A827999 + word);
            Turn(e, ref a, ref d, ((b ^ c) & a ^ c) + 0x5A827999 + Unsafe.Add(ref word, 1));
            Turn(d, ref e, ref c, ((a ^ b) & e ^ b) + 0x5A827999 + Unsafe.Add(ref word, 2));
            Turn(c, ref d, ref b, ((e ^ a) & d ^ a) + 0x5A827999 + Unsafe.Add(ref word, 3));
            Turn(b, ref c, ref a, ((d ^ e) & c ^ e) + 0x5A827999 + Unsafe.Add(ref word, 4));
        }

        for (var t = 0; t < RoundsPerFunction; t += Unroll, word = ref Unsafe.Add(ref word, Unroll))
        {
            Turn(a, ref b, ref e, (b ^ c ^ d) + 0x6ED9EBA1 + word);
            Turn(e, ref a, ref d, (a ^ b ^ c) + 0x6ED9EBA1 + Unsafe.Add(ref word, 1));
            Turn(d, ref e, ref c, (e ^ a ^ b) + 0x6ED9EBA1 + Unsafe.Add(ref word, 2));
            Turn(c, ref d, ref b, (d ^ e ^ a) + 0x6ED9EBA1 + Unsafe.Add(ref word, 3));
            Turn(b, ref c, ref a, (c ^ d ^ e) + 0x6ED9EBA1 + Unsafe.Add(ref word, 4));
        }

        for (var t = 0; t < RoundsPerFunction; t += Unroll, word = ref Unsafe.Add(ref word, Unroll))
        {
            Turn(a, ref b, ref e, (b & c | (b | c) & d) + 0x8F1BBCDC + word);
            Turn(e, ref a, ref d, (a & b | (a | b) & c) + 0x8F1BBCDC + Unsafe.Add(ref word, 1));
            Turn(d, ref e, ref c, (e & a | (e | a) & b) + 0x8F1BBCDC + Unsafe.Add(ref word, 2));
            Turn(c, ref d, ref b, (d & e | (d | e) & a) + 0x8F1BBCDC + Unsafe.Add(ref word, 3));
            Turn(b, ref c, ref a, (c & d | (c | d) & e) + 0x8F1BBCDC + Unsafe.Add(ref word, 4));
        }

        for (var t = 0; t < RoundsPerFunction; t += Unroll, word = ref Unsafe.Add(ref word, Unroll))
        {
            Turn(a, ref b, ref e, (b ^ c ^ d) + 0xCA62C1D6 + word);
            Turn(e, ref a, ref d, (a ^ b ^ c) + 0xCA62C1D6 + Unsafe.Add(ref word, 1));
            Turn(d, ref e, ref c, (e ^ a ^ b) + 0xCA62C1D6 + Unsafe.Add(ref word, 2));
            Turn(c, ref d, ref b, (d ^ e ^ a) + 0xCA62C1D6 + Unsafe.Add(ref word, 3));
            Turn(b, ref c, ref a, (c ^ d ^ e) + 0xCA62C1D6 + Unsafe.Add(ref word, 4));
        }

        state[0] += a;
        state[1] += b;
        state[2] += c;
        state[3] += d;
        state[4] += e;
    }

    // The five variables change roles from round to round in place of being moved; after five rounds each is back.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Turn(uint a, ref uint b, ref uint e, uint term)
    {
        e += BitOperations.RotateLeft(a, 5) + term;
        b = BitOperations.RotateLeft(b, 30);
    }
}
