// The floor: a server in C that sends datagrams back, compiled when it is needed.

using System.Reflection;
using AltoDns.Harness;

namespace AltoDns.Benchmarks.Servers;

internal static class EchoServer
{
    public const string Name = "echo";

    /// <summary>Whether there is a C compiler.</summary>
    public static bool IsAvailable => ToolRunner.Find("gcc") is not null;

    /// <summary>Compiles the program into a folder.</summary>
    /// <exception cref="InvalidOperationException">The compiler does not take it; the message has its output.</exception>
    public static async Task<string> CompileAsync(TemporaryFolder folder)
    {
        using var reader = new StreamReader(Assembly.GetExecutingAssembly().GetManifestResourceStream("echo.c")!);
        var source = folder.Write("echo.c", await reader.ReadToEndAsync());
        var program = Path.Combine(folder.Path, "echo");
        var result = await ToolRunner.RunAsync("gcc", ["-O2", "-Wall", "-o", program, source]);
        return result.ExitCode == 0 ? program : throw new InvalidOperationException(result.ToString());
    }

    /// <summary>It is ready when anything comes back.</summary>
    public static ServerRecipe Recipe(string program) => new(Name, program, (_, port) => [$"{port}"]) { IsReady = _ => true };
}
