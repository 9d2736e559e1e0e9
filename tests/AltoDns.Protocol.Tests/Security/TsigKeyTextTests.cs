// Key files in BIND's syntax, good and bad.

using AltoDns.Protocol.Security;

namespace AltoDns.Protocol.Tests.Security;

public sealed class TsigKeyTextTests
{
    [Fact]
    public void Reads_what_tsig_keygen_writes()
    {
        var (keys, faults) = TsigKeyText.Read("key \"Transfer.Key\" {\n\talgorithm hmac-sha256;\n\tsecret \"AQIDBA==\";\n};\n");
        Assert.Empty(faults);
        var key = Assert.Single(keys);
        Assert.Equal("transfer.key.", key.Name.ToString());
        Assert.Equal(TsigAlgorithm.HmacSha256, key.Algorithm);
        Assert.Equal([1, 2, 3, 4], key.Secret.ToArray());
        Assert.Equal(32, key.MacLength);
    }

    [Fact]
    public void Reads_several_keys_with_comments_and_without_quotes()
    {
        var (keys, faults) = TsigKeyText.Read(
            "# one\nkey a { secret AQID; algorithm \"HMAC-SHA512\"; }; // two\n/* three\n */ key b. { algorithm hmac-sha256-128; secret \"AQID\"; };");
        Assert.Empty(faults);
        Assert.Equal(["a.", "b."], keys.Select(key => key.Name.ToString()));
        Assert.Equal([64, 16], keys.Select(key => key.MacLength));
    }

    [Theory]
    [InlineData("", "1:1", "no key")]
    [InlineData("zone x;", "1:1", "'zone'")]
    [InlineData("key a { algorithm hmac-sha256; };", "1:1", "lacks its secret")]
    [InlineData("key a {\n secret \"AQID\";\n};", "1:1", "lacks its algorithm")]
    [InlineData("key a { algorithm hmac-sha3; secret \"AQID\"; };", "1:1", "'hmac-sha3' is not an algorithm")]
    [InlineData("key a { algorithm hmac-sha256-64; secret \"AQID\"; };", "1:1", "not an algorithm")]
    [InlineData("key a { algorithm hmac-md5; secret \"AQID\"; };", "1:1", "weak")]
    [InlineData("key a { algorithm hmac-sha256; secret \"A!\"; };", "1:1", "not Base64")]
    [InlineData("key a { algorithm hmac-sha256; secret \"\"; };", "1:1", "not Base64")]
    [InlineData("key a..b { algorithm hmac-sha256; secret \"AQID\"; };", "1:1", "empty label")]
    [InlineData("key a { algorithm hmac-sha256; secret \"AQID\"; }", "1:48", "The end of the file")]
    [InlineData("key a {\n algorithm hmac-sha256\n secret \"AQID\"; };", "3:2", "';' is expected")]
    [InlineData("key a { algorithm hmac-sha256; secret \"AQID\"; bits 5; };", "1:47", "'bits'")]
    [InlineData("key a { algorithm hmac-sha256; secret \"AQID\"; };\nkey A { algorithm hmac-sha256; secret \"AQID\"; };", "2:1", "twice")]
    public void Says_where_and_what_is_wrong(string text, string position, string fault)
    {
        var (_, faults) = TsigKeyText.Read(text);
        Assert.Equal(position, faults[0].Position.ToString());
        Assert.Contains(fault, faults[0].Fault, StringComparison.Ordinal);
        Assert.EndsWith(".", faults[0].Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public void Takes_weak_algorithms_where_they_are_allowed()
    {
        var (keys, faults) = TsigKeyText.Read("key a { algorithm hmac-md5; secret \"AQID\"; };", allowsWeak: true);
        Assert.Empty(faults);
        Assert.Equal(TsigAlgorithm.HmacMd5, Assert.Single(keys).Algorithm);
    }

    [Fact]
    public void Never_repeats_a_secret()
    {
        const string Secret = "c2VjcmV0";
        string[] texts = [$"key a {{ algorithm hmac-sha256; secret {Secret} {Secret}; }};", $"key a {{ secret; {Secret}", $"key {{ {Secret}"];
        foreach (var text in texts)
        {
            var (_, faults) = TsigKeyText.Read(text);
            Assert.NotEmpty(faults);
            Assert.All(faults, fault => Assert.DoesNotContain(Secret, fault.Fault + fault.Remedy, StringComparison.Ordinal));
        }
    }
}
