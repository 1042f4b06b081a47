using System.Text;
using RemoteStore.Model.Labels;
using RemoteStore.Primitives.Memory;

namespace RemoteStore.Index.Selection;

/// <summary>Counts series by label pair over a whole index, in one walk over the pairs.</summary>
internal sealed class IndexCounting(InvertedIndex index, int limit, CancellationToken cancellationToken)
{
    private const int CheckEvery = 4096;

    private readonly LargestCounts _metrics = new(limit);
    private readonly LargestCounts _values = new(limit);
    private readonly LargestCounts _bytes = new(limit);
    private readonly LargestCounts _pairs = new(limit);

    /// <summary>Walks and counts.</summary>
    public IndexStatistics Count()
    {
        byte[] metricName = Encoding.UTF8.GetBytes(LabelSet.MetricName);
        int names = index.NameCount;
        for (uint name = 0; name < names; name++)
        {
            StableBytes text = index.NameText(name);
            if (index.TryFindName(text.Span, out _, out ValueWalk values))
            {
                CountName(text, values, isMetricName: text.Span.SequenceEqual(metricName));
            }
        }

        return new IndexStatistics(_metrics.ToList(), _values.ToList(), _bytes.ToList(), _pairs.ToList());
    }

    private void CountName(StableBytes name, ValueWalk values, bool isMetricName)
    {
        long bytes = 0;
        int count = 0;
        while (values.MoveNext())
        {
            if (count++ % CheckEvery == 0)
            {
                cancellationToken.ThrowIfCancellationRequested();
            }

            StableBytes value = values.Value;
            long series = index.SeriesCount(values.Pair);
            bytes += series * value.Length;
            _pairs.Add(series, static (n, v) => $"{Text(n)}={Text(v)}", name, value);
            if (isMetricName)
            {
                _metrics.Add(series, static (_, v) => Text(v), name, value);
            }
        }

        _values.Add(count, static (n, _) => Text(n), name, default);
        _bytes.Add(bytes, static (n, _) => Text(n), name, default);
    }

    private static string Text(StableBytes bytes) => Encoding.UTF8.GetString(bytes.Span);

    /// <summary>Keeps the largest; texts are made only of what is kept.</summary>
    private sealed class LargestCounts(int limit)
    {
        private readonly PriorityQueue<NamedCount, long> _kept = new();

        public void Add(long count, Func<StableBytes, StableBytes, string> describe, StableBytes name, StableBytes value)
        {
            if (_kept.Count < limit)
            {
                _kept.Enqueue(new NamedCount(describe(name, value), count), count);
            }
            else if (_kept.TryPeek(out _, out long least) && count > least)
            {
                _ = _kept.DequeueEnqueue(new NamedCount(describe(name, value), count), count);
            }
        }

        public IReadOnlyList<NamedCount> ToList() =>
            [.. _kept.UnorderedItems.Select(static item => item.Element).OrderByDescending(static item => item.Count).ThenBy(static item => item.Name, StringComparer.Ordinal)];
    }
}
