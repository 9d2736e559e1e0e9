// The questions that a newcomer asks of the samples, and what must come back.

namespace AltoDns.Interop.Tests.Smoke;

/// <param name="Ask">Name and type, or <c>-x ADDRESS TYPE</c>, as arguments of dig and kdig.</param>
/// <param name="Status">The RCODE.</param>
/// <param name="Answers">The data of the answer section's records, with the type of those that are not of the type asked; in any order.</param>
/// <param name="Authority">The type of the authority section's records; null: the section does not matter.</param>
public sealed record SampleQuestion(string Ask, string Status, IReadOnlyList<string> Answers, string? Authority = null)
{
    private const string Core = """100 10 "u" "ALTO:https" "!.*!https://alto1.isp1.example/ird!" .""";

    private static readonly string[] Mobile =
        ["""100 10 "u" "ALTO:https" "!.*!https://alto2.isp1.example/ird!" .""", """100 20 "u" "ALTO:https" "!.*!https://alto3.isp1.example/ird!" ."""];

    private const string Isp2Core = """100 10 "u" "ALTO:https" "!.*!https://alto.isp2.example/ird!" .""";
    private const string Isp2North = """100 10 "u" "ALTO:https" "!.*!https://north.alto.isp2.example/ird!" .""";
    private const string Isp3 = """100 10 "u" "ALTO:https" "!.*!https://alto.isp3.example/ird!" .""";
    private const string IPv6Zone1 = "1.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa.";
    private const string IPv6Zone3 = "3.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa.";

