// What the server says of itself in class CH: version.bind, version.server, hostname.bind, id.server (RFC 4892).

using System.Text;
using AltoDns.Protocol.Names;
using AltoDns.Protocol.Records;

namespace AltoDns.Server.Answering;

/// <summary>Safe for any number of threads.</summary>
internal sealed class ChaosResponder
{
    private static readonly byte[] VersionBind = DomainName.Parse("version.bind.").Wire.ToArray();
    private static readonly byte[] VersionServer = DomainName.Parse("version.server.").Wire.ToArray();
    private static readonly byte[] HostnameBind = DomainName.Parse("hostname.bind.").Wire.ToArray();
    private static readonly byte[] IdServer = DomainName.Parse("id.server.").Wire.ToArray();

    private readonly byte[]? _identity;
    private readonly byte[]? _version;

    public ChaosResponder(AnsweringSettings settings)
    {
        _identity = Text(settings.Identity);
        _version = Text(settings.Version);
    }

    /// <summary>The TXT data that answers a question of class CH; empty where it is refused.</summary>
    public ReadOnlySpan<byte> Find(scoped in ParsedQuery query)
    {
        if (query.Type is not (RecordType.TXT or RecordType.ANY))
        {
            return default;
        }

        if (WireName.EqualsIgnoreCase(query.Name, VersionBind) || WireName.EqualsIgnoreCase(query.Name, VersionServer))
        {
            return _version;
        }

        return WireName.EqualsIgnoreCase(query.Name, HostnameBind) || WireName.EqualsIgnoreCase(query.Name, IdServer) ? _identity : default;
    }

    private static byte[]? Text(string? text) => string.IsNullOrEmpty(text) ? null : TxtData.FromText(Encoding.UTF8.GetBytes(text)).ToWire();
}
