// Names as text and octets: escapes, limits, origin, equality and order.

using System.Text;
using AltoDns.Protocol.Names;

namespace AltoDns.Protocol.Tests.Names;

public sealed class DomainNameTests
{
    private static readonly DomainName Origin = DomainName.Parse("example.");

    [Theory]
    [InlineData(".", "00", ".")]
    [InlineData("a.", "016100", "a.")]
    [InlineData("A.b", "0141016207" + "6578616D706C6500", "A.b.example.")]
    [InlineData("@", "076578616D706C6500", "example.")]
    [InlineData("\\@", "014007" + "6578616D706C6500", "\\@.example.")]
    [InlineData("\\064.", "014000", "\\@.")]
    [InlineData("@.", "014000", "\\@.")]
    [InlineData("a\\.b.", "03612E6200", "a\\.b.")]
    [InlineData("a\\046b.", "03612E6200", "a\\.b.")]
    [InlineData("a\\.", "02612E07" + "6578616D706C6500", "a\\..example.")]
    [InlineData("\\000\\255\\032.", "0300FF2000", "\\000\\255\\032.")]
    [InlineData("\\\"\\;\\(\\)\\$\\\\.", "06223B2829245C00", "\\\"\\;\\(\\)\\$\\\\.")]
    [InlineData("\\a\\*.", "02612A00", "a*.")]
    [InlineData("*.", "012A00", "*.")]
    public void Text_becomes_octets_and_text_again(string text, string hex, string printed)
    {
        Assert.Equal(NameError.None, DomainName.TryParse(Encoding.UTF8.GetBytes(text), Origin, out var name));
        Assert.Equal(hex, Convert.ToHexString(name.Wire));
        Assert.Equal(printed, name.ToString());
        Assert.Equal(name.Wire.ToArray(), DomainName.Parse(printed).Wire.ToArray());
        Assert.True(DomainName.TryFromWire(name.Wire, out var copy));
        Assert.Equal(name, copy);
    }

    [Theory]
    [InlineData("", NameError.Empty)]
    [InlineData("..", NameError.EmptyLabel)]
    [InlineData(".a", NameError.EmptyLabel)]
    [InlineData("a..", NameError.EmptyLabel)]
    [InlineData("a..b", NameError.EmptyLabel)]
    [InlineData("\\", NameError.BadEscape)]
    [InlineData("a.\\", NameError.BadEscape)]
    [InlineData("\\1", NameError.BadEscape)]
    [InlineData("\\12", NameError.BadEscape)]
    [InlineData("\\12a", NameError.BadEscape)]
    [InlineData("\\256", NameError.BadEscape)]
    [InlineData("\\999.", NameError.BadEscape)]
    public void Bad_text_is_refused(string text, NameError expected)
    {
        Assert.Equal(expected, DomainName.TryParse(Encoding.UTF8.GetBytes(text), Origin, out var name));
        Assert.True(name.IsRoot);
        Assert.Throws<FormatException>(() => DomainName.Parse(text));
    }

    [Fact]
    public void Label_takes_63_octets()
    {
        Assert.Equal(65, DomainName.Parse(new string('a', 63)).Length);
        Assert.Equal(NameError.LabelTooLong, Parse(new string('a', 64), default));
        Assert.Equal(NameError.LabelTooLong, Parse(string.Concat(Enumerable.Repeat("\\097", 64)), default));
    }

    [Fact]
    public void Name_takes_255_octets_with_its_origin()
    {
        var label = new string('a', 63) + '.';
        var longest = label + label + label + new string('b', 61);
        Assert.Equal(255, DomainName.Parse(longest).Length);
        Assert.Equal(255, DomainName.Parse(longest + '.').Length);
        Assert.Equal(NameError.NameTooLong, Parse(longest + "b", default));
        Assert.Equal(NameError.NameTooLong, Parse(longest + "b.", default));
        Assert.Equal(NameError.NameTooLong, Parse(longest + ".b", default));
        Assert.Equal(NameError.NameTooLong, Parse(longest, Origin));
        Assert.Equal(NameError.None, Parse(longest[..^8], Origin));
        Assert.Equal(NameError.NameTooLong, Parse(longest[..^7], Origin));
    }

