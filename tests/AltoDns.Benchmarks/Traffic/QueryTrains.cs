// Queries laid out in memory as the kernel takes them: neighbours of equal length make a train, sent by one system call.

using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace AltoDns.Benchmarks.Traffic;

/// <summary>
/// A query's ID is its position, modulo 65,536. All memory is pinned. Trains come in random order; within a train the
/// queries keep the order in which they were given, which the makers of traffic have made random.
/// </summary>
internal sealed unsafe class QueryTrains
{
    /// <summary>The most queries of a train; less than the 64 that UDP_SEGMENT takes.</summary>
    public const int MaxLength = 32;

    /// <summary>How many queries there may be and a multiple of which there must be, so that IDs go on where they begin again.</summary>
    public const int Unit = 65_536;

    private readonly byte[] _octets;
    private readonly int[] _offsets;
    private readonly ExpectedAnswer[] _answers;
    private readonly byte[] _settles;
    private readonly Train[] _trains;

    private QueryTrains(IEnumerable<IReadOnlyList<ExpectedQuery>> trains)
    {
        var all = trains.ToList();
        var count = all.Sum(train => train.Count);
        if (count % Unit != 0)
        {
            throw new ArgumentException($"{count} queries are not a multiple of {Unit}.", nameof(trains));
        }

        _octets = GC.AllocateUninitializedArray<byte>(all.Sum(train => train.Sum(query => query.Message.Length)), pinned: true);
        _offsets = new int[count + 1];
        _answers = new ExpectedAnswer[count];
        _settles = new byte[count];
        _trains = new Train[all.Count];
        int position = 0, offset = 0;
        for (var i = 0; i < all.Count; i++)
        {
            var train = all[i];
            var answered = train.Count(query => query.Answer.Kind != AnswerKind.Anything);
            _trains[i] = new Train(position, train.Count, train[0].Message.Length);
            foreach (var query in train)
            {
                query.Message.CopyTo(_octets, offset);
                BinaryPrimitives.WriteUInt16BigEndian(_octets.AsSpan(offset), (ushort)position);
                _answers[position] = query.Answer;
                _settles[position] = (byte)(query.Answer.Kind == AnswerKind.Anything ? 0 : train.Count / answered);
                offset += query.Message.Length;
                _offsets[++position] = offset;
            }
        }
    }

    public int Count => _answers.Length;

    public int TrainCount => _trains.Length;

    /// <summary>Makes trains of queries of equal length.</summary>
    /// <param name="queries">In random order, a multiple of <see cref="Unit"/>.</param>
    public static QueryTrains Of(IReadOnlyList<ExpectedQuery> queries, int seed)
    {
        var trains = queries.GroupBy(query => query.Message.Length).SelectMany(group => group.Chunk(MaxLength)).ToArray();
        new Random(seed).Shuffle(trains);
        return new QueryTrains(trains);
    }

    /// <summary>Takes trains as they are; each has queries of one length.</summary>
    public static QueryTrains Of(IEnumerable<IReadOnlyList<ExpectedQuery>> trains) => new(trains);

    public Train this[int index] => _trains[index];

    /// <summary>Where a query stands in memory.</summary>
    public byte* AddressOf(int position) => (byte*)Unsafe.AsPointer(ref _octets[_offsets[position]]);

    public ReadOnlySpan<byte> Message(int position) => _octets.AsSpan(_offsets[position].._offsets[position + 1]);

    public ExpectedAnswer Answer(int position) => _answers[position];

    /// <summary>
    /// How many packets an answer to this query shows to be dealt with: 1, or those of its whole train where the others get
    /// no answer; 0 for a packet that may go unanswered.
    /// </summary>
    public int Settles(int position) => _settles[position];
}

/// <param name="First">The position of its first query.</param>
/// <param name="MessageLength">Octets of each query.</param>
internal readonly record struct Train(int First, int Count, int MessageLength);
