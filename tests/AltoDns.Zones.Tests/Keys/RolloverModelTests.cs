// Thousands of random schedules of roll-overs, deaths and wrong clocks: at every moment every validator finds a chain.

using AltoDns.Protocol.Names;
using AltoDns.Protocol.Records;
using AltoDns.Protocol.Security;
using AltoDns.Zones.Configuration;
using AltoDns.Zones.Keys;

namespace AltoDns.Zones.Tests.Keys;

public sealed class RolloverModelTests
{
    private const int Schedules = 3000;
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void A_chain_exists_at_every_moment_of_every_schedule()
    {
        Parallel.For(0, Schedules, seed => new Schedule(seed, Change.Any).Run());
    }

    [Theory]
    [InlineData(Change.None)]
    [InlineData(Change.Request)]
    [InlineData(Change.Algorithm)]
    [InlineData(Change.Layout)]
    [InlineData(Change.Delete)]
    public void A_chain_exists_through_every_kind_of_change(Change change)
    {
        for (var seed = 0; seed < 200; seed++)
        {
            new Schedule(seed, change).Run();
        }
    }

    [Fact]
    public void The_model_notices_a_key_that_goes_too_early()
    {
        var caught = 0;
        for (var seed = 0; seed < 50; seed++)
        {
            try
            {
                new Schedule(seed, Change.Request, pretendedDelays: 0.05).Run();
            }
            catch (InvalidOperationException)
            {
                caught++;
            }
        }

        Assert.True(caught > 10, $"{caught} of 50");
    }

    public enum Change
    {
        None,
        Request,
        Algorithm,
        Layout,
        Delete,
        Any,
    }

    private sealed class Schedule
    {
        private readonly Random _random;
        private readonly Change _change;
        private readonly string _name;
        private readonly SimulatedDelegation _world;
        private readonly TimeSpan _zoneTimeToLive;
        private readonly Dictionary<ushort, DsData> _ds = [];
        private DnssecPolicy _policy;
        private DateTimeOffset _now = Start;
        private TimeSpan _clockError;
        private ZoneKeyState _stored = new(DomainName.Parse("example."));
        private ZoneKeySet? _served;
        private int _made;

        public Schedule(int seed, Change change, double pretendedDelays = 1)
        {
            _random = new Random(seed);
            _change = change;
            _name = $"schedule {seed}, {change}";
            _zoneTimeToLive = Hours(0.1, 48);
            var dnskeyTimeToLive = Hours(0.1, 24);
            var dsTimeToLive = Hours(0.1, 48);
            var (zoneLag, parentLag) = (Hours(0, 6), Hours(0, 12));
            _world = new SimulatedDelegation(_zoneTimeToLive, dnskeyTimeToLive, dsTimeToLive, zoneLag, parentLag);
            _zoneTimeToLive *= pretendedDelays;
            _policy = new DnssecPolicy
            {
                Keys = Pick(KeyLayout.Combined, KeyLayout.Split),
                Algorithm = PickAlgorithm(),
                DnskeyTimeToLive = TimeSpan.FromSeconds(Math.Ceiling((dnskeyTimeToLive * pretendedDelays).TotalSeconds)),
                PropagationDelay = zoneLag * pretendedDelays,
                ParentDsTimeToLive = dsTimeToLive * pretendedDelays,
                ParentPropagationDelay = parentLag * pretendedDelays,
                KeySigningLifetime = _random.Next(3) == 0 ? TimeSpan.FromDays(_random.Next(5, 60)) : null,
            };
            if (_policy.Keys == KeyLayout.Split && _random.Next(2) == 0)
            {
                _policy = _policy with { ZoneSigningLifetime = TimeSpan.FromDays(_random.Next(2, 40)) };
            }
        }

        public void Run()
        {
            for (var step = 0; step < 250; step++)
            {
                Live(mayDie: true);
                if (_random.Next(25) == 0)
                {
                    ChangeSomething();
                }
            }

            // Left alone, it comes to rest with the keys that the policy wants.
            _policy = _policy with { KeySigningLifetime = null, ZoneSigningLifetime = null, Cds = ParentRequest.Publish };
            for (var step = 0; step < 400 && !IsAtRest; step++)
            {
                Live(mayDie: false);
            }

            Check(IsAtRest, "does not come to rest");
        }

        private bool IsAtRest => _stored.RollRequests.IsEmpty
            && _stored.Keys.All(key => key is { IsWanted: true, IsSettled: true } && key.Algorithm == _policy.Algorithm)
            && _stored.Keys.Length == (_policy.Keys == KeyLayout.Combined ? 1 : 2)
            && _world.Parent.Current.SetEquals(_stored.Keys.Where(key => key.IsKeySigning).Select(key => key.Tag));

