using RemoteStore.Model.Samples;

namespace RemoteStore.Api.Tests.Json;

public sealed class HistogramBoundsTests
{
    [Theory]
    [InlineData(0, 0, 1)]
    [InlineData(1, 0, 2)]
    [InlineData(-1, 0, 0.5)]
    [InlineData(1, 1, 1.414213562373095)]
    [InlineData(3, 2, 1.6817928305074288)]
    [InlineData(1, -1, 4)]
    [InlineData(1, -4, 65536)]
    [InlineData(1024, 0, double.MaxValue)]
    [InlineData(1025, 0, double.PositiveInfinity)]
    [InlineData(64, -4, double.MaxValue)]
    [InlineData(65, -4, double.PositiveInfinity)]
    [InlineData(-1074, 0, double.Epsilon)]
    [InlineData(int.MaxValue, 8, double.PositiveInfinity)]
    [InlineData(int.MinValue, -4, 0)]
    [InlineData(255, 8, 1.9945921121709396)]
    public void UpperBound_IndexAndSchema_GivesTheReferenceBound(int index, int schema, double expected) =>
        HistogramBounds.UpperBound(index, schema).ShouldBe(expected);

    [Fact]
    public void UpperBound_FinerSchema_ContainsTheCoarserBounds()
    {
        for (int schema = 1; schema <= 8; schema++)
        {
            for (int index = -600; index < 600; index++)
            {
                HistogramBounds.UpperBound(index * 2, schema).ShouldBe(HistogramBounds.UpperBound(index, schema - 1));
                HistogramBounds.UpperBound(index + 1, schema).ShouldBeGreaterThan(HistogramBounds.UpperBound(index, schema));
            }
        }
    }
}