    public static IReadOnlyList<SampleQuestion> All { get; } =
    [
        // ISP 1: a host with a PTR, one without, the shortened name, and the mobile network.
        new("-x 192.0.2.77 NAPTR", "NOERROR", [Core]),
        new("-x 192.0.2.77 TXT", "NOERROR", [SampleKeys.Text("isp1-core", "alto1.isp1.example")]),
        new("-x 192.0.2.77 PTR", "NOERROR", ["peer-1a.isp1.example."]),
        new("-x 192.0.2.99 NAPTR", "NOERROR", [Core]),
        new("-x 192.0.2.99 TXT", "NOERROR", [SampleKeys.Text("isp1-core", "alto1.isp1.example")]),
        new("-x 192.0.2.99 PTR", "NOERROR", [], "SOA"),
        new("2.0.192.in-addr.arpa. NAPTR", "NOERROR", [Core]),
        new("2.0.192.in-addr.arpa. TXT", "NOERROR", [SampleKeys.Text("isp1-core", "alto1.isp1.example")]),
        new("2.0.192.in-addr.arpa. NS", "NOERROR", ["ns1.isp1.example.", "ns2.isp1.example."]),
        new("2.0.192.IN-ADDR.ARPA. NAPTR", "NOERROR", [Core]),
        new("-x 192.0.2.140 NAPTR", "NOERROR", Mobile),
        new(
            "-x 192.0.2.140 TXT",
            "NOERROR",
            [SampleKeys.Text("isp1-mobile", "alto2.isp1.example"), SampleKeys.Text("isp1-mobile", "alto3.isp1.example")]),
        new("-x 192.0.2.141 NAPTR", "NOERROR", Mobile),

        // The customer's /26: aliases into a delegated zone (RFC 2317), and the referral for it.
        new("-x 192.0.2.200 NAPTR", "NOERROR", ["CNAME 200.192-26.2.0.192.in-addr.arpa."], "NS"),
        new("-x 192.0.2.200 CNAME", "NOERROR", ["200.192-26.2.0.192.in-addr.arpa."]),
        new("200.192-26.2.0.192.in-addr.arpa. PTR", "NOERROR", [], "NS"),
        new("192-26.2.0.192.in-addr.arpa. NS", "NOERROR", [], "NS"),
        new("192-26.2.0.192.in-addr.arpa. DS", "NOERROR", [], "SOA"),

        // IPv6 of ISP 1: with and without a PTR, a subnet, the zone, and the mobile half.
        new("-x 2001:db8:1::77 NAPTR", "NOERROR", [Core]),
        new("-x 2001:db8:1::77 TXT", "NOERROR", [SampleKeys.Text("isp1-core", "alto1.isp1.example")]),
        new("-x 2001:db8:1::77 PTR", "NOERROR", ["peer-1a.isp1.example."]),
        new("-x 2001:db8:1:2::9 NAPTR", "NOERROR", [Core]),
        new("-x 2001:db8:1:8000::140 NAPTR", "NOERROR", Mobile),
        new("-x 2001:db8:1:8000::140 PTR", "NOERROR", ["peer-1c.mobile.isp1.example."]),
        new("-x 2001:db8:1:ffff::1 NAPTR", "NOERROR", Mobile),
        new($"0.0.0.0.{IPv6Zone1} NAPTR", "NOERROR", [Core]),
        new($"{IPv6Zone1} NAPTR", "NOERROR", [Core]),
        new($"{IPv6Zone1} SOA", "NOERROR", ["ns1.isp1.example. hostmaster.isp1.example. 1 14400 3600 1209600 3600"]),

        // The ALTO server's own small zone: its addresses, and its certificate's key (RFC 7671).
        new("alto1.isp1.example. A", "NOERROR", ["192.0.2.80"]),
        new("alto1.isp1.example. AAAA", "NOERROR", ["2001:db8:1::80"]),
        new("_443._tcp.alto1.isp1.example. TLSA", "NOERROR", [SampleKeys.Tlsa("isp1-alto1")]),
        new("_tcp.alto1.isp1.example. TLSA", "NOERROR", [], "SOA"),
        new("_853._tcp.alto1.isp1.example. TLSA", "NXDOMAIN", [], "SOA"),

        // ISP 2: the address of its NAT, and IPv6 where none is needed.
        new("-x 198.51.100.1 NAPTR", "NOERROR", [Isp2Core]),

        // Figure 5: address and ID, then what needs no ID; what is unknown has the address's server, and names between exist (RFC 8020).
        new("c1f3.north._peer.1.100.51.198.in-addr.arpa. NAPTR", "NOERROR", [Isp2North]),
        new("c1f3.north._peer.1.100.51.198.in-addr.arpa. TXT", "NOERROR", [SampleKeys.Text("isp2-north", "north.alto.isp2.example")]),
        new("C1F3.North._PEER.1.100.51.198.in-addr.arpa. NAPTR", "NOERROR", [Isp2North]),
        new("7d20.south._peer.1.100.51.198.in-addr.arpa. NAPTR", "NOERROR", [Isp2Core]),
        new("0000.west._peer.1.100.51.198.in-addr.arpa. NAPTR", "NOERROR", [Isp2Core]),
        new("b.b.c.9._port.1.100.51.198.in-addr.arpa. NAPTR", "NOERROR", [Isp2North]),
        new("f.f.3.8._port.1.100.51.198.in-addr.arpa. NAPTR", "NOERROR", [Isp2Core]),
        new("0.0.4.8._port.1.100.51.198.in-addr.arpa. NAPTR", "NOERROR", [Isp2North]),
        new("0.5.0.0._port.1.100.51.198.in-addr.arpa. NAPTR", "NOERROR", [Isp2Core]),
        new("_peer.1.100.51.198.in-addr.arpa. NAPTR", "NOERROR", [Isp2Core]),
        new("_port.1.100.51.198.in-addr.arpa. PTR", "NOERROR", [], "SOA"),
        new("c1f3.north._peer.2.100.51.198.in-addr.arpa. NAPTR", "NOERROR", [Isp2Core]),

        // A pool: every address is redirected to the names that all of them share (RFC 6672).
        new("-x 198.51.100.70 NAPTR", "NOERROR", [Isp2Core]),
        new(
            "c1f3.north._peer.70.100.51.198.in-addr.arpa. NAPTR",
            "NOERROR",
            ["DNAME _nat-64-26.100.51.198.in-addr.arpa.", "CNAME c1f3.north._peer._nat-64-26.100.51.198.in-addr.arpa.", Isp2North]),
        new(
            "b.b.c.9._port.127.100.51.198.in-addr.arpa. NAPTR",
            "NOERROR",
            ["DNAME _nat-64-26.100.51.198.in-addr.arpa.", "CNAME b.b.c.9._port._nat-64-26.100.51.198.in-addr.arpa.", Isp2North]),
        new(
            "0.0.4.0._port.64.100.51.198.in-addr.arpa. NAPTR",
            "NOERROR",
            ["DNAME _nat-64-26.100.51.198.in-addr.arpa.", "CNAME 0.0.4.0._port._nat-64-26.100.51.198.in-addr.arpa.", Isp2Core]),
        new("-x 2001:db8:2::a NAPTR", "NOERROR", [Isp2Core]),
        new("-x 2001:db8:2:8000::c NAPTR", "NOERROR", [Isp2North]),
        new("-x 2001:db8:2:8000::c TXT", "NOERROR", [SampleKeys.Text("isp2-north", "north.alto.isp2.example")]),

        // ISP 3: only the names that RFC 8686 looks up exist.
        new("-x 203.0.113.10 NAPTR", "NXDOMAIN", [], "SOA"),
        new("113.0.203.in-addr.arpa. NAPTR", "NOERROR", [Isp3]),
        new("113.0.203.in-addr.arpa. PTR", "NOERROR", [], "SOA"),
        new("-x 2001:db8:3::10 NAPTR", "NXDOMAIN", [], "SOA"),
        new($"{IPv6Zone3} NAPTR", "NOERROR", [Isp3]),

        // Below a host there is nothing; what lies outside is not ours to answer.
        new("mail.77.2.0.192.in-addr.arpa. A", "NXDOMAIN", [], "SOA"),
        new("-x 10.0.0.1 NAPTR", "REFUSED", []),
        new("192.in-addr.arpa. NAPTR", "REFUSED", []),
    ];

    /// <summary>The arguments for the tool.</summary>
    public IReadOnlyList<string> Arguments => Ask.Split(' ');

    /// <summary>The type asked for.</summary>
    public string Type => Arguments[^1];
}
