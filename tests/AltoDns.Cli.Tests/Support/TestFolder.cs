// A folder of one test's files, removed with the test, and the policy that most tests write into it.

namespace AltoDns.Cli.Tests.Support;

internal sealed class TestFolder : IDisposable
{
    /// <summary>Two families, an override, a classless delegation; a fixed serial, so that output can be compared whole.</summary>
    public const string Policy = """
        zones: [192.0.2.0/24, 2001:db8:1::/48]
        soa: { primary: ns1.isp.example., contact: hostmaster.isp.example., serial: 7 }
        nameservers: [ns1.isp.example.]
        alto-servers:
          core: { uri: https://alto1.isp.example/ird }
          mobile: { uri: [https://alto2.isp.example/ird, https://alto3.isp.example/ird] }
        assignments:
          192.0.2.0/24: core
          192.0.2.128/25: mobile
          2001:db8:1::/48: core
        delegations:
          192.0.2.64/26: { nameservers: [ns.customer.example.] }

        """;

    public string Path { get; } = Directory.CreateTempSubdirectory("altodns-cli-").FullName;

    /// <summary>A folder with <see cref="Policy"/> in <c>isp.yaml</c>.</summary>
    public static TestFolder WithPolicy()
    {
        var folder = new TestFolder();
        folder.Write("isp.yaml", Policy);
        return folder;
    }

    public string PathOf(string name) => System.IO.Path.Combine(Path, name);

    /// <summary>Puts a file in place as a whole: a program that watches it never sees a part.</summary>
    public void Write(string name, string text)
    {
        var draft = PathOf(name + ".draft");
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(draft)!);
        File.WriteAllText(draft, text);
        File.Move(draft, PathOf(name), overwrite: true);
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
