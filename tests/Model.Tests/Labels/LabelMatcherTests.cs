using RemoteStore.Model.Labels;
using Shouldly;
using Xunit;
using MatchType = RemoteStore.Model.Labels.MatchType;

namespace RemoteStore.Model.Tests.Labels;

public sealed class LabelMatcherTests
{
    [Theory]
    [InlineData(MatchType.Equal, "a", "a", true)]
    [InlineData(MatchType.Equal, "a", "", false)]
    [InlineData(MatchType.Equal, "", "", true)]
    [InlineData(MatchType.NotEqual, "a", "", true)]
    [InlineData(MatchType.NotEqual, "a", "a", false)]
    [InlineData(MatchType.Regexp, "a|", "", true)]
    [InlineData(MatchType.Regexp, "a.*", "ab", true)]
    [InlineData(MatchType.Regexp, "a", "ab", false)]
    [InlineData(MatchType.NotRegexp, ".*", "", false)]
    [InlineData(MatchType.NotRegexp, ".+", "", true)]
    public void Matches_Value_FollowsTheOperator(MatchType type, string pattern, string value, bool expected)
    {
        var matcher = new LabelMatcher(type, "x", pattern);
        byte[] utf8 = System.Text.Encoding.UTF8.GetBytes(value);

        matcher.Matches(utf8).ShouldBe(expected);
        matcher.Inverse().Matches(utf8).ShouldBe(!expected);
        matcher.MatchesEmpty.ShouldBe(matcher.Matches([]));
        (matcher.Regex is not null).ShouldBe(type is MatchType.Regexp or MatchType.NotRegexp);
    }

    [Fact]
    public void Constructor_InvalidPattern_ThrowsWithTheParserText() =>
        Should.Throw<FormatException>(() => new LabelMatcher(MatchType.NotRegexp, "x", "(a")).Message.ShouldBe(
            "error parsing regexp: missing closing ): `(a`");

    [Fact]
    public void Constructor_EqualWithWhatIsNoPattern_IsFine() => new LabelMatcher(MatchType.Equal, "x", "(a").Matches("(a"u8).ShouldBeTrue();

    [Fact]
    public void ToString_AnyMatcher_IsPromQL()
    {
        new LabelMatcher(MatchType.Equal, "job", "a\"b\\\n").ToString().ShouldBe("job=\"a\\\"b\\\\\\n\"");
        new LabelMatcher(MatchType.NotRegexp, "my.name", "a.*").ToString().ShouldBe("\"my.name\"!~\"a.*\"");
        new LabelMatcher(MatchType.Regexp, "a", "b").Inverse().ToString().ShouldBe("a!~\"b\"");
    }
}
