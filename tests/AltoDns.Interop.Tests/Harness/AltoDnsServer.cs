// AltoDns itself, run as an operator runs it: the built altodns program in a process of its own.

namespace AltoDns.Interop.Tests.Harness;

public static class AltoDnsServer
{
    public const string Name = "AltoDns";

    private static readonly TimeSpan LoadTimeout = TimeSpan.FromSeconds(30);

    /// <summary>The program as built beside the tests.</summary>
    public static string ProgramPath { get; } = Path.Combine(AppContext.BaseDirectory, "altodns.dll");

    /// <summary>Serves plain zones, without a policy.</summary>
    public static Task<RunningServer> StartAsync(IReadOnlyList<ServedZone> zones) =>
        StartAsync(zones.SelectMany(zone => new[] { "--zone", $"{zone.Origin}={zone.File}" }), zones);

    /// <summary>Serves what the arguments of <c>altodns serve</c> name.</summary>
    /// <param name="arguments">Policy files and options, without <c>--listen</c>.</param>
    /// <param name="zones">The zones that must be answered before the server counts as started.</param>
    public static Task<RunningServer> StartAsync(IEnumerable<string> arguments, IReadOnlyList<ServedZone> zones) => RunningServer.StartAsync(
        new ServerRecipe(
            Name,
            ToolRunner.Require("dotnet"),
            (_, port) => [ProgramPath, "serve", "--listen", $"127.0.0.1:{port}", .. arguments]),
        zones,
        LoadTimeout);
}
