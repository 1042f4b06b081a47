using RemoteStore.Api.Parameters;

namespace RemoteStore.Api.Tests.Parameters;

public sealed class ApiTimeTests
{
    [Theory]
    [InlineData("0", 0)]
    [InlineData("123", 123_000)]
    [InlineData("123.123", 123_123)]
    [InlineData("123.1234", 123_123)]
    [InlineData("123.9996", 124_000)]
    [InlineData("-1.5", -1_500)]
    [InlineData("1543578564.705", 1_543_578_564_705)]
    [InlineData("1e3", 1_000_000)]
    [InlineData("2015-06-03T13:21:58.555Z", 1_433_337_718_555)]
    [InlineData("2015-06-03T14:21:58.555+01:00", 1_433_337_718_555)]
    [InlineData("2015-06-03T11:51:58.555999999-01:30", 1_433_337_718_555)]
    [InlineData("2015-06-03T13:21:58Z", 1_433_337_718_000)]
    [InlineData("1969-12-31T23:59:59.999Z", -1)]
    [InlineData("0001-01-01T00:00:00Z", -62_135_596_800_000)]
    [InlineData("9999-12-31T23:59:59.999Z", 253_402_300_799_999)]
    [InlineData("-292273086-05-16T16:47:06Z", -9_223_309_901_257_974_000)]
    [InlineData("292277025-08-18T07:12:54.999999999Z", 9_223_309_901_257_974_999)]
    [InlineData("1600096945479", 1_600_096_945_479_000)] // milliseconds sent for seconds
    [InlineData("9223372036854774", 9_223_372_036_854_774_000)]
    [InlineData("9223372036854776", long.MaxValue)]
    [InlineData("1e300", long.MaxValue)]
    [InlineData("-1e300", long.MinValue)]
    public void TryParse_Valid_GivesMilliseconds(string text, long expected)
    {
        ApiTime.TryParse(text, out long timestampMs).ShouldBeTrue();
        timestampMs.ShouldBe(expected);
    }

    [Theory]
    [InlineData("")]
    [InlineData("foo")]
    [InlineData("30s")]
    [InlineData("NaN")]
    [InlineData("Inf")]
    [InlineData("1e400")]
    [InlineData("1,5")]
    [InlineData("2015-06-03")]
    [InlineData("2015-06-03T13:21:58")]
    [InlineData("2015-06-03 13:21:58Z")]
    [InlineData("2015-06-03T13:21:58.Z")]
    [InlineData("2015-02-30T13:21:58Z")]
    [InlineData("2015-06-03T25:21:58Z")]
    [InlineData("2015-06-03T13:21:58+1:00")]
    [InlineData("2015-06-03T13:21:58+24:00")]
    [InlineData("2015-06-03T13:21:58Zx")]
    public void TryParse_Invalid_IsFalse(string text) => ApiTime.TryParse(text, out _).ShouldBeFalse();
}
