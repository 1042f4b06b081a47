using RemoteStore.Model;
using RemoteStore.Model.Labels;
using RemoteStore.Primitives.Files;
using RemoteStore.PrometheusBlocks.Format;
using RemoteStore.Storage.Deleting;
using RemoteStore.Storage.Querying;
using RemoteStore.Wire.PrometheusChunks;

namespace RemoteStore.PrometheusBlocks.Reading;

/// <summary>Goes over the series of a block of Prometheus in label order, without what its tombstones delete.</summary>
/// <remarks>Not safe for concurrent use.</remarks>
public sealed class PrometheusSeriesCursor : IDisposable
{
    private readonly SeriesReader _series;
    private readonly ChunkSegments _segments;
    private readonly IReadOnlyDictionary<ulong, List<QueryRange>> _tombstones;
    private readonly Func<long?> _countSeries;
    private readonly string _indexPath;
    private readonly QueryRange _range;
    private readonly ChunkSamples _decoder = new();
    private readonly SampleBuffer _decoded = new();
    private readonly SampleBuffer _kept = new();
    private readonly List<QueryRange> _gone = [];
    private bool _counted;

    internal PrometheusSeriesCursor(
        SeriesReader series,
        ChunkSegments segments,
        IReadOnlyDictionary<ulong, List<QueryRange>> tombstones,
        Func<long?> countSeries,
        string indexPath,
        QueryRange range)
    {
        _series = series;
        _segments = segments;
        _tombstones = tombstones;
        _countSeries = countSeries;
        _indexPath = indexPath;
        _range = range;
        Samples = _decoded;
    }

    /// <summary>Labels of the current series, valid until the cursor moves.</summary>
    public LabelSet Labels => new(_series.Labels);

    /// <summary>Its samples in the range, ascending, one per time; may be none. Valid until the cursor moves.</summary>
    public SampleBuffer Samples { get; private set; }

    /// <summary>Series read so far.</summary>
    public long Count => _series.Count;

    /// <summary>Moves to the next series; false at the end, when all that the index tells of were found.</summary>
    /// <exception cref="CorruptDataException">Something is damaged, or encoded in a way that is not known here.</exception>
    /// <exception cref="IOException">A file is not there or cannot be read.</exception>
    public bool MoveNext()
    {
        if (!_series.MoveNext())
        {
            CheckCount();
            return false;
        }

        _decoded.Clear();
        foreach (ChunkLocation chunk in _series.Chunks)
        {
            if (_range.Overlaps(chunk.MinTime, chunk.MaxTime))
            {
                Decode(chunk);
            }
        }

        _decoded.SortAndDeduplicate(0, 0);
        Samples = _decoded;
        Trim();
        return true;
    }

    /// <inheritdoc/>
    public void Dispose() => _segments.Dispose();

    private void Decode(ChunkLocation location)
    {
        ReadOnlySpan<byte> chunk = _segments.Read(location, out ChunkEncoding encoding);
        SampleMark before = _decoded.Mark;
        try
        {
            _decoder.Decode(encoding, chunk, _decoded);
        }
        catch (InvalidDataException broken)
        {
            throw _segments.Corrupt(location, $"a chunk of {LabelSetBuilder.Describe(_series.Labels.Span)}: {broken.Message}");
        }

        // What the index says of the times decides whether a chunk is read at all.
        QueryRange told = new(location.MinTime, location.MaxTime);
        foreach (long time in _decoded.Timestamps[before.Floats..])
        {
            CheckTime(told, time, location);
        }

        foreach (HistogramSample histogram in _decoded.Histograms[before.Histograms..])
        {
            CheckTime(told, histogram.TimestampMs, location);
        }
    }

    private void CheckTime(QueryRange told, long time, ChunkLocation location)
    {
        if (!told.Contains(time))
        {
            throw _segments.Corrupt(
                location, $"a chunk of {LabelSetBuilder.Describe(_series.Labels.Span)} has a sample at {time}, outside of what the index says of it");
        }
    }

    private void Trim()
    {
        _gone.Clear();
        if (_tombstones.TryGetValue(_series.Reference, out List<QueryRange>? deleted))
        {
            _gone.AddRange(deleted);
        }

        if (_gone.Count > 0)
        {
            Keep(_gone);
        }

        _gone.Clear();
        if (_range.MinTime > long.MinValue)
        {
            _gone.Add(new(long.MinValue, _range.MinTime - 1));
        }

        if (_range.MaxTime < long.MaxValue)
        {
            _gone.Add(new(_range.MaxTime + 1, long.MaxValue));
        }

        if (_gone.Count > 0)
        {
            Keep(_gone);
        }
    }

    private void Keep(List<QueryRange> gone)
    {
        SampleBuffer to = ReferenceEquals(Samples, _decoded) ? _kept : _decoded;
        to.Clear();
        KeptSamples.Copy(Samples, gone, to);
        Samples = to;
    }

    private void CheckCount()
    {
        if (!_counted)
        {
            _counted = true;
            if (_countSeries() is long told && told != _series.Count)
            {
                throw new CorruptDataException(_indexPath, 0, $"{_series.Count} series were found, the index tells of {told}");
            }
        }
    }
}
