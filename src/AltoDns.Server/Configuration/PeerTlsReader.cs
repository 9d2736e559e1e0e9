// Reads how a connection over TLS to another server is authenticated, and tries the certificates that it names.

using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using AltoDns.Server.Access;
using AltoDns.Zones.Configuration;
using AltoDns.Zones.Configuration.Yaml;

namespace AltoDns.Server.Configuration;

internal sealed class PeerTlsReader(ConfigurationContext context)
{
    private const string Opportunistic = "opportunistic";

    private static readonly NodeShape Shape = new("'tls'", "a name, 'opportunistic' or a map", "tls: ns1.isp2.example");

    private ProblemList Problems => context.Problems;

    /// <summary>Reads the value of 'tls'; null, with the problem noted, where it is none.</summary>
    public PeerTls? Read(YamlNode node)
    {
        if (node is not YamlMap map)
        {
            if (!Shape.TryReadText(node, Problems, out var text))
            {
                return null;
            }

            return text.Text == Opportunistic ? new PeerTls(null, [], null, null)
                : CheckName(text.Text, text.Position) ? new PeerTls(text.Text, [], null, null)
                : null;
        }

        var values = SectionReader.Read(map, MapSettings.Tls.All, "SERVER.tls.", "'tls'", context.Place);
        var name = values.Find(MapSettings.Tls.Name);
        var authorities = values.Find(MapSettings.Tls.Authorities);
        var certificate = values.Find(MapSettings.Tls.Certificate);
        if (name is not null && !CheckName(name.Text, name.Position))
        {
            return null;
        }

        if (name is null && values.Find(MapSettings.Tls.Pins) is null && !map.Entries.Any(entry => entry.Key.Text is "name" or "pins"))
        {
            Problems.Error(node.Position, "'tls' does not say how the server is known.", "Add 'name:' or 'pins:', or write 'tls: opportunistic' to verify nothing.");
        }

        Try(authorities, "file of authorities", path =>
        {
            var found = new X509Certificate2Collection();
            found.ImportFromPemFile(path);
            return found.Count > 0 ? null : "it has no certificate";
        });
        Try(certificate, "certificate", path =>
        {
            using var own = X509Certificate2.CreateFromPemFile(path);
            return own.HasPrivateKey ? null : "it has no private key";
        });
        return new PeerTls(
            name?.Text,
            [.. values.Get(MapSettings.Tls.Pins, []).Select(pin => new ReadOnlyMemory<byte>(pin))],
            (string?)authorities?.Value,
            (string?)certificate?.Value);
    }

    private bool CheckName(string text, SourcePosition position)
    {
        if (Uri.CheckHostName(text.TrimEnd('.')) != UriHostNameType.Unknown)
        {
            return true;
        }

        Problems.Error(position, $"'{PrefixText.Excerpt(text)}' is not a name of a server.", "Write the name that its certificate is for, such as ns1.isp2.example.");
        return false;
    }

    private void Try(SettingValue? file, string what, Func<string, string?> findFault)
    {
        if (file is null)
        {
            return;
        }

        var path = (string)file.Value;
        context.Paths.Add(path);
        string? fault;
        try
        {
            fault = findFault(path);
        }
        catch (CryptographicException exception)
        {
            fault = exception.Message.TrimEnd('.');
        }
        catch (Exception exception) when (PolicyContext.IsFileFault(exception))
        {
            fault = PolicyContext.Reason(exception);
        }

        if (fault is not null)
        {
            Problems.Add(new Problem(
                Severity.Error, file.Position, $"The {what} {path} cannot be used: {fault}.", "Name a PEM file that holds what is needed, and may be read.")
            {
                Kind = ProblemKind.Certificate,
            });
        }
    }
}
