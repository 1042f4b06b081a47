using CsCheck;
using RemoteStore.QueryFrontend.Analysis;
using RemoteStore.QueryFrontend.Splitting;
using Shouldly;
using Xunit;

namespace RemoteStore.QueryFrontend.Tests.Splitting;

public class RangeSplitterTests
{
    private const long DayMs = 86_400_000;

    /// <summary>Pieces have all steps once, in order, and none of them crosses a multiple of the interval.</summary>
    [Fact]
    public void Cut_AnyRange_KeepsStepsAndCrossesNoBoundary() => Gen.Select(
            Gen.Long[-1000, 1000], Gen.Int[0, 60], Gen.Long[1, 50], Gen.Long[0, 200], Gen.Long[-100, 100])
        .Sample(static (start, more, step, interval, origin) =>
        {
            var range = new StepRange(start, start + (more * step));
            StepRange[] pieces = [.. RangeSplitter.Cut(range, step, interval, origin)];

            pieces.SelectMany(piece => Steps(piece, step)).ShouldBe(Steps(range, step));
            foreach (StepRange piece in pieces.Where(_ => interval > 0))
            {
                Math.Floor((double)(piece.StartMs - origin) / interval).ShouldBe(Math.Floor((double)(piece.EndMs - origin) / interval));
            }

            for (int i = 1; i < pieces.Length; i++)
            {
                Math.Floor((double)(pieces[i].StartMs - origin) / interval).ShouldBeGreaterThan(Math.Floor((double)(pieces[i - 1].EndMs - origin) / interval));
            }
        });

    [Theory]
    [InlineData("rate(x[5m])", 7, 60_000, 1)]
    [InlineData("rate(x[36h])", 7, 60_000, 2)]
    [InlineData("rate(x[5m])", 30, DayMs, 8)]
    [InlineData("rate(x[5m])", 4, DayMs, 0)]
    [InlineData("rate(x[30d])", 7, 60_000, 0)]
    [InlineData("x + x @ 5", 7, 60_000, 0)]
    public void Interval_Query_IsAMultipleThatPaysOff(string query, int days, long stepMs, int expectedDays) => RangeSplitter
        .Interval(DayMs, new StepRange(0, days * DayMs), stepMs, QueryShape.Of(query, 300_000)!)
        .ShouldBe(expectedDays * DayMs);

    [Fact]
    public void Interval_Thousands_OfYears_StaysBelowAThousandPieces()
    {
        QueryShape shape = QueryShape.Of("x", 300_000)!;
        var range = new StepRange(0, 10_000_000 * DayMs);

        long interval = RangeSplitter.Interval(DayMs, range, 60_000, shape);

        (range.EndMs / interval).ShouldBeLessThanOrEqualTo(1_024);
        (interval % DayMs).ShouldBe(0);
    }

    private static long[] Steps(StepRange range, long step) => [.. Enumerable.Range(0, (int)range.Count(step)).Select(i => range.StartMs + (i * step))];
}