        private DateTimeOffset Clock => _now + _clockError;

        private void Live(bool mayDie)
        {
            Pass(Hours(0.1, 8));
            if (_random.Next(4) == 0)
            {
                // At most half an hour off either way: the margin covers an hour between any two readings.
                _clockError = TimeSpan.FromMinutes(_random.Next(-30, 31));
            }

            if (_random.Next(3) == 0)
            {
                ParentReadsCds();
            }

            Work(mayDie);
        }

        // Each death leaves what was stored and what is served as they are; the next call is after a restart.
        private void Work(bool mayDie)
        {
            var (state, _) = KeyRollover.Advance(_stored, _policy, Clock, _random.Next(3) == 0 ? null : Observe(), Make);
            if (Dies(mayDie))
            {
                return;
            }

            _stored = state;
            if (Dies(mayDie))
            {
                return;
            }

            var isRefused = mayDie && _served is not null && _random.Next(8) == 0; // a new zone that does not verify: the old one stays
            if (!isRefused && (_served?.Generation != state.Generation || _random.Next(5) == 0))
            {
                Pass(Hours(0, 2)); // signing, for which this model needs no private keys
                _served = KeyRollover.KeySet(state, _policy, _ => null!);
                _world.Zone.Add(_now, ZoneVersion.Of(state));
                Check();
            }

            if (Dies(mayDie))
            {
                return;
            }

            Pass(Hours(0, 0.1));
            state = KeyRollover.Confirm(state, _policy, _served!.Generation, Clock, _zoneTimeToLive);
            if (!Dies(mayDie))
            {
                _stored = state;
            }
        }

        private void ParentReadsCds()
        {
            if (_served is not { Cds: { Count: > 0 } cds })
            {
                return;
            }

            HashSet<ushort> wanted = cds[0].Algorithm == DnssecAlgorithm.Delete ? [] : [.. cds.Select(record => record.KeyTag)];
            Pass(Hours(0, 5));
            if (!wanted.SetEquals(_world.Parent.Current))
            {
                _world.Parent.Add(_now, wanted);
                Check();
            }
        }

        private ParentObservation Observe()
        {
            var sets = _random.Next(2) == 0 ? [_world.Parent.Current] : _world.OnParentServers(_now).ToList();
            var onAny = sets.SelectMany(set => set).Distinct().ToList();
            return new ParentObservation(
                Clock,
                [.. onAny.Where(tag => sets.TrueForAll(set => set.Contains(tag))).Select(tag => _ds[tag])],
                [.. onAny.Select(tag => _ds[tag])],
                TimeSpan.FromSeconds(1));
        }

        private void ChangeSomething()
        {
            switch (_change == Change.Any ? (Change)_random.Next(1, 5) : _change)
            {
                case Change.Request:
                    _stored = KeyRollover.Request(_stored, Pick(KeyRole.Combined, KeyRole.KeySigning, KeyRole.ZoneSigning));
                    break;
                case Change.Algorithm:
                    _policy = _policy with { Algorithm = PickAlgorithm() };
                    break;
                case Change.Layout:
                    _policy = _policy with { Keys = Pick(KeyLayout.Combined, KeyLayout.Split) };
                    break;
                case Change.Delete:
                    _policy = _policy with { Cds = Pick(ParentRequest.Delete, ParentRequest.Publish, ParentRequest.Publish) };
                    break;
                default:
                    break;
            }
        }

        private DnskeyData Make(KeyRole role, DnssecAlgorithm algorithm)
        {
            // What a key is made of does not matter here, only that no other is the same.
            var data = new DnskeyData(role.Flags(), DnssecKey.Protocol, algorithm, BitConverter.GetBytes(++_made * 2));
            _ds.Add(data.Tag(), DelegationDigest.CreateDs(_stored.Apex, data, DigestType.Sha256));
            _world.Learn(data.Tag(), algorithm);
            return data;
        }

        private bool Dies(bool mayDie) => mayDie && _random.Next(12) == 0;

        private void Pass(TimeSpan time) => _now += time;

        private void Check() => Check(_world.FindFault(_now) is not { } fault, fault: _world.FindFault(_now));

        private void Check(bool holds, string? fault)
        {
            if (!holds)
            {
                throw new InvalidOperationException($"{_name}, after {_now - Start}: {fault}\n{string.Join('\n', _stored.Keys)}");
            }
        }

        private DnssecAlgorithm PickAlgorithm() => DnssecAlgorithms.Supported[_random.Next(3)];

        private T Pick<T>(params T[] choices) => choices[_random.Next(choices.Length)];

        private TimeSpan Hours(double from, double to) => TimeSpan.FromSeconds(Math.Floor(3600 * (from + (_random.NextDouble() * (to - from)))));
    }
}