    [Fact]
    public void Name_takes_127_labels()
    {
        var name = DomainName.Parse(string.Concat(Enumerable.Repeat("a.", 127)));
        Assert.Equal(127, name.LabelCount);
        Assert.Equal(255, name.Length);
        Assert.Equal(NameError.NameTooLong, Parse(string.Concat(Enumerable.Repeat("a.", 128)), default));
        Assert.False(name.TryPrependWildcard(out _));
    }

    [Fact]
    public void Case_of_ASCII_letters_makes_no_difference()
    {
        var upper = DomainName.Parse("AZ[@`{az\\200.Example.");
        var lower = DomainName.Parse("az[@`{AZ\\200.eXAMPLE.");
        Assert.Equal(upper, lower);
        Assert.Equal(upper.GetHashCode(), lower.GetHashCode());
        Assert.Equal(0, upper.CompareTo(lower));
        Assert.True(upper == lower && upper <= lower && upper >= lower && !(upper != lower));
        Assert.Equal("az[\\@`{az\\200.example.", upper.ToLower().ToString());
        Assert.NotEqual(DomainName.Parse("@."), DomainName.Parse("`."));
        Assert.NotEqual(DomainName.Parse("["), DomainName.Parse("{"));
        Assert.NotEqual(DomainName.Parse("a\\.b"), DomainName.Parse("a.b"));
    }

    [Fact]
    public void Sorts_as_the_example_of_RFC_4034()
    {
        string[] expected =
        [
            ".", "example.", "a.example.", "yljkjljk.a.example.", "Z.a.example.", "zABC.a.EXAMPLE.", "z.example.", "\\001.z.example.",
            "*.z.example.", "\\200.z.example.",
        ];
        var names = expected.Select(DomainName.Parse).ToArray();
        var shuffled = names.ToArray();
        new Random(4034).Shuffle(shuffled);
        Assert.Equal(names, shuffled.Order());
        for (var i = 1; i < names.Length; i++)
        {
            Assert.True(names[i - 1] < names[i] && names[i] > names[i - 1]);
        }
    }

    [Theory]
    [InlineData("a.example.", "example.", true)]
    [InlineData("A.EXAMPLE.", "example.", true)]
    [InlineData("example.", "example.", true)]
    [InlineData("example.", ".", true)]
    [InlineData(".", ".", true)]
    [InlineData(".", "example.", false)]
    [InlineData("example.", "a.example.", false)]
    [InlineData("badexample.", "example.", false)]
    [InlineData("a\\.example.", "example.", false)]
    [InlineData("x.a\\007example.", "example.", false)]
    public void Subdomain_ends_in_its_ancestor_at_a_label(string name, string ancestor, bool expected) =>
        Assert.Equal(expected, DomainName.Parse(name).IsSubdomainOf(DomainName.Parse(ancestor)));

    [Fact]
    public void Walks_up_to_the_root()
    {
        var name = DomainName.Parse("a.B.c.");
        Assert.Equal("a"u8, name.FirstLabel);
        Assert.Equal("B.c.", name.Parent.ToString());
        Assert.True(name.Parent.Parent.Parent.IsRoot);
        Assert.True(DomainName.Root.Parent.IsRoot);
        Assert.Equal(0, DomainName.Root.LabelCount);
        Assert.True(DomainName.Root.FirstLabel.IsEmpty);
    }

    [Fact]
    public void Prepends_labels_that_fit()
    {
        Assert.True(Origin.TryPrepend("a.b"u8, out var name));
        Assert.Equal("a\\.b.example.", name.ToString());
        Assert.True(Origin.TryPrependWildcard(out var wildcard));
        Assert.True(wildcard.IsWildcard);
        Assert.False(DomainName.Parse("**.example.").IsWildcard);
        Assert.False(Origin.TryPrepend([], out _));
        Assert.False(Origin.TryPrepend(new byte[64], out _));
    }

    [Fact]
    public void Any_octets_survive_the_way_through_text()
    {
        var random = new Random(1035);
        for (var round = 0; round < 500; round++)
        {
            var name = DomainName.Root;
            for (var labels = random.Next(1, 8); labels > 0; labels--)
            {
                var label = new byte[random.Next(1, 25)];
                random.NextBytes(label);
                Assert.True(name.TryPrepend(label, out name));
            }

            Assert.Equal(name.Wire.ToArray(), DomainName.Parse(name.ToString()).Wire.ToArray());
        }
    }

    private static NameError Parse(string text, DomainName origin) => DomainName.TryParse(Encoding.UTF8.GetBytes(text), origin, out _);
}
