// What a start finds of the signatures of the run before, whatever became of their file meanwhile.

using System.Text;
using AltoDns.Protocol.Names;
using AltoDns.Server.Reloading;
using AltoDns.Server.Signing;
using AltoDns.Server.Tests.Support;
using AltoDns.Zones.Configuration;
using AltoDns.Zones.Keys;
using AltoDns.Zones.Serving;
using AltoDns.Zones.Signing;
using AltoDns.Zones.ZoneFiles;

namespace AltoDns.Server.Tests.Signing;

public sealed class KeptSignatureTests : IDisposable
{
    private const int Hosts = 100;

    private static readonly DomainName First = DomainName.Parse("2.0.192.in-addr.arpa.");
    private static readonly DomainName Second = DomainName.Parse("100.51.198.in-addr.arpa.");

    private readonly string _folder = Directory.CreateTempSubdirectory("altodns-kept-").FullName;
    private readonly ManualTime _time = new();
    private readonly LogRecorder<ZoneSigningStage> _stageLog = new();
    private readonly LogRecorder<SignatureKeeper> _log = new();
    private DnssecPolicy _policy = new();
    private uint _serial = 1;
    private string _more = "";
    private string? _thenMore;
    private bool _isKilled;

    // Signatures that the last run made for each zone that it served.
    private IReadOnlyList<int> _made = [];

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(DenialMethod.Nsec)]
    [InlineData(DenialMethod.Nsec3)]
    public void A_start_takes_over_what_the_run_before_signed(DenialMethod denial)
    {
        _policy = new DnssecPolicy { Denial = denial };
        var before = Run(First, Second);
        Assert.Equal(2, _log.Entries.Count(entry => entry.Id == 1236));
        _time.Advance(TimeSpan.FromHours(1));
        var zones = Run(First, Second);
        Assert.Equal([0, 0], _made);
        Assert.Equal(2, _stageLog.Entries.Count(entry => entry.Id == 1239));
        Assert.All(zones, AssertValid);
        Assert.Equal(before.Select(RecordsOf), zones.Select(RecordsOf));
    }

    [Theory]
    [InlineData("one PTR more.example.", "one PTR changed.example.")]
    [InlineData("one PTR more.example.", "")]
    [InlineData("customer NS ns.customer", "")]
    [InlineData("customer NS ns.customer\nns.customer A 192.0.2.1", "customer NS ns.customer\nns.customer A 192.0.2.2")]
    [InlineData("customer NS ns.customer\nns.customer A 192.0.2.1\nns.customer AAAA 2001:db8::1", "customer NS ns.customer\nns.customer A 192.0.2.1")]
    public void What_changed_while_the_program_was_down_has_another_serial(string before, string after)
    {
        _policy = new DnssecPolicy { Denial = DenialMethod.Nsec3, OptOut = true };
        _more = before;
        var serial = Run(First).Single().Serial;
        Assert.Equal(serial, Run(First).Single().Serial);
        _more = after;
        var changed = Run(First).Single();
        AssertValid(changed);
        Assert.Equal(serial + 1, changed.Serial);
        Assert.InRange(_made[0], 1, 10);
    }

    [Fact]
    public void A_serial_that_was_raised_by_hand_is_taken()
    {
        Assert.Equal(1u, Run(First).Single().Serial);
        _serial = 7;
        Assert.Equal(7u, Run(First).Single().Serial);
        _serial = 3;
        Assert.Equal(7u, Run(First).Single().Serial);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_small_change_is_kept_when_the_program_ends_but_not_when_it_is_killed(bool isKilled)
    {
        _isKilled = isKilled;
        _thenMore = "one PTR more.example.";
        var served = Run(First).Single();
        var next = Run(First).Single();
        AssertValid(next);
        Assert.Equal(isKilled ? served.Serial + 1 : served.Serial, next.Serial);
        Assert.Equal(isKilled, RecordsOf(served) != RecordsOf(next));
        Assert.InRange(_made[0], isKilled ? 1 : 0, isKilled ? 10 : 0);
    }

    [Theory]
    [InlineData("damaged", 1238)]
    [InlineData("cut", 1238)]
    [InlineData("other zone", 1238)]
    [InlineData("missing", 1236)]
    [InlineData("unfinished", 1236)]
    public void A_file_that_is_not_right_has_the_zone_signed_anew(string what, int logged)
    {
        Run(First, Second);
        var path = FileOf(First);
        var octets = File.ReadAllBytes(path);
        switch (what)
        {
            case "damaged":
                octets[octets.Length / 2] ^= 1;
                File.WriteAllBytes(path, octets);
                break;
            case "cut":
                File.WriteAllBytes(path, octets[..^100]);
                break;
            case "other zone":
                File.Copy(FileOf(Second), path, overwrite: true);
                break;
            case "missing":
                File.Delete(path);
                break;
            default:
                File.Move(path, path + ".tmp");
                break;
        }

        var zones = Run(First, Second);
        Assert.True(_made[0] > Hosts);
        Assert.Equal(0, _made[1]);
        Assert.Contains(_log.Entries, entry => entry.Id == logged);
        Assert.All(zones, AssertValid);
        Assert.False(File.Exists(path + ".tmp"));
        Assert.Equal(logged == 1238, File.Exists(path + ".damaged"));

        // What was signed anew is kept again.
        Run(First, Second);
        Assert.Equal([0, 0], _made);
    }

    [Fact]
    public void Other_keys_sign_anew()
    {
        Run(First);
        Directory.Delete(Path.Combine(_folder, "keys"), recursive: true);
        AssertValid(Run(First).Single());
        Assert.True(_made[0] > Hosts);
        Run(First);
        Assert.Equal([0], _made);
    }

    [Fact]
    public void Signatures_that_expired_while_the_program_was_down_are_made_anew()
    {
        Run(First);
        _time.Advance(TimeSpan.FromDays(60));
        AssertValid(Run(First).Single());
        Assert.True(_made[0] > Hosts);
    }

    [Fact]
    public void A_zone_that_is_signed_no_more_leaves_no_file()
    {
        Run(First, Second);
        Assert.True(File.Exists(FileOf(Second)));
        Run(First);
        Assert.False(File.Exists(FileOf(Second)));
        Assert.True(File.Exists(FileOf(First)));
    }

    [Fact]
    public void What_cannot_be_written_is_served_all_the_same()
    {
        File.WriteAllText(SignatureFile.FolderOf(_folder), "A file is where the folder should be.");
        AssertValid(Run(First).Single());

        // At the start, and once more at the end.
        Assert.Equal(2, _log.Entries.Count(entry => entry.Id == 1237));
    }

    [Fact]
    public void A_file_is_not_written_for_a_few_signatures()
    {
        Run(First);
        var before = File.GetLastWriteTimeUtc(FileOf(First));
        Run(First);
        Run(First);
        Assert.Equal(before, File.GetLastWriteTimeUtc(FileOf(First)));
        Assert.Single(_log.Entries, entry => entry.Id == 1236);
    }

    [Fact]
    public void Signatures_that_are_kept_but_found_wrong_do_not_keep_a_zone_from_being_served()
    {
        Run(First);
        var refused = 0;
        AssertValid(Run((signed, now) => signed.Made <= 1 && ++refused <= 2 ? ZoneVerifier.Verify(signed.Zone, now.AddYears(10)) : signed.Verify(now), First).Single());
        Assert.Equal(2, refused);
        Assert.True(_made[0] > Hosts);
    }

    private string FileOf(DomainName origin) => new SignatureFile(_folder, origin).Path;

    private IReadOnlyList<ZoneSnapshot> Run(params DomainName[] origins) => Run((signed, now) => signed.Verify(now), origins);

    // A program that starts, serves, perhaps serves a change, has written what it writes, and ends.
    private IReadOnlyList<ZoneSnapshot> Run(Func<SignedZone, DateTimeOffset, VerificationResult> verify, params DomainName[] origins)
    {
        var store = new KeyStore(_folder);
        using var keeper = new KeyKeeper(store, new ParentMonitor(_time, Path.Combine(_folder, "no-resolvers")), _time, new LogRecorder<KeyKeeper>());
        using var signatures = new SignatureKeeper(_folder, _time, _log);
        _made = [];
        var stage = new ZoneSigningStage(keeper, store, _time, _stageLog, signatures)
        {
            Verify = (signed, now) =>
            {
                var result = verify(signed, now);
                _made = result.IsValid ? [.. _made, signed.Made] : _made;
                return result;
            },
        };
        var zones = Publish(stage, origins);
        signatures.Flush();
        if (_thenMore is { } text)
        {
            (_more, _thenMore) = (text, null);
            zones = Publish(stage, origins);
        }

        if (!_isKilled)
        {
            signatures.Complete(TimeSpan.FromMinutes(1));
        }

        return zones;
    }

    private IReadOnlyList<ZoneSnapshot> Publish(ZoneSigningStage stage, DomainName[] origins)
    {
        var result = stage.Sign(new ZoneLoadResult(new ZoneSet([.. origins.Select(Load)]), [], []) { Signing = origins.ToDictionary(origin => origin, _ => _policy) });
        Assert.Empty(result.Problems);
        stage.Published();
        return [.. result.Zones!.Zones];
    }

    private static string RecordsOf(ZoneSnapshot zone)
    {
        using var text = new StringWriter();
        ZoneExporter.Write(zone, text);
        return text.ToString();
    }

    private ZoneSnapshot Load(DomainName origin)
    {
        var problems = new ProblemList();
        var builder = new ZoneBuilder(origin);
        var hosts = string.Join('\n', Enumerable.Range(1, Hosts).Select(host => $"{host} PTR host{host}.example."));
        using var text = new MemoryStream(Encoding.UTF8.GetBytes($"$TTL 3600\n@ SOA ns1.example. hostmaster.example. {_serial} 7200 900 1209600 600\n@ NS ns1.example.\n{hosts}\n{_more}\n"));
        MasterFileReader.Read(text, "test.zone", origin, problems, record => builder.AddRecord(builder.AddName(record.Owner), record.TimeToLive, record.Data));
        return builder.Freeze();
    }

    private void AssertValid(ZoneSnapshot zone)
    {
        var result = ZoneVerifier.Verify(zone, _time.GetUtcNow());
        Assert.True(result.IsValid, result.ToString());
    }
}
