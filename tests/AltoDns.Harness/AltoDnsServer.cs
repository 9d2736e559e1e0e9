// AltoDns itself, run as an operator runs it: the built altodns program in a process of its own.

using System.Net.Sockets;
using AltoDns.Protocol.Names;

namespace AltoDns.Harness;

public static class AltoDnsServer
{
    public const string Name = "AltoDns";

    // What `altodns serve` prints last.
    private const string ReadyText = "Ctrl-C stops.";

    private static readonly TimeSpan LoadTimeout = TimeSpan.FromSeconds(180);

    /// <summary>The program as built beside the tests.</summary>
    public static string ProgramPath { get; } = Path.Combine(AppContext.BaseDirectory, "altodns.dll");

    /// <summary>Serves plain zones, without a policy.</summary>
    public static Task<RunningServer> StartAsync(IReadOnlyList<ServedZone> zones) =>
        StartAsync(zones.SelectMany(zone => new[] { "--zone", $"{zone.Origin}={zone.File}" }), zones);

    /// <summary>Serves the samples, as <c>altodns serve</c> without arguments does, also on ::1 where the machine has it.</summary>
    public static Task<RunningServer> StartSamplesAsync() => StartAsync(
        port => Socket.OSSupportsIPv6 ? ["--listen", $"[::1]:{port}"] : [],
        [new ServedZone(DomainName.Parse("2.0.192.in-addr.arpa."), "")]);

    /// <summary>Serves what the arguments of <c>altodns serve</c> name.</summary>
    /// <param name="arguments">Policy files and options, without <c>--listen</c>.</param>
    /// <param name="zones">The zones that must be answered before the server counts as started.</param>
    public static Task<RunningServer> StartAsync(IEnumerable<string> arguments, IReadOnlyList<ServedZone> zones) => StartAsync(_ => arguments, zones);

    /// <summary>The program as built, started as an operator starts it.</summary>
    /// <param name="arguments">Policy files and options, without <c>--listen</c>.</param>
    public static ServerRecipe Recipe(IEnumerable<string> arguments) => Recipe(_ => arguments);

    /// <summary>The program as published: one file that needs no .NET.</summary>
    /// <param name="program">Path of that file.</param>
    /// <param name="arguments">Policy files and options, without <c>--listen</c>.</param>
    public static ServerRecipe PublishedRecipe(string program, IEnumerable<string> arguments) =>
        new(Name, program, (_, port) => ["serve", "--listen", $"127.0.0.1:{port}", .. arguments]) { ReadyText = ReadyText };

    private static ServerRecipe Recipe(Func<int, IEnumerable<string>> arguments) =>
        new(Name, ToolRunner.Require("dotnet"), (_, port) => [ProgramPath, "serve", "--listen", $"127.0.0.1:{port}", .. arguments(port)]) { ReadyText = ReadyText };

    private static Task<RunningServer> StartAsync(Func<int, IEnumerable<string>> arguments, IReadOnlyList<ServedZone> zones) =>
        RunningServer.StartAsync(Recipe(arguments), zones, LoadTimeout);
}
