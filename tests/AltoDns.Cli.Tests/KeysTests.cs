// altodns keys: what an operator sees of the keys, and what he can ask for.

using System.Text.Json;
using AltoDns.Cli.Tests.Support;

namespace AltoDns.Cli.Tests;

public sealed class KeysTests
{
    private const string Zone = "2.0.192.in-addr.arpa.";
    private const string Policy = """
        zones: [192.0.2.0/24, isp.example]
        soa: { primary: ns1.isp.example., contact: hostmaster.isp.example., serial: 7 }
        nameservers: [ns1.isp.example.]

        """;

    [Fact]
    public async Task Keys_are_made_listed_and_asked_to_roll()
    {
        using var folder = new TestFolder();
        folder.Write("isp.yaml", Policy + "dnssec: { keys: ksk+zsk }\n");

        var made = await AltodnsProgram.RunAsync(folder, "keys", "generate", "isp.yaml", "--state", "st");
        Assert.Equal((0, ""), (made.ExitCode, made.Errors));
        Assert.Equal(4, made.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        var again = await AltodnsProgram.RunAsync(folder, "keys", "generate", "isp.yaml", "--state", "st");
        Assert.Equal((0, "", ""), (again.ExitCode, again.Output, again.Errors));

        var listed = await KeysAsync(folder, "list");
        Assert.Equal([$"{Zone} KSK 13", $"{Zone} ZSK 13", "isp.example. KSK 13", "isp.example. ZSK 13"], listed.Select(Words).Order(StringComparer.Ordinal));
        Assert.All(listed, key => Assert.Equal("created", key.GetProperty("stage").GetString()));

        var unclear = await AltodnsProgram.RunAsync(folder, "keys", "roll", Zone, "--state", "st");
        Assert.Equal((2, $"{Zone} has a KSK and a ZSK. Say which with --role ksk or --role zsk.\n"), (unclear.ExitCode, unclear.Errors));
        var asked = await AltodnsProgram.RunAsync(folder, "keys", "roll", Zone, "--role", "zsk", "--state", "st");
        Assert.Equal((0, ""), (asked.ExitCode, asked.Errors));
        Assert.Contains("will be followed by another once it is settled", asked.Output, StringComparison.Ordinal);

        var status = await AltodnsProgram.RunAsync(folder, "keys", "status", "isp.yaml", "--state", "st");
        Assert.Equal((0, ""), (status.ExitCode, status.Errors));
        Assert.Contains("is served once the zone is signed again", status.Output, StringComparison.Ordinal);
        Assert.Contains("a change is not served yet", status.Output, StringComparison.Ordinal);
        var next = await KeysAsync(folder, "status", "isp.yaml");
        Assert.All(next, key => Assert.NotEmpty(key.GetProperty("next").EnumerateArray()));
    }

    [Fact]
    public async Task Keys_that_are_not_ready_are_not_for_the_parent()
    {
        using var folder = new TestFolder();
        folder.Write("isp.yaml", Policy + "dnssec: on\n");
        await AltodnsProgram.RunAsync(folder, "keys", "generate", "isp.yaml", "--state", "st");

        var result = await AltodnsProgram.RunAsync(folder, "keys", "ds", Zone, "--state", "st");

        Assert.Equal((0, ""), (result.ExitCode, result.Output));
        Assert.Contains("is not in every cache yet", result.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Keys_of_BIND_come_in_and_go_out()
    {
        // RFC 6605 §6.1
        const string Private = "Private-key-format: v1.2\nAlgorithm: 13 (ECDSAP256SHA256)\nPrivateKey: GU6SnQ/Ou+xC5RumuIUIuJZteXT2z0O/ok1s38Et6mQ=\n";
        const string Public = "example.net. IN DNSKEY 257 3 13 GojIhhXUN/u4v54ZQqGSnyhWJwaubCvTmeexv7bR6edbkrSqQpF64cYbcB7wNcP+e+MAnLr+Wi9xMWyQLc8NAA==\n";
        using var folder = new TestFolder();
        folder.Write("Kexample.net.+013+55648.private", Private);
        folder.Write("Kexample.net.+013+55648.key", Public);

        var imported = await AltodnsProgram.RunAsync(folder, "keys", "import", "Kexample.net.+013+55648.private", "Kexample.net.+013+55648.key", "--state", "st");
        Assert.Equal((0, "example.net. CSK 55648 ECDSAP256SHA256\n", ""), (imported.ExitCode, imported.Output, imported.Errors));
        folder.Write("net.yaml", Policy.Replace("isp.example]", "example.net]", StringComparison.Ordinal) + "dnssec: on\n");
        var status = await AltodnsProgram.RunAsync(folder, "keys", "status", "net.yaml", "--state", "st");
        Assert.Contains("has a DS record at the parent, or not: serve finds out", status.Output, StringComparison.Ordinal);
        var twice = await AltodnsProgram.RunAsync(folder, "keys", "import", "Kexample.net.+013+55648", "--state", "st");
        Assert.Equal((1, "st: error: example.net. already has a key 55648. Nothing is to be imported.\n"), (twice.ExitCode, twice.Errors));

        Directory.CreateDirectory(folder.PathOf("out"));
        var exported = await AltodnsProgram.RunAsync(folder, "keys", "export", "-o", "out", "--state", "st");
        Assert.Equal((0, "out/Kexample.net.+013+55648\n", ""), (exported.ExitCode, exported.Output, exported.Errors));
        Assert.Equal(Public, await File.ReadAllTextAsync(folder.PathOf("out/Kexample.net.+013+55648.key")));
        Assert.Contains("PrivateKey: GU6SnQ/Ou+xC5RumuIUIuJZteXT2z0O/ok1s38Et6mQ=", await File.ReadAllTextAsync(folder.PathOf("out/Kexample.net.+013+55648.private")), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("PrivateKey: AAAA\n", "It is damaged or not whole")]
    [InlineData("", "It is damaged or not whole")]
    [InlineData("PrivateKey: GU6SnQ/Ou+xC5RumuIUIuJZteXT2z0O/ok1s38Et6mU=\n", "It is not the private key of")]
    public async Task Half_a_key_is_refused(string numbers, string fault)
    {
        using var folder = new TestFolder();
        folder.Write("K.private", "Private-key-format: v1.3\nAlgorithm: 13 (ECDSAP256SHA256)\n" + numbers);
        folder.Write("K.key", "example.net. IN DNSKEY 257 3 13 GojIhhXUN/u4v54ZQqGSnyhWJwaubCvTmeexv7bR6edbkrSqQpF64cYbcB7wNcP+e+MAnLr+Wi9xMWyQLc8NAA==\n");

        var result = await AltodnsProgram.RunAsync(folder, "keys", "import", "K.private", "--state", "st");

        Assert.Equal(1, result.ExitCode);
        Assert.StartsWith($"K.private: error: {fault}", result.Errors, StringComparison.Ordinal);
        Assert.False(Directory.Exists(folder.PathOf("st")));
    }

    [Fact]
    public async Task Unsigned_and_unknown_zones_are_named()
    {
        using var folder = TestFolder.WithPolicy();

        var status = await AltodnsProgram.RunAsync(folder, "keys", "status", "isp.yaml", "--state", "st");
        Assert.Equal((0, "No zone of these policies is signed: they lack 'dnssec: on'.\n"), (status.ExitCode, status.Output));
        var policy = await AltodnsProgram.RunAsync(folder, "keys", "ds", "isp.yaml", "--state", "st");
        Assert.Contains("'isp.yaml' is a file. Name a zone, such as 2.0.192.in-addr.arpa.", policy.Errors, StringComparison.Ordinal);
        var list = await AltodnsProgram.RunAsync(folder, "keys", "list", "isp.example", "--state", "st");
        Assert.Equal("Zone isp.example. has no keys in st.\n", list.Errors);
        var roll = await AltodnsProgram.RunAsync(folder, "keys", "roll", "isp.example", "--state", "st");
        Assert.Equal((2, "isp.example. has no such key in st. See: altodns keys list\n"), (roll.ExitCode, roll.Errors));
    }

    private static async Task<IReadOnlyList<JsonElement>> KeysAsync(TestFolder folder, params string[] arguments)
    {
        var result = await AltodnsProgram.RunAsync(folder, ["keys", .. arguments, "--state", "st", "--json"]);
        Assert.True(result.ExitCode == 0, result.ToString());
        return [.. JsonDocument.Parse(result.Output).RootElement.GetProperty("keys").EnumerateArray()];
    }

    private static string Words(JsonElement key) =>
        $"{key.GetProperty("zone").GetString()} {key.GetProperty("role").GetString()} {key.GetProperty("algorithm").GetInt32()}";
}
