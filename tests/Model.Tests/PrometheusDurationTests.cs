using CsCheck;
using Shouldly;
using Xunit;

namespace RemoteStore.Model.Tests;

public sealed class PrometheusDurationTests
{
    [Theory]
    [InlineData("0", 0L)]
    [InlineData("0s", 0L)]
    [InlineData("1ms", 1L)]
    [InlineData("250ms", 250L)]
    [InlineData("1h30m", 5_400_000L)]
    [InlineData("30d", 30 * 86_400_000L)]
    [InlineData("1y2w3d4h5m6s7ms", (365L + 14 + 3) * 86_400_000 + (4 * 3_600_000) + (5 * 60_000) + 6_007)]
    [InlineData("292y", 292L * 365 * 86_400_000)]
    public void TryParse_Valid_GivesMilliseconds(string text, long expectedMs)
    {
        PrometheusDuration.TryParse(text, out TimeSpan duration, out string? error).ShouldBeTrue();
        error.ShouldBeNull();
        duration.TotalMilliseconds.ShouldBe(expectedMs);
    }

    [Theory]
    [InlineData("")]
    [InlineData("1")]
    [InlineData("d")]
    [InlineData("-1d")]
    [InlineData("1d ")]
    [InlineData(" 1d")]
    [InlineData("1.5h")]
    [InlineData("30m1h")]
    [InlineData("1h1h")]
    [InlineData("1H")]
    [InlineData("1hour")]
    [InlineData("300y")]
    [InlineData("99999999999999999999s")]
    public void TryParse_Invalid_IsRefusedWithReason(string text)
    {
        PrometheusDuration.TryParse(text, out _, out string? error).ShouldBeFalse();
        error.ShouldNotBeNullOrEmpty();
    }

    [Theory]
    [InlineData(0L, "0s")]
    [InlineData(14 * 86_400_000L, "2w")]
    [InlineData(15 * 86_400_000L, "15d")]
    [InlineData(365 * 86_400_000L, "1y")]
    [InlineData(366 * 86_400_000L, "366d")]
    [InlineData(5_400_000L, "1h30m")]
    [InlineData(1_001L, "1s1ms")]
    public void Format_Duration_IsAsPrometheusPrintsIt(long milliseconds, string expected) =>
        PrometheusDuration.Format(TimeSpan.FromMilliseconds(milliseconds)).ShouldBe(expected);

    [Fact]
    public void Format_Any_ParsesBack() => Gen.Long[0, 9_000_000_000_000].Sample(static milliseconds =>
        PrometheusDuration.TryParse(PrometheusDuration.Format(TimeSpan.FromMilliseconds(milliseconds)), out TimeSpan back, out _) &&
        (long)back.TotalMilliseconds == milliseconds);

    [Fact]
    public void TryParse_AnyText_NeverThrows() => Gen.String["0123456789.-ymwdhs "].Sample(static text =>
    {
        _ = PrometheusDuration.TryParse(text, out _, out _);
    });
}
