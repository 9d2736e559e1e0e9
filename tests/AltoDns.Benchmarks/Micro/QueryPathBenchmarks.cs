// What the steps of a query cost by themselves: parse, lookup, write, and all of them together.

using System.Buffers.Binary;
using System.Net;
using AltoDns.Benchmarks.Traffic;
using AltoDns.Harness;
using AltoDns.Protocol.Messages;
using AltoDns.Protocol.Names;
using AltoDns.Protocol.Records;
using AltoDns.Server.Answering;
using AltoDns.Server.Protection;
using AltoDns.Zones.Loading;
using AltoDns.Zones.Serving;
using BenchmarkDotNet.Attributes;

namespace AltoDns.Benchmarks.Micro;

/// <summary>A question of the mixed policies and the zone that it belongs to, by depth of the name and by outcome.</summary>
public class QueryPathBenchmarks
{
    private static readonly byte[] Client = IPAddress.Loopback.GetAddressBytes();

    private readonly byte[] _response = new byte[4096];
    private readonly LookupName _name = new();
    private readonly AnswerPlan _plan = new();
    private readonly ResponseWriter _writer = new();
    private byte[] _request = [];
    private byte[] _wireName = [];
    private ZoneSnapshot _zone = null!;
    private QueryProcessor _processor = null!;
    private QueryProcessor _limited = null!;
    private uint _time;

    /// <summary>An address has 6 labels in in-addr.arpa, 34 in ip6.arpa.</summary>
    [Params("in-addr.arpa", "ip6.arpa")]
    public string Tree { get; set; } = "";

    /// <summary>Exact: the name of the prefix itself. Wildcard: an address in it. NameError: an address in no prefix.</summary>
    [Params("Exact", "Wildcard", "NameError")]
    public string Outcome { get; set; } = "";

    [GlobalSetup]
    public void Load()
    {
        using var folder = new TemporaryFolder();
        var traffic = Tree == "ip6.arpa" ? MixedTraffic.IPv6 : MixedTraffic.IPv4;
        var policy = Path.Combine(folder.Path, "policy.yaml");
        traffic.WritePolicy(policy);
        var zones = ZoneLoader.Load(new ZoneSources { Policies = [policy] }).Zones!;
        var name = Outcome switch
        {
            "Exact" => ReverseName.FromPrefix(traffic.Prefixes[1234].Prefix),
            "Wildcard" => traffic.Make(1000, seed: 1).First(asked => asked.Value is not null).Name,
            _ => traffic.MakeNameErrors(1, seed: 1).First().Name,
        };
        _zone = zones.Zones[0];
        _wireName = name.Wire.ToArray();
        _request = new Query(name, RecordType.NAPTR) { UdpPayload = 1232 }.ToWire(1);
        var store = new ZoneStore(zones);
        _processor = new QueryProcessor(store, new AnsweringSettings());
        _plan.Reset(_wireName, dnssecOk: false);
        _limited = new QueryProcessor(store, new AnsweringSettings())
        {
            Protection = new ProtectionStore(new ProtectionOptions { RateLimit = new RateLimitOptions { Rate = 1_000_000, TotalRate = 1_000_000 } }),
        };
        new AnswerSelector().Select(store.Current, _wireName, RecordType.NAPTR, Transport.Udp, default, _plan);
        Require(Process());
    }

    [Benchmark]
    public int Parse() => (int)QueryParser.Parse(_request, out _);

    [Benchmark]
    public LookupResult Lookup()
    {
        _name.Set(_wireName);
        return ZoneLookup.Find(_zone, _name, RecordType.NAPTR);
    }

    /// <summary>Parses, too: what is written depends on it.</summary>
    [Benchmark]
    public int ParseAndWrite()
    {
        QueryParser.Parse(_request, out var query);
        return _writer.Write(_request, query, _plan, _response.AsSpan(0, 1232), 1232, default);
    }

    [Benchmark]
    public int Process() => _processor.Process(_request, _response, new QueryContext { Transport = Transport.Udp, ClientAddress = Client, UnixTime = 0 });

    /// <summary>What the rate limit adds to an answer: both charges, each time for another of 65,536 networks.</summary>
    [Benchmark]
    public int Charge()
    {
        var time = ++_time;
        Span<byte> client = stackalloc byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32BigEndian(client, time << 8);
        return (int)_limited.Protection!.Current.Limiter!.Judge(client, AnswerClass.Positive, owner: 7, time);
    }

    /// <summary>The same with the rate limit on, each time from another network, none of which comes to its limit.</summary>
    [Benchmark]
    public int ProcessWithinRateLimit()
    {
        var time = ++_time;
        Span<byte> client = stackalloc byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32BigEndian(client, time * 0x9E3779B9);
        return _limited.Process(_request, _response, new QueryContext { Transport = Transport.Udp, ClientAddress = client, UnixTime = time / 1_000_000 });
    }

    private void Require(int length)
    {
        var answer = Answer.Parse(_response.AsSpan(0, length));
        var expected = Outcome == "NameError" ? (ResponseCode.NameError, 0) : (ResponseCode.NoError, 1);
        if ((answer.ResponseCode, answer.Answers.Count) != expected)
        {
            throw new InvalidOperationException($"{Tree} {Outcome}: {answer}");
        }
    }
}
