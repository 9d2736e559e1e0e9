// What servers are asked in one part of the comparison, and the data that they have for it.

using AltoDns.Benchmarks.Traffic;
using AltoDns.Harness;

namespace AltoDns.Benchmarks.Comparing;

internal enum Exchange
{
    Udp,

    /// <summary>A connection for each query.</summary>
    TcpSingle,

    /// <summary>A hundred queries on each connection, all sent at once.</summary>
    TcpPipelined,

    /// <summary>By UDP: good queries, and 31 packets of garbage to each good query. Only AltoDns is measured.</summary>
    UdpGarbage,

    /// <summary>By UDP: AltoDns with one worker on one processor, and with two on two.</summary>
    UdpWorkers,
}

/// <param name="Key">What the option <c>--workloads</c> calls it.</param>
/// <param name="Title">The heading of its table.</param>
/// <param name="Questions">As many questions as asked for.</param>
internal sealed record Workload(string Key, string Title, Exchange Exchange, Func<int, IEnumerable<Asked>> Questions)
{
    /// <summary>Whether latency is measured, too.</summary>
    public bool IsPaced { get; init; }
}

/// <summary>Workloads with the same data, for which each server is started once.</summary>
/// <param name="Title">What the data are.</param>
internal sealed record WorkloadGroup(string Title, Func<TemporaryFolder, Task<DataSet>> MakeDataAsync, IReadOnlyList<Workload> Workloads)
{
    /// <summary>Whether the start is measured in every round; otherwise once.</summary>
    public bool StartsInRounds { get; init; }

    /// <summary>Keys of the servers that cannot take part.</summary>
    public IReadOnlyList<string> Without { get; init; } = [];
}
