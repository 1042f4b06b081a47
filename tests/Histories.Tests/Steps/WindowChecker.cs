using RemoteStore.Histories.Tests.Model;
using RemoteStore.Histories.Tests.Store;
using RemoteStore.Model;
using RemoteStore.Model.Samples;
using RemoteStore.Storage.Querying;
using RemoteStore.Testing.LongTerm;

namespace RemoteStore.Histories.Tests.Steps;

/// <summary>
/// Asks as a function over aligned ranges does, for which windows may stand in for samples, and holds that what comes back says the same of each range as the
/// samples of the model.
/// </summary>
internal sealed class WindowChecker(StoreUnderTest store, Checker checker)
{
    private const int MaxEvaluations = 60;

    /// <summary>Checks one selection.</summary>
    /// <returns>What it met: <c>Skipped</c>, <c>Samples</c> when there was no window, else <c>Windows</c>.</returns>
    public async Task<string> CheckAsync(TenantModel tenant, Random random)
    {
        if (checker.LossesExpected || store.FloorMs != long.MinValue)
        {
            return "Skipped"; // where samples are past their retention windows may be left, or not
        }

        long resolutionMs = LongTermStore.Tiers[random.Next(LongTermStore.Tiers.Count)].ResolutionMs;
        long rangeMs = resolutionMs * random.Next(1, 4);
        long stepMs = resolutionMs * random.Next(1, 4);
        QueryRange times = Checker.AnyRange(tenant, random);
        long first = Math.Max(times.MinTime, store.NowMs - (long)TimeSpan.FromDays(9).TotalMilliseconds) / resolutionMs * resolutionMs;
        int evaluations = 1 + (int)Math.Min(MaxEvaluations - 1, Math.Max(0, Math.Min(times.MaxTime, store.NowMs) - first) / stepMs);
        var matchers = MatcherModel.Any(random);
        var range = new QueryRange(first - rangeMs + 1, first + ((evaluations - 1) * stepMs));
        var hints = new SelectHints(range, stepMs, "count_over_time") { RangeMs = rangeMs, FirstEvaluationMs = first, AcceptsWindows = true };
        await using IQuerier querier = await store.Queryable.OpenQuerierAsync(tenant.Tenant, range, CancellationToken.None);
        await using ISeriesSet set = await querier.SelectAsync(true, hints, matchers.Matchers, CancellationToken.None);
        HashSet<SeriesModel> left = [.. tenant.Series.Where(s => matchers.Matches(s.Labels) && s.Samples.Keys.Any(IsLookedAt))];
        bool any = false;
        while (await set.MoveNextAsync(CancellationToken.None))
        {
            SeriesBatch batch = set.Current;
            for (int i = 0; i < batch.Count; i++)
            {
                SeriesModel series = tenant.Find(batch.Labels(i)) ?? throw new HistoryException($"{tenant.Tenant} never wrote {batch.Labels(i)}");
                _ = left.Remove(series);
                any |= batch.Windows(i).Length + batch.HistogramWindows(i).Length > 0;
                for (int evaluation = 0; evaluation < evaluations; evaluation++)
                {
                    long end = first + (evaluation * stepMs);
                    Compare(batch, i, series, new QueryRange(end - rangeMs + 1, end));
                }
            }
        }

        return left.Count == 0 ? any ? "Windows" : "Samples" : throw new HistoryException($"{left.First().Labels} is missing in {range} at {resolutionMs} ms");

        // Between the ranges of evaluations that lie apart windows may be left out.
        bool IsLookedAt(long time) => range.Contains(time) && (stepMs - ((time - first) % stepMs)) % stepMs < rangeMs;
    }

