using RemoteStore.Model;
using RemoteStore.PromQL.Tests.Support;
using Shouldly;
using Xunit;
using Xunit.Abstractions;

namespace RemoteStore.PromQL.Tests.Memory;

/// <summary>
/// What queries over 24 h at 60 s hold at most, alone or with tasks that compute rows ahead. The figures are accounted, so that they are the same on any machine;
/// the output lists them.
/// </summary>
public sealed class QueryMemoryTargetTests(ITestOutputHelper output)
{
    private const long Minute = 60_000;
    private const long Day = 24 * 60 * Minute;
    private const long MiB = 1 << 20;

    [Theory]
    [InlineData("sum by (job) (rate(m[5m]))", 64 * MiB)]
    [InlineData("sum by (job) (m)", 1 * MiB)]
    [InlineData("sum by (job) (-m)", 1 * MiB)]
    [InlineData("max by (job) (max_over_time(rate(m[5m])[1h:5m]))", 2 * MiB)]
    [InlineData("topk(5, rate(m[5m]))", 8 * MiB)]
    [InlineData("limitk(5, rate(m[5m]))", 2 * MiB)]
    [InlineData("sum(limit_ratio(0.1, rate(m[5m])))", 1 * MiB)]
    [InlineData("avg by (job) (rate(m[5m]) > 3)", 2 * MiB)]
    public async Task Aggregation_OverADay_DoesNotGrowWithSeries(string query, long maxBytes)
    {
        long small = await PeakBytesAsync(query, 1_000);
        long half = await PeakBytesAsync(query, 10_000);
        half.ShouldBeLessThan(maxBytes);
        half.ShouldBeLessThan(small + (MiB / 2));
        if (query.StartsWith("sum by (job) (rate", StringComparison.Ordinal))
        {
            (await PeakBytesAsync(query, 20_000)).ShouldBe(half);
        }
    }

    [Theory]
    [InlineData("sum by (job) (m + on (instance) n)")] // one side, and labels and bitmaps of the results
    [InlineData("sum by (job) (m or n)")]
    [InlineData("sum by (job) (m and on (instance) n)")]
    [InlineData("sum(label_replace(m, \"host\", \"$1\", \"instance\", \"(.*):.*\"))")]
    [InlineData("quantile by (job) (0.9, n)")]
    public async Task Operator_OverADay_HoldsWhatItNeeds(string query)
    {
        long oneSide = 2_000 * ((Day / Minute) + 1) * sizeof(double);
        bool holdsValues = query.Contains('+', StringComparison.Ordinal) || query.StartsWith("quantile", StringComparison.Ordinal);
        (await PeakBytesAsync(query, 2_000)).ShouldBeLessThan(holdsValues ? oneSide + (oneSide / 2) : oneSide / 8);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(4)]
    public async Task Aggregation_OnSeveralThreads_HoldsFewRowsMoreForEach(int threads)
    {
        long alone = await PeakBytesAsync("sum by (job) (rate(m[5m]))", 10_000);
        long together = await PeakBytesAsync("sum by (job) (rate(m[5m]))", 10_000, threads);
        together.ShouldBeLessThan(alone + ((threads + 1) * 5 * MiB / 2)); // 2 MiB of rows computed ahead, and scratch
        (await PeakBytesAsync("sum by (job) (rate(m[5m]))", 20_000, threads)).ShouldBeLessThan(together + MiB);
    }

    [Theory]
    [InlineData("sum by (instance) (h)")]
    [InlineData("avg by (instance) (h)")]
    [InlineData("h + on (instance) h")]
    [InlineData("h")]
    public async Task Histograms_ThatAreHeld_AreCounted(string query)
    {
        long held = 20 * ((Day / Minute) + 1);
        long histogramBytes = new Model.Histograms.FloatHistogram().AllocatedBytes;
        (await PeakBytesAsync(query, 20)).ShouldBeGreaterThan(held * histogramBytes);
    }

    private async Task<long> PeakBytesAsync(string query, int series, int threads = 1)
    {
        var engine = new QueryEngine(new EngineOptions { MaxParallelism = threads }, TimeProvider.System);
        var store = new GeneratedStore(series, Minute) { Histograms = query.Contains('h', StringComparison.Ordinal) ? series : 0 };
        var request = new QueryRequest(query, Day, 2 * Day, Minute);
        Results.QueryResult result = await engine.QueryAsync(TenantId.Anonymous, store, request, CancellationToken.None);
        result.Series.ShouldNotBeEmpty();
        output.WriteLine($"{query}: {series} series, {result.Statistics.SamplesRead} samples, peak {result.Statistics.PeakMemoryBytes / 1024.0:0} KiB");
        return result.Statistics.PeakMemoryBytes;
    }
}
