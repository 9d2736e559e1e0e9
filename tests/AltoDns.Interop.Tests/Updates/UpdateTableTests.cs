// RFC 2136's tables of prerequisites and changes row by row, through nsupdate and knsupdate.

using System.Globalization;
using AltoDns.Harness;
using AltoDns.Harness.Updating;
using AltoDns.Protocol.Names;

namespace AltoDns.Interop.Tests.Updates;

public sealed class UpdateTableTests(UpdateTableTests.ServerFixture fixture) : IClassFixture<UpdateTableTests.ServerFixture>
{
    /// <summary>Lines, the response code, and what <c>probe</c> has then: its RRsets as dig prints them, sorted, or nothing.</summary>
    public static TheoryData<string, string, string, string> Rows => new()
    {
        // RFC 2136 §2.4.1, §3.2.1: an RRset exists, whatever its values.
        { "prereq yxrrset www.example. A|update add p.example. 60 A 192.0.2.9", "NOERROR", "p.example. A", "192.0.2.9" },
        { "prereq yxrrset www.example. AAAA|update add p.example. 60 A 192.0.2.9", "NXRRSET", "p.example. A", "" },
        { "prereq yxrrset none.example. A|update add p.example. 60 A 192.0.2.9", "NXRRSET", "p.example. A", "" },

        // §2.4.2, §3.2.3: an RRset exists with exactly these values.
        { "prereq yxrrset www.example. A 192.0.2.2|prereq yxrrset www.example. A 192.0.2.3|update add p.example. 60 A 192.0.2.9", "NOERROR", "p.example. A", "192.0.2.9" },
        { "prereq yxrrset www.example. A 192.0.2.2|update add p.example. 60 A 192.0.2.9", "NXRRSET", "p.example. A", "" },
        { "prereq yxrrset www.example. A 192.0.2.2|prereq yxrrset www.example. A 192.0.2.4|update add p.example. 60 A 192.0.2.9", "NXRRSET", "p.example. A", "" },
        { "prereq yxrrset txt.example. TXT \"a b\"|update add p.example. 60 A 192.0.2.9", "NOERROR", "p.example. A", "192.0.2.9" },

        // §2.4.3: an RRset does not exist.
        { "prereq nxrrset www.example. AAAA|update add p.example. 60 A 192.0.2.9", "NOERROR", "p.example. A", "192.0.2.9" },
        { "prereq nxrrset www.example. A|update add p.example. 60 A 192.0.2.9", "YXRRSET", "p.example. A", "" },

        // §2.4.4: a name is in use.
        { "prereq yxdomain www.example.|update add p.example. 60 A 192.0.2.9", "NOERROR", "p.example. A", "192.0.2.9" },
        { "prereq yxdomain none.example.|update add p.example. 60 A 192.0.2.9", "NXDOMAIN", "p.example. A", "" },
        { "prereq yxdomain empty.example.|update add p.example. 60 A 192.0.2.9", "NXDOMAIN", "p.example. A", "" },

        // §2.4.5: a name is not in use.
        { "prereq nxdomain none.example.|update add p.example. 60 A 192.0.2.9", "NOERROR", "p.example. A", "192.0.2.9" },
        { "prereq nxdomain www.example.|update add p.example. 60 A 192.0.2.9", "YXDOMAIN", "p.example. A", "" },

        // The first that does not hold is told.
        { "prereq yxdomain none.example.|prereq nxdomain www.example.|update add p.example. 60 A 192.0.2.9", "NXDOMAIN", "p.example. A", "" },

        // §3.2, §3.4.1: names outside the zone.
        { "prereq yxdomain www.elsewhere.|update add p.example. 60 A 192.0.2.9", "NOTZONE", "p.example. A", "" },
        { "update add p.elsewhere. 60 A 192.0.2.9", "NOTZONE", "p.example. A", "" },

        // §2.5.1, §3.4.2.2: add.
        { "update add www.example. 3600 A 192.0.2.4", "NOERROR", "www.example. A", "192.0.2.2 192.0.2.3 192.0.2.4" },
        { "update add www.example. 3600 A 192.0.2.2", "NOERROR", "www.example. A", "192.0.2.2 192.0.2.3" },
        { "update add www.example. 60 CNAME p.example.", "NOERROR", "www.example. CNAME", "" },
        { "update add alias.example. 60 A 192.0.2.9", "NOERROR", "alias.example. CNAME", "www.example." },
        { "update add alias.example. 60 CNAME p.example.", "NOERROR", "alias.example. CNAME", "p.example." },
        { "update add www.example. 60 SOA ns1.example. host.example. 99 1 1 1 1", "NOERROR", "www.example. SOA", "" },
        { "update add example. 3600 SOA ns9.example. host.example. 5 3600 600 86400 300", "NOERROR", "example. NS", "ns1.example." },

        // §2.5.2: delete an RRset.
        { "update delete www.example. A", "NOERROR", "www.example. A", "" },
        { "update delete none.example. A", "NOERROR", "www.example. A", "192.0.2.2 192.0.2.3" },
        { "update delete example. NS", "NOERROR", "example. NS", "ns1.example." },

        // §2.5.3: delete all RRsets of a name.
        { "update delete www.example.", "NOERROR", "www.example. A", "" },
        { "update delete example.", "NOERROR", "example. NS", "ns1.example." },
        { "update delete example.", "NOERROR", "example. TXT", "" },

        // §2.5.4: delete a record.
        { "update delete www.example. A 192.0.2.2", "NOERROR", "www.example. A", "192.0.2.3" },
        { "update delete www.example. A 192.0.2.77", "NOERROR", "www.example. A", "192.0.2.2 192.0.2.3" },
        { "update delete example. NS ns1.example.", "NOERROR", "example. NS", "ns1.example." },

        // §3.4.2.1: changes are made in their order.
        { "update delete www.example. A|update add www.example. 60 A 192.0.2.9", "NOERROR", "www.example. A", "192.0.2.9" },
        { "update add www.example. 60 A 192.0.2.9|update delete www.example. A", "NOERROR", "www.example. A", "" },

        // §3.3: wholly or not at all.
        { "update add p.example. 60 A 192.0.2.9|update add p.elsewhere. 60 A 192.0.2.9", "NOTZONE", "p.example. A", "" },
        { "update add secret.example. 60 MX 5 p.example.|update add p.example. 60 A 192.0.2.9", "REFUSED", "p.example. A", "" },
    };

