// The kinds of values that settings take.

using System.Globalization;
using System.Net;
using System.Text;
using AltoDns.Protocol.Edns;
using AltoDns.Protocol.Names;
using AltoDns.Protocol.Presentation;
using AltoDns.Server.Access;
using AltoDns.Server.Listening;
using AltoDns.Server.Updates;
using AltoDns.Zones.Configuration;
using AltoDns.Zones.Updating;

namespace AltoDns.Server.Configuration;

internal static class ValueKinds
{
    private static readonly (string Suffix, int Shift)[] Units = [("KiB", 10), ("MiB", 20), ("GiB", 30)];

    public static ValueKind<bool> Flag { get; } = new("true or false", "true|false", (string text, string _, out bool value) =>
    {
        value = text is "true" or "on" or "yes";
        return value || text is "false" or "off" or "no" ? null : Wrong(text, "true or false", "Write true or false.");
    });

    public static ValueKind<IPEndPoint> ListenAddress { get; } = new("an address to listen on", "ADDRESS:PORT", (string text, string _, out IPEndPoint value) =>
    {
        var isRight = Listening.ListenAddress.TryParse(text, out var endpoint, out var fault);
        value = endpoint!;
        return isRight ? null : Split(fault!);
    });

    /// <summary>An address for HTTP; a port alone means the loopback.</summary>
    public static ValueKind<IPEndPoint> WebAddress(int defaultPort) => new("an address for HTTP", "[ADDRESS:]PORT", (string text, string _, out IPEndPoint value) =>
    {
        if (ushort.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port))
        {
            value = new IPEndPoint(IPAddress.Loopback, port);
            return null;
        }

        var isRight = Listening.ListenAddress.TryParse(text, out var endpoint, out var fault, defaultPort);
        value = endpoint!;
        return isRight ? null : Split(fault!);
    });

    /// <summary>The path of a URL.</summary>
    public static ValueKind<string> UrlPath { get; } = new("a path of a URL", "/PATH", (string text, string _, out string value) =>
    {
        value = text;
        return text is ['/', ..] && Uri.IsWellFormedUriString(text, UriKind.Relative) && !text.AsSpan().ContainsAny("?#{")
            ? null
            : Wrong(text, "a path of a URL", "Write one that begins with '/', such as /dns-query.");
    });

    /// <summary>The URL of a collector of metrics.</summary>
    public static ValueKind<Uri> CollectorUrl { get; } = new("the URL of a collector", "URL", (string text, string _, out Uri value) =>
    {
        var isRight = Uri.TryCreate(text, UriKind.Absolute, out var parsed) && parsed.Scheme is "http" or "https";
        value = parsed!;
        return isRight ? null : Wrong(text, "the URL of a collector", "Write one with http or https and a path, such as http://127.0.0.1:4318/v1/metrics.");
    });

    public static ValueKind<XdpInterface> Interface { get; } = new("an interface", "IFACE[:QUEUE,…]", (string text, string _, out XdpInterface value) =>
    {
        var isRight = XdpInterface.TryParse(text, out var parsed, out var fault);
        value = parsed!;
        return isRight ? null : Split(fault!);
    });

    public static ValueKind<DomainName> Name { get; } = new("a domain name", "NAME", (string text, string _, out DomainName value) =>
    {
        var error = DomainName.TryParse(Encoding.UTF8.GetBytes(text), DomainName.Root, out value);
        return error == NameError.None ? null : new Mistake($"'{PrefixText.Excerpt(text)}' is not a domain name: {error.Describe()}.", "Correct it.");
    });

    public static ValueKind<IPPrefix> Prefix { get; } = new("a prefix", "PREFIX", (string text, string _, out IPPrefix value) =>
        IPPrefix.TryParse(text, out value) switch
        {
            PrefixError.None => null,
            PrefixError.HostBits => Wrong(text, "a prefix", $"Write {value}."),
            _ => Wrong(text, "a prefix", "Write it as 192.0.2.53, 192.0.2.0/24 or 2001:db8::/32."),
        });

    /// <summary>The secret is never repeated in a message.</summary>
    public static ValueKind<byte[]> CookieSecret { get; } = new("a cookie secret", "HEX", (string text, string _, out byte[] value) =>
    {
        var isRight = text.Length == 2 * SipHash.KeyLength && text.All(char.IsAsciiHexDigit);
        value = isRight ? Convert.FromHexString(text) : [];
        return isRight ? null : new Mistake($"A cookie secret has {2 * SipHash.KeyLength} hexadecimal digits.", $"Take what 'openssl rand -hex {SipHash.KeyLength}' prints.");
    });

    /// <summary>Octets in base64. The secret is never repeated in a message.</summary>
    public static ValueKind<byte[]> Base64Secret { get; } = new("a secret in base64", "BASE64", (string text, string _, out byte[] value) =>
    {
        var octets = new byte[text.Length];
        var isRight = Convert.TryFromBase64String(text, octets, out var length) && length > 0;
        value = octets[..length];
        return isRight ? null : new Mistake("The secret is not base64.", "Take what 'tsig-keygen' or 'openssl rand -base64 32' prints.");
    });

    public static ValueKind<int> Number(string noun, int least, int most) => new(
        noun,
        "N",
        (string text, string _, out int value) =>
            int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value) && value >= least && value <= most
                ? null
                : Wrong(text, noun, $"Write one from {least} to {most}."),
        $"{least} to {most}");

    /// <summary>Octets as a number, with <c>KiB</c>, <c>MiB</c> or <c>GiB</c> if need be.</summary>
    public static ValueKind<long> Octets(string noun, long least, long most) => new(
        noun,
        "OCTETS",
        (string text, string _, out long value) =>
            TryParseOctets(text, out value) && value >= least && value <= most
                ? null
                : Wrong(text, noun, $"Write one from {least} to {most}, in octets or such as 4MiB."),
        $"{DescribeOctets(least)} to {DescribeOctets(most)}");

    public static ValueKind<TimeSpan> Period(string noun, TimeSpan least, TimeSpan most) => new(
        noun,
        "TIME",
        (string text, string _, out TimeSpan value) =>
            TryParsePeriod(text, out value) && value >= least && value <= most
                ? null
                : Wrong(text, noun, $"Write one from {Describe(least)} to {Describe(most)}: a number with ms, s, m, h or d."),
        $"{Describe(least)} to {Describe(most)}");

    /// <summary>One of several words.</summary>
    public static ValueKind<T> Word<T>(string noun, params (string Word, T Value)[] words)
    {
        var names = words.Select(word => word.Word).ToArray();
        var choice = $"{string.Join(", ", names[..^1])} or {names[^1]}";
        return new(
            noun,
            string.Join('|', names),
            (string text, string _, out T value) =>
            {
                var index = Array.IndexOf(names, text);
                value = index < 0 ? default! : words[index].Value;
                var meant = index < 0 ? Spelling.Closest(text, names) : null;
                return index >= 0 ? null : Wrong(text, noun, $"Write {choice}.{(meant is null ? "" : $" Did you mean {meant}?")}");
            });
    }

    /// <summary>Any text up to a length in UTF-8; also none.</summary>
    public static ValueKind<string> Text(string noun, int most) => new(
        noun,
        "TEXT",
        (string text, string _, out string value) =>
        {
            value = text;
            return Encoding.UTF8.GetByteCount(text) <= most ? null : new Mistake($"'{PrefixText.Excerpt(text)}' is too long.", $"Write {noun} of at most {most} octets.");
        },
        $"at most {most} octets")
    {
        MayBeEmpty = true,
    };

    /// <summary>A path; one in a file is relative to the file's folder.</summary>
    public static ValueKind<string> Path(string noun, string form) => new(noun, form, (string text, string folder, out string value) =>
    {
        value = System.IO.Path.Combine(folder, text);
        return text.Contains('\0', StringComparison.Ordinal) ? new Mistake("This is no path.", $"Name {noun}.") : null;
    });

    /// <summary>A rule of an update policy.</summary>
    public static ValueKind<UpdateRule> UpdateRule { get; } = new("a rule of who may change what", "RULE", (text, _, out rule) =>
        UpdateRuleText.TryParse(text, out rule, out var fault) ? null : Split(fault));

    /// <summary>What is wrong with a rule of access; null where nothing is.</summary>
    public static Mistake? FindRuleMistake(string text) => AccessRuleText.TryParse(text, out _, out var fault) ? null : Split(fault);

    /// <summary>What is wrong with another server's address; null where nothing is.</summary>
    public static Mistake? FindServerMistake(string text) => PeerText.TryParse(text, out _, out var fault) ? null : Split(fault);

    /// <summary>As it is written in a configuration.</summary>
    public static string Describe(TimeSpan period) => period.Milliseconds != 0 ? $"{period.TotalMilliseconds}ms" : Words.Of(period);

    private static Mistake Wrong(string text, string noun, string remedy) => new($"'{PrefixText.Excerpt(text)}' is not {noun}.", remedy);

    // Faults that other readers of text tell have their remedy behind the first full stop.
    private static Mistake Split(string fault)
    {
        var end = fault.IndexOf(". Write", StringComparison.Ordinal);
        return end < 0 ? new Mistake(fault, "Correct it.") : new Mistake(fault[..(end + 1)], fault[(end + 2)..]);
    }

    private static bool TryParseOctets(string text, out long octets)
    {
        var unit = Array.Find(Units, unit => text.EndsWith(unit.Suffix, StringComparison.Ordinal));
        var number = text[..^(unit.Suffix?.Length ?? 0)].TrimEnd(' ');
        if (!long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out octets) || octets > long.MaxValue >> unit.Shift)
        {
            return false;
        }

        octets <<= unit.Shift;
        return true;
    }

    private static string DescribeOctets(long octets)
    {
        var unit = Array.FindLast(Units, unit => octets >= 1L << unit.Shift && octets % (1L << unit.Shift) == 0);
        return $"{octets >> unit.Shift}{unit.Suffix}";
    }

    private static bool TryParsePeriod(string text, out TimeSpan period)
    {
        if (text.EndsWith("ms", StringComparison.Ordinal))
        {
            var isNumber = int.TryParse(text.AsSpan(0, text.Length - 2), NumberStyles.None, CultureInfo.InvariantCulture, out var milliseconds);
            period = TimeSpan.FromMilliseconds(milliseconds);
            return isNumber;
        }

        var isRight = TimeToLive.TryParse(Encoding.UTF8.GetBytes(text), out var seconds);
        period = TimeSpan.FromSeconds(seconds);
        return isRight;
    }
}
