using CsCheck;
using RemoteStore.Options;
using RemoteStore.Server.Options.Values;
using Shouldly;
using Xunit;

namespace RemoteStore.Server.Tests.Options;

public sealed class ValueTests
{
    [Theory]
    [InlineData("32MiB", 32L << 20)]
    [InlineData("1GiB", 1L << 30)]
    [InlineData("4KiB", 4096)]
    [InlineData("10MB", 10_000_000)]
    [InlineData("1kB", 1000)]
    [InlineData("65536", 65536)]
    [InlineData("7B", 7)]
    public void Size_Valid_Parses(string text, long expected)
    {
        ByteSize.TryParse(text, out long size, out _).ShouldBeTrue();
        size.ShouldBe(expected);
    }

    [Theory]
    [InlineData("")]
    [InlineData("MiB")]
    [InlineData("-1")]
    [InlineData("1.5MiB")]
    [InlineData("1 MiB")]
    [InlineData("9999999999GiB")]
    [InlineData("1TiB")]
    public void Size_Invalid_IsRefused(string text) => ByteSize.TryParse(text, out _, out _).ShouldBeFalse();

    [Fact]
    public void Size_Formatted_ParsesBack() => Gen.Long[0, long.MaxValue].Sample(size =>
        ByteSize.TryParse(ByteSize.Format(size), out long back, out _) && back == size);

    [Theory]
    [InlineData("30d", 30 * 86_400_000L)]
    [InlineData("1h30m", 5_400_000)]
    [InlineData("1.5h", 5_400_000)]
    [InlineData("90s500ms", 90_500)]
    [InlineData("30m1h", 5_400_000)]
    [InlineData("0", 0)]
    public void Duration_PrometheusOrGoForm_Parses(string text, long expectedMs)
    {
        DurationText.TryParse(text, out TimeSpan duration, out _).ShouldBeTrue();
        duration.TotalMilliseconds.ShouldBe(expectedMs);
    }

    [Theory]
    [InlineData("")]
    [InlineData("5")]
    [InlineData("-5m")]
    [InlineData("5 m")]
    [InlineData("1.2.3h")]
    [InlineData("h")]
    [InlineData("5parsecs")]
    [InlineData("9999999999h")]
    public void Duration_Invalid_IsRefusedWithReason(string text)
    {
        DurationText.TryParse(text, out _, out string? error).ShouldBeFalse();
        error.ShouldNotBeNullOrEmpty();
    }

    [Theory]
    [InlineData("127.0.0.1:9009", "127.0.0.1", 9009)]
    [InlineData("[::1]:80", "::1", 80)]
    [InlineData(":9009", "", 9009)]
    [InlineData("*:9009", "", 9009)]
    [InlineData("localhost:0", "localhost", 0)]
    public void Address_Valid_Parses(string text, string host, int port)
    {
        ListenAddress.TryParse(text, out ListenAddress? address, out _).ShouldBeTrue();
        address.ShouldBe(new ListenAddress(host, port));
    }

    [Theory]
    [InlineData("")]
    [InlineData("9009")]
    [InlineData("127.0.0.1")]
    [InlineData("127.0.0.1:")]
    [InlineData("127.0.0.1:70000")]
    [InlineData("::1:80")]
    [InlineData("[127.0.0.1]:80")]
    [InlineData("some.host:80")]
    public void Address_Invalid_IsRefused(string text) => ListenAddress.TryParse(text, out _, out _).ShouldBeFalse();
}