    private static void Compare(SeriesBatch batch, int index, SeriesModel series, QueryRange range)
    {
        (long T, double Value)[] expected =
        [
            .. series.Samples.Where(s => range.Contains(s.Key) && s.Value.Histogram is null && s.Value.Bits != SampleBits.StaleMarker)
                .Select(static s => (s.Key, BitConverter.Int64BitsToDouble(s.Value.Bits))),
        ];
        WindowAggregate actual = Gather(batch, index, range);
        Hold(expected.Length == actual.Count, $"{expected.Length} samples", $"{actual.Count}");
        if (expected.Length > 0)
        {
            double[] numbers = [.. expected.Select(static s => s.Value).Where(static v => !double.IsNaN(v)).DefaultIfEmpty(double.NaN)];
            double sum = expected.Sum(static s => s.Value);
            double size = expected.Sum(static s => Math.Abs(s.Value));
            Hold(expected[0].T == actual.FirstMs && Same(expected[0].Value, actual.First), $"first {expected[0]}", $"({actual.FirstMs}, {actual.First})");
            Hold(expected[^1].T == actual.LastMs && Same(expected[^1].Value, actual.Last), $"last {expected[^1]}", $"({actual.LastMs}, {actual.Last})");
            Hold(numbers.Min().Equals(actual.Min), $"min {numbers.Min()}", $"{actual.Min}");
            Hold(numbers.Max().Equals(actual.Max), $"max {numbers.Max()}", $"{actual.Max}");
            Hold(!double.IsFinite(size) || Math.Abs(sum - actual.Sum) <= 1e-12 * size, $"sum {sum}", $"{actual.Sum}");
        }

        long histograms = series.Samples.Count(s => range.Contains(s.Key) && s.Value.Histogram is not null && !IsStale(s.Value));
        Hold(histograms == CountHistograms(batch, index, range), $"{histograms} histograms", $"{CountHistograms(batch, index, range)}");

        void Hold(bool holds, string wanted, string got)
        {
            if (!holds)
            {
                throw new HistoryException(
                    $"{series.Labels} in {range}: {wanted} expected, {got} came of {batch.Windows(index).Length} windows and {batch.Timestamps(index).Length} samples");
            }
        }
    }

    /// <summary>All floats of the range in one: windows and the samples beside them.</summary>
    private static WindowAggregate Gather(SeriesBatch batch, int index, QueryRange range)
    {
        var pieces = new List<WindowAggregate>();
        foreach (ref readonly WindowAggregate window in batch.Windows(index))
        {
            if (window.Count > 0 && window.EndMs >= range.MinTime && window.EndMs <= range.MaxTime)
            {
                pieces.Add(window);
            }
        }

        ReadOnlySpan<long> times = batch.Timestamps(index);
        ReadOnlySpan<double> values = batch.Values(index);
        for (int i = 0; i < times.Length; i++)
        {
            if (range.Contains(times[i]) && BitConverter.DoubleToInt64Bits(values[i]) != SampleBits.StaleMarker)
            {
                pieces.Add(WindowAggregate.OfSample(times[i], values[i]));
            }
        }

        pieces.Sort(static (a, b) => a.FirstMs.CompareTo(b.FirstMs));
        WindowAggregate all = default;
        foreach (WindowAggregate piece in pieces)
        {
            all = all.Count == 0 ? piece : all.Combine(piece);
        }

        return all;
    }

    private static long CountHistograms(SeriesBatch batch, int index, QueryRange range)
    {
        long count = 0;
        foreach (ref readonly HistogramWindow window in batch.HistogramWindows(index))
        {
            count += window.EndMs >= range.MinTime && window.EndMs <= range.MaxTime ? window.Count : 0;
        }

        foreach (HistogramSample histogram in batch.Histograms(index))
        {
            bool isStale = IsStale(new Sample(0, 0, Convert.ToHexString(batch.Samples.Payload(histogram))));
            count += range.Contains(histogram.TimestampMs) && !isStale ? 1 : 0;
        }

        return count;
    }

    /// <summary>True when the sum is the stale marker, which makes the sample one.</summary>
    private static bool IsStale(Sample sample) =>
        HistogramPayload.Decode(Convert.FromHexString(sample.Histogram!)).SumBits == SampleBits.StaleMarker;

    private static bool Same(double expected, double actual) => double.IsNaN(expected) ? double.IsNaN(actual) : expected.Equals(actual);
}
