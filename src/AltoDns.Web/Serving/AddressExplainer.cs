// Explains an address from the zones as they are served, for whoever asks by HTTP.

using System.Diagnostics.CodeAnalysis;
using System.Net;
using AltoDns.Protocol.Names;
using AltoDns.Protocol.Records;
using AltoDns.Server.Listening;
using AltoDns.Web.Explaining;
using AltoDns.Zones.Keys;
using AltoDns.Zones.Loading;
using AltoDns.Zones.Serving;

namespace AltoDns.Web.Serving;

/// <summary>Safe for any number of threads.</summary>
/// <param name="served">What the zones were loaded as, with the policies; null before they are.</param>
/// <param name="keys">How far the keys of signed zones are.</param>
/// <param name="dynamicFile">What is known of the records that updates have brought.</param>
public sealed class AddressExplainer(ZoneStore store, Func<LoadedZones?> served, KeyStore keys, string dynamicFile, DnsServer server, TimeProvider timeProvider)
{
    private const string KeyMark = "v=ALTOKEY1";

    /// <param name="address">An address, or a prefix.</param>
    /// <param name="peer">The ID of a peer behind it; empty for none.</param>
    /// <param name="port">The port of a peer behind it; empty for none.</param>
    /// <param name="local">Where the client reached this server, for a server that answers at every address.</param>
    /// <param name="fault">On failure what is wrong and how to write it.</param>
    internal bool TryExplain(
        string address, string peer, string port, IPAddress? local, [NotNullWhen(true)] out ExplainedJson? explained, [NotNullWhen(false)] out string? fault)
    {
        explained = null;
        if (!ExplainQuestion.TryRead(address.Trim(), peer.Trim(), port.Trim(), out var question, out fault))
        {
            return false;
        }

        var zones = store.Current;
        var loaded = served() ?? new LoadedZones(zones, [], [], []);
        var dig = DigAt(local);
        var explanation = new Explainer(loaded, new DnssecAdvisor(keys, timeProvider), DynamicLayerFile.Over(zones, dynamicFile), dig).Explain(question.Prefix, question.Peers);

        // What is known of a peer is asked first, then the address (RFC 8686 §3.3 from its longest name on).
        var found = explanation.Peers.Where(each => each.Answer.HasServer).Select(each => each.Answer).Concat(explanation.Names.Where(name => name.HasServer)).FirstOrDefault();
        if (found is null)
        {
            explained = new ExplainedJson([], [], null, explanation.Dig, null, explanation);
            return true;
        }

        DomainName.TryParse(System.Text.Encoding.ASCII.GetBytes(found.Name), DomainName.Root, out var name);
        var records = new LocalQuestion(zones);
        var servers = records.Ask(name, RecordType.NAPTR).Answers
            .Select(each => each.Data).OfType<NaptrData>().Where(Zones.Compilation.DiscoveryRecords.IsAlto)
            .OrderBy(naptr => naptr.Order).ThenBy(naptr => naptr.Preference).Select(UriOf).ToList();
        var keyRecords = records.Ask(name, RecordType.TXT).Answers
            .Where(each => each.Type == RecordType.TXT).Select(each => each.Data.ToString()!).Where(text => text.Contains(KeyMark, StringComparison.Ordinal)).ToList();
        explained = new ExplainedJson(
            servers, keyRecords, found.Name, explanation.Peers.FirstOrDefault(each => ReferenceEquals(each.Answer, found))?.Dig ?? explanation.Dig,
            keyRecords.Count == 0 ? null : $"{dig} {found.Name} TXT", explanation);
        return true;
    }

    // RFC 4848 §2.2: what stands between the second and the third delimiter.
    private static string UriOf(NaptrData naptr)
    {
        var text = System.Text.Encoding.ASCII.GetString(naptr.Regexp.Span);
        return text.Split(text.Length > 0 ? text[0] : '!') is [_, _, var uri, ..] ? uri : text;
    }

    private string DigAt(IPAddress? local)
    {
        if (server.Endpoints is not [var endpoint, ..])
        {
            return Explainer.DefaultDig;
        }

        var isWildcard = endpoint.Address.Equals(IPAddress.Any) || endpoint.Address.Equals(IPAddress.IPv6Any);
        var address = isWildcard ? local ?? IPAddress.Loopback : endpoint.Address;
        return Explainer.DigAt(new IPEndPoint(address, endpoint.Port));
    }
}
