using System.Text;
using RemoteStore.Model.Labels;
using Shouldly;
using Xunit;

namespace RemoteStore.Model.Tests.Labels;

public sealed class LabelNamesTests
{
    [Theory]
    [InlineData("a", true, true, true)]
    [InlineData("_a9", true, true, true)]
    [InlineData("a:b", false, true, true)]
    [InlineData(":", false, true, true)]
    [InlineData("9a", false, false, true)]
    [InlineData("a.b", false, false, true)]
    [InlineData("é", false, false, true)]
    [InlineData("", false, false, false)]
    public void IsValid_Name_DependsOnTheScheme(string name, bool legacyLabel, bool legacyMetric, bool utf8)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(name);

        LabelNames.IsValid(bytes, NameScheme.Legacy).ShouldBe(legacyLabel);
        LabelNames.IsValidMetricName(bytes, NameScheme.Legacy).ShouldBe(legacyMetric);
        LabelNames.IsValid(bytes, NameScheme.Utf8).ShouldBe(utf8);
        LabelNames.IsValidMetricName(bytes, NameScheme.Utf8).ShouldBe(utf8);
    }

    [Fact]
    public void IsValid_BytesThatAreNotUtf8_AreNoName()
    {
        LabelNames.IsValid([0xff], NameScheme.Utf8).ShouldBeFalse();
        LabelNames.IsValidMetricName([0xc3], NameScheme.Utf8).ShouldBeFalse();
        LabelNames.IsValidValue([0xed, 0xa0, 0x80]).ShouldBeFalse();
        LabelNames.IsValidValue([]).ShouldBeTrue();
    }
}
