// What tallies counted together, as one moment sees it.

using AltoDns.Protocol.Messages;
using AltoDns.Protocol.Records;

namespace AltoDns.Server.Observing;

/// <summary>A sum over the workers of one transport.</summary>
public sealed class AnswerCounts
{
    private const int Codes = (int)ResponseCode.BadCookie + 1;
    private const int MaxTabled = (int)RecordType.CAA;
    private const byte Other = 1;

    /// <summary>What questions are counted by: 0 stands for no question, 1 for the types that have no name here.</summary>
    private static readonly RecordType[] Types =
    [
        RecordType.None, default, .. Enum.GetValues<RecordType>().Where(type => type is not RecordType.None && (int)type <= MaxTabled),
    ];

    private static readonly byte[] RowOf = MakeRows();

    /// <summary>Upper bounds in seconds of the classes of durations; a last class takes all above.</summary>
    public static IReadOnlyList<double> DurationBounds { get; } = [1e-6, 2.5e-6, 5e-6, 1e-5, 2.5e-5, 5e-5, 1e-4, 2.5e-4, 5e-4, 1e-3, 1e-2, 1e-1];

    internal static int Cells { get; } = Types.Length * Codes;

    /// <summary>Messages that came; only of streams, as <see cref="Listening.UdpCounters"/> has those of datagrams. So the next two.</summary>
    public long Received { get; internal set; }

    /// <summary>Messages without an answer.</summary>
    public long Silent { get; internal set; }

    /// <summary>Messages whose answering failed.</summary>
    public long Faults { get; internal set; }

    /// <summary>Seconds that the timed answers took together.</summary>
    public double DurationSeconds { get; internal set; }

    /// <summary>Timed answers in each class of <see cref="DurationBounds"/>, not cumulated.</summary>
    public long[] Durations { get; } = new long[DurationBounds.Count + 1];

    internal long[] Answers { get; } = new long[Cells];

    /// <summary>All answers.</summary>
    public long Answered => Answers.Sum();

    /// <summary>Answers by type and code, those that there were. Types without a name here are <c>other</c>, what has no question is <c>none</c>.</summary>
    public IEnumerable<(string Type, string Code, long Count)> ByTypeAndCode()
    {
        for (var i = 0; i < Answers.Length; i++)
        {
            if (Answers[i] != 0)
            {
                var row = i / Codes;
                yield return (row switch { 0 => "none", Other => "other", _ => Types[row].Mnemonic() }, ((ResponseCode)(i % Codes)).Mnemonic(), Answers[i]);
            }
        }
    }

    internal static int CellOf(RecordType type, ResponseCode code) =>
        (RowOf[Math.Min((int)type, MaxTabled + 1)] * Codes) + Math.Min((int)code, Codes - 1);

    private static byte[] MakeRows()
    {
        var rows = new byte[MaxTabled + 2];
        rows.AsSpan().Fill(Other);
        rows[0] = 0;
        for (var i = Other + 1; i < Types.Length; i++)
        {
            rows[(int)Types[i]] = (byte)i;
        }

        return rows;
    }
}
