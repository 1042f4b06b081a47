using RemoteStore.Model.Histograms;
using RemoteStore.PromQL.Execution;
using RemoteStore.PromQL.Functions;
using RemoteStore.PromQL.Windowed;
using RemoteStore.Storage.Querying;

namespace RemoteStore.PromQL.Operators.Sharing;

/// <summary>A copy of the samples of one series. Histograms are not copied: nobody changes them.</summary>
internal sealed class KeptRange : IDisposable
{
    private readonly QueryContext _query;
    private readonly byte[] _labels;
    private readonly bool _dropName;
    private readonly int _floats;
    private readonly FloatHistogram[] _histograms;
    private readonly long[] _histogramTimes;
    private readonly long[] _histogramStarts;
    private readonly WindowAggregate[] _windows;
    private readonly WindowAggregate[] _histogramWindows;
    private readonly HistogramPiece[] _pieces;
    private readonly long _charged;
    private long[] _times = [];
    private double[] _values = [];
    private long[] _starts = [];
    private long _held;

    public KeptRange(QueryContext query, StepSeries row, in RangeColumns columns)
    {
        _query = query;
        _labels = row.Labels.ToArray();
        _dropName = row.DropName;
        _floats = columns.Times.Length;
        _histograms = columns.Histograms.ToArray();
        _histogramTimes = columns.HistogramTimes.ToArray();
        _histogramStarts = columns.HistogramStartTimes.ToArray();
        _windows = columns.Windows.ToArray();
        _histogramWindows = columns.HistogramWindows.ToArray();
        _pieces = columns.HistogramPieces.ToArray();
        long bytes = (WindowedMemory.WindowBytes * ((long)_windows.Length + _histogramWindows.Length)) + _labels.Length + (sizeof(long) * ((long)_histogramTimes.Length + _histogramStarts.Length));
        foreach (FloatHistogram histogram in _histograms)
        {
            bytes += histogram.AllocatedBytes + IntPtr.Size;
        }

        foreach (HistogramPiece piece in _pieces)
        {
            bytes += piece.AllocatedBytes + IntPtr.Size;
        }

        try
        {
            query.Memory.Charge(bytes);
            _charged = bytes;
            _held = query.Hold(Samples);
            _times = query.Memory.RentLongs(_floats);
            _values = query.Memory.RentDoubles(_floats);
            columns.Times.CopyTo(_times);
            columns.Values.CopyTo(_values);
            if (!columns.StartTimes.IsEmpty)
            {
                _starts = query.Memory.RentLongs(_floats);
                columns.StartTimes.CopyTo(_starts);
            }
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Number of samples and windows.</summary>
    public long Samples => _floats + _histograms.Length + _windows.Length + _pieces.Length;

    /// <summary>Bytes that it takes.</summary>
    public long Bytes => _charged + (sizeof(long) * ((long)_times.Length + _values.Length + _starts.Length));

    /// <summary>Names the series in a row and gives its samples.</summary>
    public RangeColumns CopyTo(StepSeries row)
    {
        row.Begin(_labels, _dropName);
        return new RangeColumns
        {
            Times = _times.AsSpan(0, _floats),
            Values = _values.AsSpan(0, _floats),
            StartTimes = _starts.Length == 0 ? [] : _starts.AsSpan(0, _floats),
            HistogramTimes = _histogramTimes,
            Histograms = _histograms,
            HistogramStartTimes = _histogramStarts,
            Windows = _windows,
            HistogramWindows = _histogramWindows,
            HistogramPieces = _pieces,
        };
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_times.Length > 0)
        {
            _query.Memory.Return(_times);
        }

        if (_values.Length > 0)
        {
            _query.Memory.Return(_values);
        }

        if (_starts.Length > 0)
        {
            _query.Memory.Return(_starts);
        }

        _query.Memory.Release(_charged);
        _query.LetGo(_held);
        (_times, _values, _starts, _held) = ([], [], [], 0);
    }
}
