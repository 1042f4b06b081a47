namespace RemoteStore.Api.Tests;

public sealed class ReadApiOptionsTests
{
    [Fact]
    public void Validate_Defaults_AreFine() => new ReadApiOptions().Validate().ShouldBeEmpty();

    [Fact]
    public void Validate_AllWrong_TellsEveryFault() =>
        new ReadApiOptions
        {
            RemoteReadMaxRequestBytes = 1,
            RemoteReadSampleLimit = 0,
            RemoteReadConcurrency = 0,
        }.Validate().Count().ShouldBe(3);
}
