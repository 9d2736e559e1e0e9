// Other programs that sign a zone file with the same algorithm, and what the library below can do.

using System.Globalization;
using AltoDns.Harness;
using AltoDns.Protocol.Names;

namespace AltoDns.Benchmarks.Signing;

/// <summary>One program, ready to sign.</summary>
internal sealed record SigningTool(string Name, Func<Task<Usage>> RunAsync);

internal static class SigningTools
{
    /// <summary>The installed ones.</summary>
    public static IReadOnlyList<SigningTool> Prepare(TemporaryFolder folder, DomainName origin, string file)
    {
        var tools = new List<SigningTool>();
        var name = origin.ToString().TrimEnd('.');
        if (ToolRunner.Find("kzonesign") is not null)
        {
            // kzonesign signs in place, with the keys of its own store.
            var own = Path.Combine(folder.MakeFolder("knot"), "10.zone");
            var configuration = folder.Write("knot.conf", $"""
                server:
                    background-workers: {Environment.ProcessorCount}
                database:
                    storage: {folder.Path}/knot
                policy:
                  - id: same
                    algorithm: ecdsap256sha256
                    single-type-signing: on
                    nsec3: off
                    signing-threads: {Environment.ProcessorCount}
                template:
                  - id: default
                    storage: {folder.Path}/knot
                zone:
                  - domain: {name}
                    file: {own}
                    dnssec-signing: on
                    dnssec-policy: same
                """);
            tools.Add(new SigningTool("kzonesign", () =>
            {
                File.Copy(file, own, overwrite: true);
                return Usage.OfAsync("kzonesign", ["--config", configuration, "--outdir", folder.MakeFolder("knot-out"), name]);
            }));
        }

        if (ToolRunner.Find("dnssec-signzone") is not null)
        {
            var keys = folder.MakeFolder("bind");
            tools.Add(new SigningTool("dnssec-signzone", async () =>
            {
                if (!Directory.EnumerateFiles(keys).Any())
                {
                    await Usage.OfAsync("dnssec-keygen", ["-q", "-K", keys, "-a", "ECDSAP256SHA256", "-f", "KSK", name]);
                }

                return await Usage.OfAsync(
                    "dnssec-signzone", ["-q", "-S", "-z", "-P", "-n", Environment.ProcessorCount.ToString(CultureInfo.InvariantCulture), "-K", keys, "-d", keys, "-o", name, "-f", Path.Combine(keys, "signed.zone"), file]);
            }));
        }

        return tools;
    }

    /// <summary>ECDSA P-256 signatures that one core makes in a second, as OpenSSL measures itself.</summary>
    public static async Task<double> OpensslRateAsync()
    {
        var result = await ToolRunner.RunAsync("openssl", ["speed", "-seconds", "3", "ecdsap256"]);
        var line = result.Output.Split('\n').Single(text => text.Contains("ecdsa (nistp256)", StringComparison.Ordinal));
        return double.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2], CultureInfo.InvariantCulture);
    }
}
