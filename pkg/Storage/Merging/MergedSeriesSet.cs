using System.Runtime.InteropServices;
using RemoteStore.Model.Labels;
using RemoteStore.Storage.Querying;

namespace RemoteStore.Storage.Merging;

/// <summary>
/// Joins sorted series sets into one: each label set comes once, in label order, with the samples of all sets under one rule
/// (<see cref="SampleBuffer.SortAndDeduplicate(in SampleMark)"/>). Holds one batch of each set and one of its own.
/// </summary>
internal sealed class MergedSeriesSet : ISeriesSet
{
    private const int MaxSeriesPerBatch = 512;
    private const int MaxSamplesPerBatch = 1 << 16; // two columns of 512 KiB, still in the cache of a core when they are used

    private const int SamplesPerWindow = 6; // that take as much memory

    private readonly SeriesSource[] _sources;
    private readonly PriorityQueue<SeriesSource, SeriesSource> _queue = new(Comparer<SeriesSource>.Create(Compare));
    private readonly List<SeriesSource> _equal = [];
    private bool _started;

    /// <summary>Takes over the sets, each in ascending label order.</summary>
    public MergedSeriesSet(IEnumerable<ISeriesSet> sets) => _sources = [.. sets.Select(static (set, rank) => new SeriesSource(set, rank))];

    /// <inheritdoc/>
    public SeriesBatch Current { get; set; } = new();

    /// <inheritdoc/>
    public async ValueTask<bool> MoveNextAsync(CancellationToken cancellationToken)
    {
        Current.Clear();
        if (!_started)
        {
            _started = true;
            foreach (SeriesSource source in _sources)
            {
                if (await source.MoveToNextBatchAsync(cancellationToken).ConfigureAwait(false))
                {
                    _queue.Enqueue(source, source);
                }
            }
        }

        while (_queue.Count > 0 && Current.Count < MaxSeriesPerBatch
            && Current.Samples.Count + (Current.Samples.Windows.Length * SamplesPerWindow) < MaxSamplesPerBatch)
        {
            cancellationToken.ThrowIfCancellationRequested();
            MergeNext();
            foreach (SeriesSource source in _equal)
            {
                if (source.TryMoveNext() || await source.MoveToNextBatchAsync(cancellationToken).ConfigureAwait(false))
                {
                    _queue.Enqueue(source, source);
                }
            }
        }

        return Current.Count > 0;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (SeriesSource source in _sources)
        {
            await source.Set.DisposeAsync().ConfigureAwait(false);
        }
    }

    private static int Compare(SeriesSource left, SeriesSource right)
    {
        // Most sources of a query have the same series: equal bytes are found faster than an order.
        ReadOnlySpan<byte> a = left.Labels.Bytes.Span;
        ReadOnlySpan<byte> b = right.Labels.Bytes.Span;
        int order = a.SequenceEqual(b) ? 0 : LabelSet.Compare(a, b);
        return order != 0 ? order : left.Rank - right.Rank;
    }

    /// <summary>Appends the lowest series and leaves in <see cref="_equal"/> the sources that had it; they stand on it still.</summary>
    private void MergeNext()
    {
        SeriesSource first = _queue.Dequeue();
        _equal.Clear();
        _equal.Add(first);
        while (_queue.TryPeek(out SeriesSource? next, out _) && next.Labels == first.Labels)
        {
            _equal.Add(_queue.Dequeue());
        }

        SampleBuffer samples = Current.Samples;
        SampleMark before = samples.Mark;
        if (_equal.Count > 1)
        {
            // By time: when the sources do not overlap, their samples then come in order and nothing is left to sort.
            _equal.Sort(static (a, b) => a.FirstTime != b.FirstTime ? a.FirstTime.CompareTo(b.FirstTime) : a.Rank - b.Rank);
        }

        foreach (SeriesSource source in CollectionsMarshal.AsSpan(_equal))
        {
            source.CopyTo(samples);
        }

        if (_equal.Count > 1)
        {
            samples.SortAndDeduplicate(before);
        }

        ReadOnlyMemory<byte> labels = first.Labels.Bytes;
        Memory<byte> own = Current.AllocateLabels(labels.Length);
        labels.CopyTo(own);
        Current.AddSeries(new LabelSet(own), before);
    }
}
