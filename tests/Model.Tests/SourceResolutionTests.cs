using Shouldly;
using Xunit;

namespace RemoteStore.Model.Tests;

public sealed class SourceResolutionTests
{
    [Theory]
    [InlineData("5m", 300_000)]
    [InlineData("1h", 3_600_000)]
    [InlineData("0s", 0)]
    [InlineData("0", 0)]
    public void TryParse_Duration_IsTheCoarsestWhateverTheStep(string text, long expectedMs)
    {
        SourceResolution.TryParse(text, out SourceResolution resolution, out _).ShouldBeTrue();
        resolution.ResolveMs(1).ShouldBe(expectedMs);
        resolution.ResolveMs(86_400_000).ShouldBe(expectedMs);
        SourceResolution.TryParse(resolution.ToString(), out SourceResolution again, out _).ShouldBeTrue();
        again.ShouldBe(resolution);
    }

    [Fact]
    public void Auto_IsAFifthOfTheStep()
    {
        SourceResolution.TryParse("auto", out SourceResolution resolution, out _).ShouldBeTrue();
        resolution.ToString().ShouldBe("auto");
        resolution.ResolveMs(1).ShouldBe(0);
        resolution.ResolveMs(1_500_000).ShouldBe(300_000);
    }

    [Theory]
    [InlineData("")]
    [InlineData("Auto")]
    [InlineData("-5m")]
    [InlineData("5")]
    [InlineData("5m ")]
    public void TryParse_Other_SaysWhatIsWrong(string text)
    {
        SourceResolution.TryParse(text, out SourceResolution resolution, out string? error).ShouldBeFalse();
        resolution.ShouldBe(default);
        error.ShouldStartWith($"'{text}' is neither a duration such as 5m nor auto");
    }
}