    [Theory]
    [MemberData(nameof(Rows))]
    public async Task Does_what_nsupdate_asks_for(string lines, string code, string probe, string expected) =>
        await CheckAsync("nsupdate", ["-k", fixture.KeyFile], lines, code, probe, expected);

    [Theory]
    [MemberData(nameof(Rows))]
    public async Task Does_what_knsupdate_asks_for_over_tcp(string lines, string code, string probe, string expected) =>
        await CheckAsync("knsupdate", ["-v", "-y", UpdatableServers.KnotKey], lines, code, probe, expected);

    private async Task CheckAsync(string program, string[] arguments, string lines, string code, string probe, string expected)
    {
        // Each row has a zone of its own, to find it as it is written.
        var zone = fixture.NextZone();
        string Here(string text) => text.Replace("example.", zone, StringComparison.Ordinal);
        using var folder = new TemporaryFolder();
        var server = fixture.Server.Endpoint;
        var script = folder.Write("script", $"server {server.Address} {server.Port}\nzone {zone}\n{Here(lines).Replace('|', '\n')}\nsend\n");

        var result = await ToolRunner.RunAsync(program, [.. arguments, script]);

        Assert.True((result.ExitCode == 0) == (code == "NOERROR"), result.ToString());
        Assert.True(code == "NOERROR" || (result.Output + result.Errors).Contains(code, StringComparison.Ordinal), result.ToString());
        var words = Here(probe).Split(' ');
        var answer = await ToolRunner.RunAsync("dig", [$"@{server.Address}", "-p", $"{server.Port}", "+short", words[0], words[1]]);
        Assert.Equal(Here(expected), string.Join(' ', answer.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal)));
    }

    /// <summary>One server with more zones than there are rows, all alike.</summary>
    public sealed class ServerFixture : IAsyncLifetime
    {
        private readonly TemporaryFolder _folder = new();
        private int _zones;

        public string KeyFile => Path.Combine(_folder.Path, "update.key");

        public RunningServer Server { get; private set; } = null!;

        public string NextZone() => NameOf(Interlocked.Increment(ref _zones));

        public async ValueTask InitializeAsync()
        {
            var zones = Enumerable.Range(1, Rows.Count * 2).Select(index => new ServedZone(DomainName.Parse(NameOf(index)), _folder.Write($"{index}.zone", $"""
                $ORIGIN {NameOf(index)}
                $TTL 3600
                @ SOA ns1 host 10 3600 600 86400 300
                @ NS ns1
                @ TXT "apex"
                ns1 A 192.0.2.1
                www A 192.0.2.2
                www A 192.0.2.3
                txt TXT "a b"
                alias CNAME www
                below.empty TXT "x"

                """))).ToList();
            Server = await UpdatableServers.StartAltoDnsAsync(_folder, zones, "--allow-update", "key=dhcp types=A,AAAA,TXT,CNAME,NS,SOA");
        }

        public async ValueTask DisposeAsync()
        {
            await Server.DisposeAsync();
            _folder.Dispose();
        }

        private static string NameOf(int index) => string.Create(CultureInfo.InvariantCulture, $"r{index}.test.");
    }
}
