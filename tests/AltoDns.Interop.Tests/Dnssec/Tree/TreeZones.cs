// The zones of the tree as they are before signing: a root, arpa, the two reverse trees, two ISPs and their customers.

using AltoDns.Protocol.Names;

namespace AltoDns.Interop.Tests.Dnssec.Tree;

internal static class TreeZones
{
    /// <summary>The server that has what AltoDns serves, the one for everything else, and the one that alters what it passes on.</summary>
    public const string OurServer = "a.servers.";
    public const string OtherServer = "b.servers.";
    public const string AlteringServer = "c.servers.";

    public const string InAddr = "in-addr.arpa.";
    public const string Ip6 = "ip6.arpa.";
    public const string Isp = "2.0.192.in-addr.arpa.";
    public const string IspV6 = "1.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa.";
    public const string PlainIsp = "100.51.198.in-addr.arpa.";
    public const string Unsigned = "113.0.203.in-addr.arpa.";
    public const string Customer = "192-26.2.0.192.in-addr.arpa.";
    public const string UnsignedCustomer = "128-27.2.0.192.in-addr.arpa.";

    /// <summary>Parent and child of every secure delegation that a zone file has, from the bottom up.</summary>
    public static string ParentOf(string zone) => zone switch
    {
        "arpa." => ".",
        InAddr or Ip6 => "arpa.",
        Isp or PlainIsp or Unsigned => InAddr,
        IspV6 => Ip6,
        _ => Isp,
    };

    public static int LevelOf(string zone) => zone switch
    {
        "." => 0,
        "arpa." => 1,
        InAddr or Ip6 => 2,
        Isp or IspV6 or PlainIsp or Unsigned => 3,
        _ => 4,
    };

    /// <summary>The text of a zone that no policy makes, without DS records.</summary>
    /// <param name="serverOf">The name of the server of a zone.</param>
    public static string TextOf(string zone, Func<string, string> serverOf) => $"""
        $TTL 300
        {zone} SOA {serverOf(zone)} hostmaster.example. 1 3600 600 86400 60
        {zone} NS {serverOf(zone)}
        {zone switch
        {
            "." => $"{OurServer} A {SignedTree.OurAddress}\n{OtherServer} A {SignedTree.OtherAddress}\n{AlteringServer} A {SignedTree.AlteringAddress}\narpa. NS {serverOf("arpa.")}\n*.wild. TXT \"any\"\nfriend. CNAME {"1.2.wild."}\n",
            "arpa." => $"{InAddr} NS {serverOf(InAddr)}\n{Ip6} NS {serverOf(Ip6)}\nhouse.arpa. TXT \"here\"\n*.wild.arpa. TXT \"any\"\n",
            // The texts: BIND's resolver refuses NSD's proof for an empty non-terminal that only an opted-out delegation makes, as BIND signs it.
            InAddr => $"203.{InAddr} TXT \"space\"\n0.203.{InAddr} TXT \"space\"\n" + string.Concat(new[] { Isp, PlainIsp, Unsigned }.Select(child => $"{child} NS {serverOf(child)}\n")) + $"*.10.{InAddr} PTR private.example.\n",
            Ip6 => $"{IspV6} NS {serverOf(IspV6)}\n*.d.f.{Ip6} PTR local.example.\n",
            _ => $"*.{zone} NAPTR 100 10 \"u\" \"ALTO:https\" \"!.*!https://customer.example/ird!\" .\n193.{zone} PTR one.customer.example.\n",
        }}

        """;

    /// <summary>The policy of the ISP whose names all exist, or of the one with RFC 8686's names alone.</summary>
    /// <param name="customerDs">Data of the customer's DS record.</param>
    /// <param name="dnssec">The value of <c>dnssec</c>.</param>
    public static string PolicyOf(bool plain, string server, Func<string, string> serverOf, string customerDs, string dnssec) => plain
        ? $$"""
          zones: [198.51.100.0/24]
          soa: { primary: {{server}}, contact: hostmaster.example., negative-ttl: 1m }
          nameservers: [{{server}}]
          publish: rfc8686-names
          alto-servers: { core: { uri: https://alto2.example/ird } }
          assignments: { 198.51.100.0/24: core, 198.51.100.16/28: core }
          dnssec: {{dnssec}}

          """
        : $$"""
          zones: [192.0.2.0/24, 2001:db8:1::/48]
          soa: { primary: {{server}}, contact: hostmaster.example., negative-ttl: 1m }
          nameservers: [{{server}}]
          ttl: 5m
          base: isp.zone
          alto-servers: { core: { uri: https://alto1.example/ird } }
          assignments: { 192.0.2.0/24: core, 2001:db8:1::/48: core }
          delegations:
            192.0.2.192/26: { nameservers: [{{serverOf(Customer)}}], ds: [{{customerDs}}] }
            192.0.2.128/27: { nameservers: [{{serverOf(UnsignedCustomer)}}], ds: [] }
          nat:
            192.0.2.64/30: { ports: { 1024-65535: core } }
          dnssec: {{dnssec}}

          """;

    /// <summary>What the ISP had before.</summary>
    public static string IspBase { get; } = $"""
        $ORIGIN {Isp}
        $TTL 300
        77 PTR host77.example.
        78 PTR host78.example.
        $ORIGIN {IspV6}
        0.1.0.0 PTR net.example.

        """;

    public static DomainName NameOf(string zone) => DomainName.Parse(zone);
}
