using Shouldly;
using Xunit;

namespace RemoteStore.Distributor.Tests;

public sealed class RemoteWriteOptionsTests
{
    [Fact]
    public void Validate_Defaults_AreFine() => new RemoteWriteOptions().Validate().ShouldBeEmpty();

    [Fact]
    public void Validate_AllWrong_TellsEveryFault()
    {
        var options = new RemoteWriteOptions { MaxRequestBytes = 1, MaxInflightBytes = 1, PooledBatches = -1, RetryAfterBase = TimeSpan.Zero };

        options.Validate().Count().ShouldBe(4);
    }
}
