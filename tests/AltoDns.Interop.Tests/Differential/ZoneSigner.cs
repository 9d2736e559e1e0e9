// Signs made-up zones with other people's signers, so that what AltoDns serves is not of its own making.

using AltoDns.Harness;
using AltoDns.Protocol.Records;

namespace AltoDns.Interop.Tests.Differential;

/// <summary>How a signed zone tells what it does not have.</summary>
public enum Denial
{
    Nsec,
    Nsec3,

    /// <summary>NSEC3 without the unsigned delegations (RFC 5155 §6).</summary>
    OptOut,
}

public enum Signer
{
    Bind,
    Ldns,
    Knot,
}

/// <summary>Signs with one key, made once, that each zone has under its own name.</summary>
public sealed class ZoneSigner
{
    private const string KeyOwner = "key.example.";

    /// <summary>How NSEC3 hashes names: as RFC 9276 wants it, and with a salt and iterations as older zones have them.</summary>
    public static IReadOnlyList<Nsec3ParamData> Parameters { get; } = [new(1, 0, 0, []), new(1, 0, 2, [0xAB, 0xCD]), new(1, 0, 1, [0x01, 0x23])];

    private readonly TemporaryFolder _folder;
    private readonly string _publicKey;
    private readonly string _privateKey;
    private int _count;

    private ZoneSigner(TemporaryFolder folder, string key)
    {
        _folder = folder;
        _publicKey = File.ReadAllLines($"{key}.key").Single(line => !line.StartsWith(';'))[KeyOwner.Length..];
        _privateKey = File.ReadAllText($"{key}.private");
    }

    /// <param name="folder">For everything that the signers write.</param>
    public static async Task<ZoneSigner> CreateAsync(TemporaryFolder folder)
    {
        var keygen = await ToolRunner.RunAsync("dnssec-keygen", ["-q", "-a", "13", "-f", "KSK", "-P", "now-1d", "-A", "now-1d", "-K", folder.Path, KeyOwner]);
        Assert.True(keygen.ExitCode == 0, $"{keygen}");
        return new ZoneSigner(folder, Path.Combine(folder.Path, keygen.Output.Trim()));
    }

    /// <summary>Signs a zone.</summary>
    /// <param name="zone">What the file holds.</param>
    /// <param name="file">The unsigned zone file.</param>
    /// <returns>The signed one.</returns>
    public async Task<string> SignAsync(GeneratedZone zone, string file, Signer signer, Denial denial)
    {
        var number = _count++;
        var key = Path.Combine(_folder.Path, $"key{number}");
        File.WriteAllText($"{key}.key", $"{zone.Origin}{_publicKey}\n");
        File.WriteAllText($"{key}.private", _privateKey);
        var output = Path.Combine(_folder.Path, $"{number}.signed");
        switch (signer)
        {
            case Signer.Bind:
                File.AppendAllText(file, $"{zone.Origin} 3600{_publicKey}\n");
                await RunAsync("dnssec-signzone", ["-q", "-z", "-P", "-o", $"{zone.Origin}", "-f", output, .. BindDenial(denial), file, key]);
                break;
            case Signer.Ldns:
                await RunAsync("ldns-signzone", ["-o", $"{zone.Origin}", "-f", output, .. LdnsDenial(denial), file, key]);
                break;
            case Signer.Knot:
                var configuration = ConfigureKnot(zone, file, denial, number);
                var imported = await RunAsync("keymgr", ["-c", configuration, $"{zone.Origin}", "import-bind", $"{key}.key"]);
                await RunAsync("keymgr", ["-c", configuration, $"{zone.Origin}", "set", imported.Output.Split('\n')[0], "ksk=yes", "zsk=yes"]);
                await RunAsync("kzonesign", ["-c", configuration, "-o", _folder.MakeFolder($"knot{number}"), $"{zone.Origin}"]);
                output = Directory.GetFiles(Path.Combine(_folder.Path, $"knot{number}")).Single();
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(signer));
        }

        return output;
    }

    private static string[] BindDenial(Denial denial) => denial switch
    {
        Denial.Nsec => [],
        Denial.Nsec3 => ["-3", "-", "-H", "0"],

        _ => ["-3", "ABCD", "-H", "2", "-A"],
    };

    private static string[] LdnsDenial(Denial denial) => denial switch
    {
        Denial.Nsec => [],
        Denial.Nsec3 => ["-n", "-t", "1", "-s", "0123"],
        _ => ["-n", "-p", "-t", "0"],
    };

    private string ConfigureKnot(GeneratedZone zone, string file, Denial denial, int number) => _folder.Write(
        $"sign{number}.conf",
        $"""
        database:
            storage: "{_folder.MakeFolder($"keys{number}")}"
        policy:
          - id: test
            manual: on
            single-type-signing: on
            nsec3: {(denial == Denial.Nsec ? "off" : "on")}
            nsec3-opt-out: {(denial == Denial.OptOut ? "on" : "off")}
            nsec3-iterations: 0
            nsec3-salt-length: 0
            cds-cdnskey-publish: none
        template:
          - id: default
            semantic-checks: off
        zone:
          - domain: "{zone.Origin}"
            file: "{file}"
            dnssec-signing: on
            dnssec-policy: test

        """);

    private static async Task<ToolResult> RunAsync(string program, IEnumerable<string> arguments)
    {
        var result = await ToolRunner.RunAsync(program, arguments);
        Assert.True(result.ExitCode == 0, $"{result}");
        return result;
    }
}
