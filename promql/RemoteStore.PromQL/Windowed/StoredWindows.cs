using RemoteStore.Model.Histograms;
using RemoteStore.PromQL.Execution;
using RemoteStore.Storage.Querying;

namespace RemoteStore.PromQL.Windowed;

/// <summary>Decodes the histograms of windows of stored series, for one series at a time.</summary>
internal sealed class StoredWindows(QueryMemory memory) : IDisposable
{
    private static readonly FloatHistogram s_empty = new();

    private WindowAggregate[] _spans = [];
    private HistogramPiece[] _histograms = [];
    private long _chargedArrays;
    private long _chargedHistograms;
    private int _count;

    /// <summary>Spans and numbers of samples of the windows; their values have no meaning.</summary>
    public ReadOnlySpan<WindowAggregate> Spans => _spans.AsSpan(0, _count);

    /// <summary>The histograms, one for each of <see cref="Spans"/>.</summary>
    public ReadOnlySpan<HistogramPiece> Histograms => _histograms.AsSpan(0, _count);

    /// <summary>Decodes the windows of a series; what was decoded before is forgotten.</summary>
    /// <exception cref="QueryException">The bytes of a histogram are none, or the query holds too much.</exception>
    public void Decode(SeriesBatch batch, int index)
    {
        ReadOnlySpan<HistogramWindow> windows = batch.HistogramWindows(index);
        _count = 0;
        memory.Release(_chargedHistograms);
        _chargedHistograms = 0;
        if (_spans.Length < windows.Length)
        {
            long more = (windows.Length - _spans.Length) * (long)(WindowedMemory.WindowBytes + IntPtr.Size);
            memory.Charge(more);
            _chargedArrays += more;
            _spans = new WindowAggregate[windows.Length];
            _histograms = new HistogramPiece[windows.Length];
        }

        foreach (ref readonly HistogramWindow window in windows)
        {
            if (window.Count == 0)
            {
                continue; // a stale marker alone: no range contains it
            }

            FloatHistogram? resets = window.Resets.Length == 0 ? null : Read(batch, window.Resets);
            var piece = new HistogramPiece(Read(batch, window.First), Read(batch, window.Last), Read(batch, window.Sum), resets);
            memory.Charge(piece.AllocatedBytes);
            _chargedHistograms += piece.AllocatedBytes;
            _histograms[_count] = piece;
            _spans[_count++] = new WindowAggregate
            {
                EndMs = window.EndMs,
                ResolutionMs = window.ResolutionMs,
                FirstMs = window.FirstMs,
                LastMs = window.LastMs,
                Count = window.Count,
                StaleMs = window.StaleMs,
            };
        }
    }

    /// <summary>Decodes one histogram; an empty one where there are no bytes.</summary>
    /// <exception cref="QueryException">The bytes are no histogram.</exception>
    public static FloatHistogram Read(SeriesBatch batch, PayloadRange payload)
    {
        if (payload.Length == 0)
        {
            return s_empty;
        }

        var histogram = new FloatHistogram();
        return histogram.TryRead(batch.Samples.Payload(payload))
            ? histogram
            : throw new QueryException(QueryErrorKind.Storage, "a stored histogram cannot be read");
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        memory.Release(_chargedArrays + _chargedHistograms);
        (_chargedArrays, _chargedHistograms, _count) = (0, 0, 0);
        (_spans, _histograms) = ([], []);
    }
}
