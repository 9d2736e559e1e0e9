// What the servers of one transfer test agree on: a zone, ports, a key, a certificate.

using AltoDns.Harness;
using AltoDns.Protocol.Names;

namespace AltoDns.Interop.Tests.Transfers;

/// <param name="Primary">The port of AltoDns; with TLS that of its TLS listener.</param>
/// <param name="Key">Whether transfers and NOTIFY are signed.</param>
/// <param name="Certificate">The primary's certificate in PEM form where transfers are encrypted; null for plain ones.</param>
internal sealed record TransferSetup(IReadOnlyList<DomainName> Zones, int Primary, bool Key, string? Certificate = null)
{
    public const string KeyName = "transfer.key.";
    public const string Secret = "MTIzNDU2Nzg5MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTI=";

    /// <summary>What the certificate is for.</summary>
    public const string ServerName = "ns1.isp.example";

    public IReadOnlyList<ServedZone> Served => [.. Zones.Select(zone => new ServedZone(zone, ""))];

    /// <summary>The arguments of <c>altodns serve</c> for a primary of zone files.</summary>
    public string[] PrimaryArguments(TemporaryFolder folder, Func<DomainName, string> file, IEnumerable<int> secondaries, int? tlsPort = null)
    {
        var keys = folder.Write("tsig.conf", $"key \"{KeyName}\" {{ algorithm hmac-sha256; secret \"{Secret}\"; }};\n");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(keys, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        var key = Key ? $" key {KeyName}" : "";
        return
        [
            .. Zones.SelectMany(zone => new[] { "--zone", $"{zone}={file(zone)}" }),
            "--state", Path.Combine(folder.Path, "state"),
            "--tsig-key", keys,
            "--allow-transfer", $"127.0.0.0/8{key}",
            .. secondaries.SelectMany(port => new[] { "--notify", $"127.0.0.1:{port}{key}" }),
            .. tlsPort is null ? [] : new[] { "--tls", $"127.0.0.1:{tlsPort}", "--tls-certificate", Certificate!, "--tls-key", KeyFile(Certificate!) },
        ];
    }

    /// <summary>Makes a certificate and, beside it, its key.</summary>
    public static async Task<string> MakeCertificateAsync(TemporaryFolder folder)
    {
        var certificate = Path.Combine(folder.Path, "server.pem");
        var made = await ToolRunner.RunAsync("openssl",
        [
            "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
            "-keyout", KeyFile(certificate), "-out", certificate, "-subj", $"/CN={ServerName}", "-addext", $"subjectAltName=DNS:{ServerName}",
        ]);
        Assert.True(made.ExitCode == 0, made.ToString());
        return certificate;
    }

    private static string KeyFile(string certificate) => Path.ChangeExtension(certificate, "key");
}
