using RemoteStore.Model;
using RemoteStore.Primitives.Files;
using RemoteStore.Storage.Querying;

namespace RemoteStore.Blocks.Parts;

/// <summary>
/// Reads one tenant's samples of a part, series by series; cheapest by ascending ref. Keeps the last few decoded blocks. Holds the part open until disposed.
/// </summary>
/// <remarks>Not safe for concurrent use; open one per reader.</remarks>
public sealed class PartCursor : IDisposable
{
    private readonly PartReader _part;
    private readonly QueryRange _range;
    private readonly BlockCache _floats;
    private readonly BlockCache _histograms;
    private bool _disposed;

    internal PartCursor(PartReader part, TenantSection section, QueryRange range)
    {
        _part = part;
        _range = range;
        _floats = new(part, section.Tenant, BlockKind.Floats, section.First, section.FloatBlocks);
        _histograms = new(part, section.Tenant, BlockKind.Histograms, section.First + section.FloatBlocks, section.HistogramBlocks);
    }

    /// <summary>False when the part certainly has no sample of the series in the range; reads nothing.</summary>
    public bool MightContain(uint seriesRef) => _floats.MightContain(seriesRef, _range) || _histograms.MightContain(seriesRef, _range);

    /// <summary>Appends all samples of the series within the range, floats and histograms each ascending by time.</summary>
    /// <exception cref="CorruptDataException">A block that may hold the series is damaged.</exception>
    public void ReadSeries(uint seriesRef, SampleBuffer destination)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        ArgumentNullException.ThrowIfNull(destination);
        ReadFloats(seriesRef, destination);
        if (_histograms.Count > 0)
        {
            ReadHistograms(seriesRef, destination);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (!_disposed)
        {
            _disposed = true;
            _floats.Release();
            _histograms.Release();
            _part.Release();
        }
    }

    private void ReadFloats(uint seriesRef, SampleBuffer destination)
    {
        for (int block = _floats.Seek(seriesRef); _floats.Holds(block, seriesRef); block++)
        {
            if (_floats.TryLoad(block, seriesRef, _range, out RowBlock rows, out int start, out int end))
            {
                destination.Add(
                    rows.Timestamps.AsSpan(start, end - start),
                    rows.ValueBits.AsSpan(start, end - start),
                    rows.HasStartTimestamps ? rows.StartTimestamps.AsSpan(start, end - start) : []);
            }
        }
    }

    private void ReadHistograms(uint seriesRef, SampleBuffer destination)
    {
        for (int block = _histograms.Seek(seriesRef); _histograms.Holds(block, seriesRef); block++)
        {
            if (_histograms.TryLoad(block, seriesRef, _range, out RowBlock rows, out int start, out int end))
            {
                for (int row = start; row < end; row++)
                {
                    destination.AddHistogram(rows.Timestamps[row], rows.HasStartTimestamps ? rows.StartTimestamps[row] : 0, rows.Payload(row));
                }
            }
        }
    }
}
