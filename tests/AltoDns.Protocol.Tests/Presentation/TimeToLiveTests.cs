// TTLs and signature times as people write them.

using System.Text;
using AltoDns.Protocol.Presentation;

namespace AltoDns.Protocol.Tests.Presentation;

public sealed class TimeToLiveTests
{
    [Theory]
    [InlineData("0", 0)]
    [InlineData("3600", 3600)]
    [InlineData("007", 7)]
    [InlineData("2147483647", 2147483647)]
    [InlineData("1h", 3600)]
    [InlineData("1H30M", 5400)]
    [InlineData("1w2d3h4m5s", 788645)]
    [InlineData("1m30", 90)]
    [InlineData("3550w5d3h14m7s", 2147483647)]
    public void Seconds_and_units_are_read(string text, uint expected)
    {
        Assert.True(TimeToLive.TryParse(Encoding.UTF8.GetBytes(text), out var seconds));
        Assert.Equal(expected, seconds);
    }

    [Theory]
    [InlineData("")]
    [InlineData("h")]
    [InlineData("1x")]
    [InlineData("1hh")]
    [InlineData("-1")]
    [InlineData("+1")]
    [InlineData("1 h")]
    [InlineData("1.5h")]
    [InlineData("2147483648")]
    [InlineData("3550w5d3h14m8s")]
    [InlineData("99999999999999999999999")]
    [InlineData("2147483647w2147483647w2147483647w")]
    public void Anything_else_is_refused(string text)
    {
        Assert.False(TimeToLive.TryParse(Encoding.UTF8.GetBytes(text), out var seconds));
        Assert.Equal(0u, seconds);
    }

    [Theory]
    [InlineData("19700101000000", 0u, "19700101000000")]
    [InlineData("21060207062815", 4294967295u, "21060207062815")]
    [InlineData("4294967295", 4294967295u, "21060207062815")]
    [InlineData("20240229235959", 1709251199u, "20240229235959")]
    [InlineData("0", 0u, "19700101000000")]
    public void Signature_time_is_read_in_both_forms(string text, uint expected, string printed)
    {
        Assert.True(SignatureTime.TryParse(Encoding.UTF8.GetBytes(text), out var seconds));
        Assert.Equal(expected, seconds);
        Assert.Equal(printed, SignatureTime.ToString(seconds));
    }

    [Theory]
    [InlineData("")]
    [InlineData("20230229000000")]
    [InlineData("20230101240000")]
    [InlineData("2023010100000")]
    [InlineData("202301010000000")]
    [InlineData("4294967296")]
    [InlineData("21060207062816")]
    [InlineData("2023-01-01 000")]
    public void Other_signature_times_are_refused(string text) =>
        Assert.False(SignatureTime.TryParse(Encoding.UTF8.GetBytes(text), out _));

    [Theory]
    [InlineData("", "")]
    [InlineData("f", "CO")]
    [InlineData("fo", "CPNG")]
    [InlineData("foo", "CPNMU")]
    [InlineData("foob", "CPNMUOG")]
    [InlineData("fooba", "CPNMUOJ1")]
    [InlineData("foobar", "CPNMUOJ1E8")]
    public void Base32hex_is_that_of_RFC_4648(string text, string encoded)
    {
        Assert.Equal(encoded, Base32Hex.Encode(Encoding.UTF8.GetBytes(text)));
        foreach (var form in new[] { encoded, encoded.ToLowerInvariant() })
        {
            Assert.True(Base32Hex.TryDecode(Encoding.UTF8.GetBytes(form), out var octets));
            Assert.Equal(text, Encoding.UTF8.GetString(octets));
        }
    }

    [Theory]
    [InlineData("C")]
    [InlineData("CPN")]
    [InlineData("CPNMUO")]
    [InlineData("CP")]
    [InlineData("CO======")]
    [InlineData("W0")]
    public void Other_base32hex_is_refused(string text) => Assert.False(Base32Hex.TryDecode(Encoding.UTF8.GetBytes(text), out _));
}
