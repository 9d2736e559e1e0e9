// A zone file that changes by chance, a few records at a time, as an operator's does over years.

using System.Text;
using AltoDns.Protocol.Names;

namespace AltoDns.Interop.Tests.Transfers;

/// <summary>Every state is a zone that all servers load: delegations with glue, wildcards, empty non-terminals, several TTLs.</summary>
internal sealed class ChangingZone
{
    private readonly Random _random;
    private readonly string _path;
    private readonly SortedDictionary<string, List<string>> _names = new(StringComparer.Ordinal);

    public ChangingZone(DomainName origin, string path, int names, int seed, uint serial = 4_294_967_290)
    {
        Origin = origin;
        _path = path;
        _random = new Random(seed);
        Serial = serial;
        for (var i = 0; i < names; i++)
        {
            SetName(i);
        }

        Save();
    }

    public DomainName Origin { get; }

    /// <summary>Begins shortly before the end of the numbers, so that it passes 0 (RFC 1982).</summary>
    public uint Serial { get; private set; }

    /// <summary>Adds, removes or replaces up to five names and writes the file with the next serial.</summary>
    public void Change()
    {
        for (var edits = _random.Next(1, 6); edits > 0; edits--)
        {
            if (_random.Next(3) == 0 && _names.Count > 5)
            {
                _names.Remove(_names.Keys.ElementAt(_random.Next(_names.Count)));
            }
            else
            {
                SetName(_random.Next(2000));
            }
        }

        Serial = Serial == uint.MaxValue ? 1 : Serial + 1;
        Save();
    }

    private void SetName(int number)
    {
        var timeToLive = _random.Next(1, 4) * 600;
        var owner = _random.Next(6) switch
        {
            0 => $"*.w{number}",
            1 => $"a.b{number}.c",
            2 => $"Sub{number}",
            _ => $"host{number}",
        };
        _names[owner] = _random.Next(5) switch
        {
            _ when owner[0] == 'S' => [$"{timeToLive} NS ns.sub{number}", $"{timeToLive} NS ns.other.test.", $"ns.sub{number} {timeToLive} A 192.0.2.{_random.Next(256)}"],
            0 => [$"{timeToLive} CNAME host{_random.Next(2000)}"],
            1 => [$"{timeToLive} TXT \"v={_random.Next()}\" \"two words\"", $"{timeToLive} TXT \"v=x\""],
            2 => [$"{timeToLive} NAPTR 100 10 \"u\" \"ALTO:https\" \"!.*!https://alto{_random.Next(9)}.isp.example/ird!\" ."],
            3 => [$"{timeToLive} MX 10 mail{_random.Next(20)}.isp.example.", $"{timeToLive} AAAA 2001:db8::{_random.Next(1, 9999)}"],
            _ => [$"{timeToLive} A 192.0.2.{_random.Next(128)}", $"{timeToLive} A 192.0.2.{128 + _random.Next(128)}"],
        };
    }

    private void Save()
    {
        var text = new StringBuilder($"$ORIGIN {Origin}\n$TTL 3600\n@ SOA ns1.isp.example. hostmaster.isp.example. {Serial} 3600 600 86400 300\n@ NS ns1.isp.example.\n@ NS ns2.isp.example.\n");
        foreach (var (owner, records) in _names)
        {
            foreach (var record in records)
            {
                text.Append(record.StartsWith("ns.", StringComparison.Ordinal) ? record : $"{owner} {record}").Append('\n');
            }
        }

        File.WriteAllText(_path + ".new", text.ToString());
        File.Move(_path + ".new", _path, overwrite: true);
    }
}
