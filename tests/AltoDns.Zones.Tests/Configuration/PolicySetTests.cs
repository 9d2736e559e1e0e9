// Several policies that are served together.

using AltoDns.Zones.Configuration;

namespace AltoDns.Zones.Tests.Configuration;

public sealed class PolicySetTests
{
    private static readonly Dictionary<string, string> Files = new(StringComparer.Ordinal)
    {
        ["a.yaml"] = Policy("192.0.2.0/24, 198.51.100.0/24"),
        ["same.yaml"] = Policy("203.0.113.0/24, 192.0.2.0/24"),
        ["inside.yaml"] = Policy("198.51.100.128/25"),
        ["around.yaml"] = Policy("198.51.0.0/16"),
        ["apart.yaml"] = Policy("203.0.113.0/24"),
        ["broken.yaml"] = Policy("192.0.2.0/24") + "colour: blue\n",
    };

    [Theory]
    [InlineData("a.yaml same.yaml", "same.yaml:1:25: error: Zone 192.0.2.0/24 is already given at a.yaml:1:9. Keep one of the two.")]
    [InlineData("same.yaml a.yaml", "a.yaml:1:9: error: Zone 192.0.2.0/24 is already given at same.yaml:1:25. Keep one of the two.")]
    [InlineData("a.yaml inside.yaml", "inside.yaml:1:9: error: Zone 198.51.100.128/25 lies in 198.51.100.0/24, given at a.yaml:1:23. Keep one of the two.")]
    [InlineData("a.yaml around.yaml", "around.yaml:1:9: error: Zone 198.51.0.0/16 covers 198.51.100.0/24, given at a.yaml:1:23. Keep one of the two.")]
    public void Rejects_zones_that_two_files_claim(string files, string expected)
    {
        var problems = new ProblemList();

        Assert.Null(PolicyReader.ReadAll(files.Split(' '), problems, Open));
        Assert.Equal([expected], problems.All.Select(problem => problem.ToString()));
    }

    [Fact]
    public void Reports_claims_of_a_file_that_has_other_errors()
    {
        var problems = new ProblemList();

        Assert.Null(PolicyReader.ReadAll(["a.yaml", "broken.yaml"], problems, Open));
        Assert.Equal(["broken.yaml:9:1", "broken.yaml:1:9"], problems.All.Select(problem => problem.Position.ToString()));
    }

    [Fact]
    public void Reads_a_file_that_is_named_twice_once()
    {
        var problems = new ProblemList();

        Assert.Single(PolicyReader.ReadAll(["apart.yaml", "./apart.yaml"], problems, Open)!);
    }

    [Fact]
    public void Names_files_that_cannot_be_read()
    {
        var problems = new ProblemList();

        Assert.Null(PolicyReader.ReadAll(["none.yaml", "apart.yaml"], problems, Open));
        Assert.Equal(
            ["none.yaml: error: The policy cannot be read: there is no such file. Correct the path or the permissions."],
            problems.All.Select(problem => problem.ToString()));
    }

    [Fact]
    public void Reads_the_policies_of_a_folder_in_the_order_of_their_names()
    {
        var folder = Directory.CreateTempSubdirectory("altodns-policies-");
        try
        {
            Assert.Null(PolicyReader.ReadAll([folder.FullName], new ProblemList()));
            File.WriteAllText(Path.Combine(folder.FullName, "b.yml"), Files["apart.yaml"]);
            File.WriteAllText(Path.Combine(folder.FullName, "a.yaml"), Files["a.yaml"]);
            File.WriteAllText(Path.Combine(folder.FullName, ".hidden.yaml"), "not a policy");
            File.WriteAllText(Path.Combine(folder.FullName, "notes.txt"), "not a policy");
            var problems = new ProblemList();
            var policies = PolicyReader.ReadAll([folder.FullName], problems)!;

            Assert.Empty(problems.All);
            Assert.Equal(["a.yaml", "b.yml"], policies.Select(policy => Path.GetFileName(policy.File)));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static MemoryStream Open(string path) => Files.TryGetValue(Path.GetFileName(path), out var text)
        ? new MemoryStream(System.Text.Encoding.UTF8.GetBytes(text))
        : throw new FileNotFoundException();

    private static string Policy(string zones) => $$"""
        zones: [{{zones}}]
        soa: { primary: ns1.isp1.example., contact: hostmaster@isp1.example }
        nameservers: ns1.isp1.example.
        alto-servers:
          core: { uri: https://alto1.isp1.example/ird }
        assignments:
          0.0.0.0/0: core
        ttl: 1h

        """;
}
