using System.Runtime.InteropServices;
using RemoteStore.Blocks.Parts;
using RemoteStore.Storage.Querying;

namespace RemoteStore.Blocks.Merging;

/// <summary>Merges the rows of one tenant: series by series, of each series a stretch of time that all sources have decoded.</summary>
internal sealed class TenantMerge
{
    private readonly IMergeSink _sink;
    private readonly SampleBuffer _samples;
    private readonly List<MergeSource> _floats;
    private readonly List<MergeSource> _histograms;
    private readonly long[] _floatKeys; // beside the sources, so that the search for the lowest stays in one cache line or two
    private readonly int[] _active;

    /// <summary>Prepares to merge.</summary>
    /// <param name="sink">Destination.</param>
    /// <param name="floats">Sources of floats, each on its first segment, older parts first.</param>
    /// <param name="histograms">Sources of histograms, likewise.</param>
    /// <param name="samples">Scratch.</param>
    public TenantMerge(IMergeSink sink, List<MergeSource> floats, List<MergeSource> histograms, SampleBuffer samples)
    {
        _sink = sink;
        _floats = floats;
        _histograms = histograms;
        _samples = samples;
        _active = new int[floats.Count];
        _floatKeys = new long[floats.Count];
        for (int i = 0; i < floats.Count; i++)
        {
            _floatKeys[i] = floats[i].Key;
        }
    }

    public void Run(CancellationToken cancellationToken)
    {
        while (true)
        {
            long histogramKey = LowestKey(_histograms);
            long key = histogramKey;
            foreach (long candidate in _floatKeys)
            {
                key = Math.Min(key, candidate);
            }

            if (key == MergeSource.Done)
            {
                return;
            }

            if (histogramKey == key)
            {
                cancellationToken.ThrowIfCancellationRequested();
                MergeBoth(key);
                RefreshKeys();
            }
            else
            {
                MergeFloats(key);
            }
        }
    }

    private static long LowestKey(List<MergeSource> sources)
    {
        long key = MergeSource.Done;
        foreach (MergeSource source in CollectionsMarshal.AsSpan(sources))
        {
            key = Math.Min(key, source.Key);
        }

        return key;
    }

    private void MergeFloats(long key)
    {
        int active = 0;
        bool inOrder = true;
        long last = 0;
        for (int i = 0; i < _floatKeys.Length; i++)
        {
            if (_floatKeys[i] != key)
            {
                continue;
            }

            // Older parts come first, so that usually each source continues where the one before ended.
            MergeSource source = _floats[i];
            inOrder &= (active == 0 || source.FirstTime > last) && source.IsWholeSeries;
            last = source.LastTime;
            _active[active++] = i;
        }

        if (inOrder)
        {
            foreach (int i in _active.AsSpan(0, active))
            {
                CopySegment(_floats[i], key);
                _floatKeys[i] = _floats[i].Key;
            }

            return;
        }

        while (MergeFloatStretch(key, _active.AsSpan(0, active)))
        {
        }

        foreach (int i in _active.AsSpan(0, active))
        {
            _floatKeys[i] = _floats[i].Key;
        }
    }

    /// <summary>Merges what comes first in time; false when no source has rows of the series left.</summary>
    private bool MergeFloatStretch(long key, ReadOnlySpan<int> active)
    {
        MergeSource? first = null;
        long secondTime = long.MaxValue; // first row of the others
        long limit = long.MaxValue; // up to here every source has its rows decoded
        bool alone = true;
        foreach (int i in active)
        {
            MergeSource source = _floats[i];
            if (source.Key != key)
            {
                continue;
            }

            limit = Math.Min(limit, source.LastTime);
            if (first is null || source.FirstTime < first.FirstTime)
            {
                secondTime = first?.FirstTime ?? secondTime;
                alone &= first is null;
                first = source;
            }
            else
            {
                alone = false;
                secondTime = Math.Min(secondTime, source.FirstTime);
            }
        }

        if (first is null)
        {
            return false;
        }

        if (alone || first.LastTime < secondTime)
        {
            CopySegment(first, key);
            return true;
        }

        _samples.Clear();
        foreach (int i in active)
        {
            if (_floats[i].Key == key)
            {
                Gather(_floats[i], limit);
            }
        }

        _samples.SortAndDeduplicate(0, 0);
        _sink.AddRun((uint)key, _samples.Timestamps, _samples.ValueBits, _samples.StartTimestamps);
        return true;
    }

    /// <summary>A series with histograms: floats and histograms advance together, because a histogram displaces a float at its time.</summary>
    private void MergeBoth(long key)
    {
        while (true)
        {
            bool any = TryLimit(_floats, key, out long floatLimit) | TryLimit(_histograms, key, out long histogramLimit);
            if (!any)
            {
                return;
            }

            long limit = Math.Min(floatLimit, histogramLimit);

            _samples.Clear();
            foreach (MergeSource source in _floats)
            {
                if (source.Key == key)
                {
                    Gather(source, limit);
                }
            }

            foreach (MergeSource source in _histograms)
            {
                if (source.Key == key)
                {
                    GatherHistograms(source, limit);
                }
            }

            _samples.SortAndDeduplicate(0, 0);
            _sink.AddRun((uint)key, _samples.Timestamps, _samples.ValueBits, _samples.StartTimestamps);
            foreach (HistogramSample sample in _samples.Histograms)
            {
                _sink.AddHistogram((uint)key, sample.TimestampMs, sample.StartTimestampMs, _samples.Payload(sample));
            }
        }
    }

    /// <summary>Time up to which every source has its rows of the series decoded; false when none has rows.</summary>
    private static bool TryLimit(List<MergeSource> sources, long key, out long limit)
    {
        bool any = false;
        limit = long.MaxValue;
        foreach (MergeSource source in CollectionsMarshal.AsSpan(sources))
        {
            if (source.Key == key)
            {
                any = true;
                limit = Math.Min(limit, source.LastTime);
            }
        }

        return any;
    }

    private void CopySegment(MergeSource source, long key)
    {
        RowBlock rows = source.Rows;
        int start = source.Start;
        int count = source.End - start;
        _sink.AddRun(
            (uint)key,
            rows.Timestamps.AsSpan(start, count),
            rows.ValueBits.AsSpan(start, count),
            rows.HasStartTimestamps ? rows.StartTimestamps.AsSpan(start, count) : []);
        source.Skip(count);
    }

    private void Gather(MergeSource source, long limit)
    {
        RowBlock rows = source.Rows;
        int start = source.Start;
        int count = source.CountUpTo(limit);
        _samples.Add(
            rows.Timestamps.AsSpan(start, count),
            rows.ValueBits.AsSpan(start, count),
            rows.HasStartTimestamps ? rows.StartTimestamps.AsSpan(start, count) : []);
        source.Skip(count);
    }

    private void GatherHistograms(MergeSource source, long limit)
    {
        RowBlock rows = source.Rows;
        int count = source.CountUpTo(limit);
        for (int row = source.Start; row < source.Start + count; row++)
        {
            _samples.AddHistogram(rows.Timestamps[row], rows.HasStartTimestamps ? rows.StartTimestamps[row] : 0, rows.Payload(row));
        }

        source.Skip(count);
    }

    private void RefreshKeys()
    {
        for (int i = 0; i < _floatKeys.Length; i++)
        {
            _floatKeys[i] = _floats[i].Key;
        }
    }
}
