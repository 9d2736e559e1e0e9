// What is asked of resolvers of the tree, and what a validating one has to say.

using AltoDns.Protocol.Messages;
using AltoDns.Protocol.Records;

namespace AltoDns.Interop.Tests.Dnssec.Tree;

/// <param name="Answers">Records wanted in the answer section besides signatures; a CNAME and a DNAME count.</param>
/// <param name="IsSecure">Whether the answer is to be authenticated; null: where the proof lies in an opt-out span, a validator may say either (RFC 5155 §9.2).</param>
internal sealed record TreeQuestion(string Name, RecordType Type, ResponseCode Code, int Answers, bool? IsSecure)
{
    public static IReadOnlyList<TreeQuestion> Of(TreeKind kind)
    {
        bool? inOptOut = kind.OptOut ? null : true;
        var list = new List<TreeQuestion>();
        void Add(string name, RecordType type, int answers, bool? isSecure = true, ResponseCode code = ResponseCode.NoError) => list.Add(new(name, type, code, answers, isSecure));
        void Absent(string name, bool? isSecure = true) => Add(name, RecordType.TXT, 0, isSecure, ResponseCode.NameError);

        foreach (var zone in new[] { ".", "arpa.", TreeZones.InAddr, TreeZones.Ip6, TreeZones.Isp, TreeZones.IspV6, TreeZones.PlainIsp, TreeZones.Customer })
        {
            Add(zone, RecordType.SOA, 1);
            Add(zone, RecordType.DNSKEY, 1);
            Add(zone, RecordType.NS, 1);
            Add(zone, RecordType.MX, 0);
            if (zone != ".")
            {
                Add(zone, RecordType.DS, 1);
            }
        }

        // Positive, and from wildcards one and more labels down.
        Add("house.arpa.", RecordType.TXT, 1);
        Add("a.servers.", RecordType.A, 1);
        Add("x.wild.", RecordType.TXT, 1);
        Add("x.y.z.wild.", RecordType.TXT, 1);
        Add("q.wild.arpa.", RecordType.TXT, 1);
        Add("1.2.3.10." + TreeZones.InAddr, RecordType.PTR, 1, inOptOut);
        Add("1.0.0.0.d.f." + TreeZones.Ip6, RecordType.PTR, 1, inOptOut);
        Add("77." + TreeZones.Isp, RecordType.PTR, 1);
        Add("77." + TreeZones.Isp, RecordType.NAPTR, 1);
        Add("5." + TreeZones.Isp, RecordType.NAPTR, 1, inOptOut);
        Add("peer._peer.5." + TreeZones.Isp, RecordType.NAPTR, 1, inOptOut);
        Add("4.3.2.1." + TreeZones.IspV6, RecordType.NAPTR, 1, inOptOut);
        Add(TreeZones.PlainIsp, RecordType.NAPTR, 1);
        Add("17." + TreeZones.PlainIsp, RecordType.NAPTR, 1);
        Add("200." + TreeZones.Customer, RecordType.NAPTR, 1, inOptOut);

        // No data: at names, at wildcards, at empty non-terminals.
        Add("77." + TreeZones.Isp, RecordType.MX, 0);
        Add("6." + TreeZones.Isp, RecordType.MX, 0, inOptOut);
        Add("y.wild.", RecordType.MX, 0);
        Add("servers.", RecordType.A, 0);
        Add("wild.arpa.", RecordType.TXT, 0);
        Add("192." + TreeZones.InAddr, RecordType.PTR, 0, inOptOut);
        Add("0.192." + TreeZones.InAddr, RecordType.PTR, 0, inOptOut);
        Add("0.0." + TreeZones.IspV6, RecordType.PTR, 0);
        Add("d." + TreeZones.IspV6, RecordType.PTR, 0, inOptOut);

        // Names that do not exist.
        Absent("nowhere.");
        Absent("a.b.nowhere.");
        Absent("nowhere.arpa.");
        Absent("9.9." + TreeZones.InAddr, inOptOut);
        Absent("1.8.9." + TreeZones.InAddr, inOptOut);
        Absent("e.f." + TreeZones.Ip6, inOptOut);
        Absent("5." + TreeZones.PlainIsp, inOptOut);
        Absent("x.17." + TreeZones.PlainIsp, inOptOut);

        // Aliases, into another zone and by DNAME, found and not.
        Add("193." + TreeZones.Isp, RecordType.PTR, 2);
        Add("194." + TreeZones.Isp, RecordType.NAPTR, 2, inOptOut);
        Add("194." + TreeZones.Isp, RecordType.MX, 1, inOptOut);
        Add("friend.", RecordType.TXT, 2);
        Add("b.b.c.9._port.65." + TreeZones.Isp, RecordType.NAPTR, 3, inOptOut);
        Add("129." + TreeZones.Isp, RecordType.NAPTR, 2, isSecure: false);

        // Delegations without DS record.
        Add(TreeZones.Unsigned, RecordType.SOA, 1, isSecure: false);
        Add("1." + TreeZones.Unsigned, RecordType.NAPTR, 1, isSecure: false);
        Add(TreeZones.Unsigned, RecordType.DS, 0, inOptOut);
        Add(TreeZones.UnsignedCustomer, RecordType.DS, 0, inOptOut);
        Add("150." + TreeZones.UnsignedCustomer, RecordType.MX, 0, isSecure: false);
        return list;
    }
}
