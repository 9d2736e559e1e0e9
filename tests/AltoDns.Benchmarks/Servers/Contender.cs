// A server that is compared: how it is called, started and asked.

using AltoDns.Benchmarks.Comparing;
using AltoDns.Benchmarks.Traffic;
using AltoDns.Harness;

namespace AltoDns.Benchmarks.Servers;

/// <param name="Key">What the option <c>--servers</c> calls it.</param>
/// <param name="Name">What tables call it.</param>
/// <param name="Style">How its answers differ from the zones.</param>
/// <param name="SpeaksTcp">Whether it also answers by TCP.</param>
/// <param name="Recipe">How it is started with the data of a workload.</param>
/// <param name="VersionAsync">Its version in one line.</param>
internal sealed record Contender(
    string Key, string Name, AnswerStyle Style, bool SpeaksTcp, Func<DataSet, ServerRecipe> Recipe, Func<Task<string>> VersionAsync);
