using RemoteStore.Histories.Tests.Model;
using RemoteStore.Model;
using RemoteStore.Storage.Querying;
using IQueryable = RemoteStore.Storage.Querying.IQueryable;

namespace RemoteStore.Histories.Tests.Store;

/// <summary>Reads answers into plain lists.</summary>
internal static class StoreReader
{
    /// <summary>All series that come back, those without samples too, in the order they come.</summary>
    public static async Task<List<SeriesAnswer>> SelectAsync(
        IQueryable store, TenantId tenant, QueryRange range, QueryRange hint, MatcherModel matchers, bool sorted, bool labelsOnly = false)
    {
        await using IQuerier querier = await store.OpenQuerierAsync(tenant, range, CancellationToken.None);
        await using ISeriesSet set = await querier.SelectAsync(sorted, new SelectHints(hint, LabelsOnly: labelsOnly), matchers.Matchers, CancellationToken.None);
        return await ReadAsync(set);
    }

    /// <summary>Reads a set to its end.</summary>
    public static async Task<List<SeriesAnswer>> ReadAsync(ISeriesSet set)
    {
        var answers = new List<SeriesAnswer>();
        while (await set.MoveNextAsync(CancellationToken.None))
        {
            SeriesBatch batch = set.Current;
            for (int i = 0; i < batch.Count; i++)
            {
                answers.Add(Read(batch, i));
            }
        }

        return answers;
    }

    private static SeriesAnswer Read(SeriesBatch batch, int index)
    {
        var samples = new List<(long T, Sample Sample)>();
        ReadOnlySpan<long> starts = batch.StartTimestamps(index);
        for (int s = 0; s < batch.Timestamps(index).Length; s++)
        {
            samples.Add((batch.Timestamps(index)[s], new Sample(batch.ValueBits(index)[s], starts.IsEmpty ? 0 : starts[s])));
        }

        foreach (HistogramSample histogram in batch.Histograms(index))
        {
            samples.Add((histogram.TimestampMs, new Sample(0, histogram.StartTimestampMs, Convert.ToHexString(batch.Samples.Payload(histogram)))));
        }

        samples.Sort(static (a, b) => a.T.CompareTo(b.T));
        return new SeriesAnswer(new RemoteStore.Model.Labels.LabelSet(batch.Labels(index).Bytes.ToArray()), samples);
    }
}
