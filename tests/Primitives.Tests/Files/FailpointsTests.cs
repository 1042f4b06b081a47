using RemoteStore.Primitives.Files;
using Shouldly;
using Xunit;

namespace RemoteStore.Primitives.Tests.Files;

public sealed class FailpointsTests
{
    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("  ")]
    public void Parse_Nothing_ArmsNothing(string? text) => Failpoints.Parse(text).ShouldBeSameAs(Failpoints.None);

    [Theory]
    [InlineData("flush")]
    [InlineData("flush=")]
    [InlineData("flush=stop")]
    [InlineData("flush=kill:x")]
    [InlineData("flush=kill;merge")]
    public void Parse_NotTheForm_Throws(string text) => Should.Throw<FormatException>(() => Failpoints.Parse(text)).Message.ShouldContain("name=kill[:N]");

    [Fact]
    public void Parse_SeveralItems_LeaveOtherNamesAlone()
    {
        var failpoints = Failpoints.Parse("flush.begin=kill; merge.end=kill:3");

        failpoints.Hit("flush.end"); // still alive
        failpoints.Hit("merge.end"); // the first of three hits
        failpoints.ShouldNotBeSameAs(Failpoints.None);
    }

    [Fact]
    public void Hit_NthTime_FiresOnce()
    {
        int fired = 0;
        var failpoints = Failpoints.With("swap", () => fired++, hit: 2);

        failpoints.Hit("swap");
        fired.ShouldBe(0);
        failpoints.Hit("other");
        failpoints.Hit("swap");
        fired.ShouldBe(1);
        failpoints.Hit("swap");
        fired.ShouldBe(1);
    }

    [Fact]
    public void Hit_ActionThatHitsAgain_DoesNotDeadlock()
    {
        Failpoints? failpoints = null;
        int fired = 0;
        failpoints = Failpoints.With("swap", () =>
        {
            fired++;
            failpoints!.Hit("swap");
        });

        failpoints.Hit("swap");

        fired.ShouldBe(1);
    }
}
