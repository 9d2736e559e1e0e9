using System.Net;
using AltoDns.Protocol.Edns;

namespace AltoDns.Protocol.Tests.Edns;

public sealed class ServerCookieTests
{
    private const string Secret = "e5e973e5a6b2a43f48e7dc849e37bfcf";

    [Theory] // RFC 9018 appendix A
    [InlineData(Secret, "2464c4abcf10c957", "198.51.100.100", 1559731985, "2464c4abcf10c957010000005cf79f111f8130c3eee29480")]
    [InlineData(Secret, "2464c4abcf10c957", "198.51.100.100", 1559734385, "2464c4abcf10c957010000005cf7a871d4a564a1442aca77")]
    [InlineData(Secret, "fc93fc62807ddb86", "203.0.113.203", 1559734700, "fc93fc62807ddb86010000005cf7a9acf73a7810aca2381e")]
    [InlineData("445536bcd2513298075a5d379663c962", "22681ab97d52c298", "2001:db8:220:1:59de:d0f4:8769:82b8", 1559741961, "22681ab97d52c298010000005cf7c609a6bb79d16625507a")]
    public void Makes_the_cookies_of_RFC_9018(string secret, string client, string address, uint time, string expected)
    {
        var option = new byte[ServerCookie.OptionLength];

        ServerCookie.Write(Hex(secret), Hex(client), Address(address), time, option);

        Assert.Equal(expected, Convert.ToHexStringLower(option));
    }

    [Theory]
    [InlineData(Secret, "fc93fc62807ddb8601abcdef5cf78f71a314227b6679ebf5", "203.0.113.203", 1559730000, true)] // A.3: reserved octets are hashed as they came
    [InlineData("dd3bdf9344b678b185a6f5cb60fca715", "22681ab97d52c298010000005cf7c57926556bd0934c72f8", "2001:db8:220:1:59de:d0f4:8769:82b8", 1559741961, true)] // A.4
    [InlineData(Secret, "fc93fc62807ddb8601abcdef5cf78f71a314227b6679ebf5", "203.0.113.204", 1559730000, false)] // another client
    [InlineData(Secret, "fc93fc62807ddb8601abcdef5cf78f71a314227b6679ebf4", "203.0.113.203", 1559730000, false)] // another hash
    [InlineData(Secret, "fc93fc62807ddb8601abcdef5cf78f71a314227b6679ebf5", "203.0.113.203", 1559727985 + 3600, true)]
    [InlineData(Secret, "fc93fc62807ddb8601abcdef5cf78f71a314227b6679ebf5", "203.0.113.203", 1559727985 + 3601, false)] // over an hour old
    [InlineData(Secret, "fc93fc62807ddb8601abcdef5cf78f71a314227b6679ebf5", "203.0.113.203", 1559727985 - 300, true)]
    [InlineData(Secret, "fc93fc62807ddb8601abcdef5cf78f71a314227b6679ebf5", "203.0.113.203", 1559727985 - 301, false)] // from the future
    [InlineData(Secret, "fc93fc62807ddb8602abcdef5cf78f71a314227b6679ebf5", "203.0.113.203", 1559730000, false)] // another version
    [InlineData(Secret, "fc93fc62807ddb86", "203.0.113.203", 1559730000, false)] // a client cookie alone
    public void Takes_back_what_it_or_its_like_made(string secret, string option, string address, uint now, bool valid) =>
        Assert.Equal(valid, ServerCookie.IsValid(Hex(secret), Hex(option), Address(address), now));

    [Theory]
    [InlineData(0, false)]
    [InlineData(7, false)]
    [InlineData(8, true)]
    [InlineData(9, false)]
    [InlineData(15, false)]
    [InlineData(16, true)]
    [InlineData(40, true)]
    [InlineData(41, false)]
    public void Knows_the_lengths_that_an_option_may_have(int length, bool wellFormed) =>
        Assert.Equal(wellFormed, ServerCookie.IsWellFormed(new byte[length]));

    [Theory] // the reference implementation's vectors: key 00..0f, data 00, 0001, ...
    [InlineData(0, "310e0edd47db6f72")]
    [InlineData(1, "fd67dc93c539f874")]
    [InlineData(15, "e545be4961ca29a1")]
    public void Hashes_as_SipHash_does(int length, string expected)
    {
        var key = Enumerable.Range(0, SipHash.KeyLength).Select(i => (byte)i).ToArray();
        var data = Enumerable.Range(0, length).Select(i => (byte)i).ToArray();

        var hash = BitConverter.GetBytes(SipHash.Compute(key, data));

        Assert.Equal(expected, Convert.ToHexStringLower(hash));
    }

    private static byte[] Hex(string text) => Convert.FromHexString(text);

    private static byte[] Address(string text) => IPAddress.Parse(text).GetAddressBytes();
}
