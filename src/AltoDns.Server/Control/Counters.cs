// Numbers that the parts of the server count, each with its meaning.

namespace AltoDns.Server.Control;

/// <summary>A part of the server that counts. Called from any thread.</summary>
public interface ICounterSource
{
    IEnumerable<CounterGroup> Read();
}

/// <param name="Name">In lower case, such as <c>udp</c>.</param>
public sealed record CounterGroup(string Name, IReadOnlyList<Counter> Counters);

/// <param name="Name">In lower case with hyphens, such as <c>send-buffer-full</c>.</param>
/// <param name="Meaning">What one more of it means, for a table.</param>
public sealed record Counter(string Name, long Value, string Meaning);
