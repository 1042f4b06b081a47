using Shouldly;
using Xunit;

namespace RemoteStore.Distributor.Tests;

public sealed class RetryAfterTests
{
    [Theory]
    [InlineData(null, 6)]
    [InlineData("", 6)]
    [InlineData("x", 6)]
    [InlineData("-3", 6)]
    [InlineData("1", 6)]
    [InlineData("2", 12)]
    [InlineData("3", 24)]
    [InlineData("5", 96)]
    [InlineData("6", 96)]
    [InlineData("2147483647", 96)]
    public void Seconds_Attempt_DoublesUpToTheMaximum(string? attempt, int expected)
    {
        new RetryAfter(TimeSpan.FromSeconds(6), TimeSpan.FromSeconds(96), new Middle()).Seconds(attempt).ShouldBe(expected);
    }

    [Fact]
    public void Seconds_Jitter_StaysWithinHalfTheWaitAndVaries()
    {
        var waits = new RetryAfter(TimeSpan.FromSeconds(6), TimeSpan.FromSeconds(96), new Random(1));

        List<int> seconds = [.. Enumerable.Range(0, 1000).Select(_ => waits.Seconds("4"))];

        seconds.ShouldAllBe(static s => s >= 24 && s <= 72);
        seconds.Distinct().Count().ShouldBeGreaterThan(20);
    }

    private sealed class Middle : Random
    {
        public override double NextDouble() => 0.5;
    }
}
