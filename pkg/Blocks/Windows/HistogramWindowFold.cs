using RemoteStore.Model.Histograms;
using RemoteStore.Model.Samples;
using RemoteStore.Primitives.Encoding;
using RemoteStore.Storage.Querying;

namespace RemoteStore.Blocks.Windows;

/// <summary>
/// Folds the native histograms of one series, or finer windows of them, into windows. What it takes comes in order of time. Resets are found as Prometheus
/// finds them, sums are compensated.
/// </summary>
/// <remarks>Not safe for concurrent use.</remarks>
internal sealed class HistogramWindowFold(long resolutionMs)
{
    private readonly HistogramSum _sum = new();
    private readonly HistogramSum _resets = new();
    private readonly FloatHistogram _result = new();
    private readonly ByteBuffer _firstPayload = new();
    private readonly ByteBuffer _lastPayload = new();
    private FloatHistogram _last = new();
    private FloatHistogram _current = new();
    private SampleBuffer _destination = new();
    private long _endMs;
    private bool _open;
    private bool _ended;
    private bool _noSum; // exponential buckets met custom ones
    private long _firstMs;
    private long _lastMs;
    private long _lastStartMs;
    private long _staleMs;
    private long _count;

    /// <summary>Histograms so far that could not be read and are left out.</summary>
    public long Unreadable { get; private set; }

    /// <summary>Begins a series; its windows are appended to <paramref name="destination"/>.</summary>
    public void Begin(SampleBuffer destination)
    {
        _destination = destination;
        _open = false;
        _ended = false;
    }

    /// <summary>Ends the series.</summary>
    public void End()
    {
        if (_open && (_count > 0 || _staleMs != 0))
        {
            var window = new HistogramWindow
            {
                EndMs = _endMs,
                ResolutionMs = resolutionMs,
                FirstMs = _firstMs,
                LastMs = _lastMs,
                Count = _count,
                StaleMs = _staleMs,
            };
            ReadOnlySpan<byte> sum = _count == 1 ? _lastPayload.Written : _noSum ? [] : Encode(_sum);
            // What has no sum has no increase either: resets of a part of it would say nothing.
            _destination.AddHistogramWindow(window, _firstPayload.Written, _lastPayload.Written, sum, sum.IsEmpty ? [] : Encode(_resets));
        }

        _open = false;
    }

    /// <summary>Adds a sample.</summary>
    public void AddSample(long timestampMs, long startMs, ReadOnlySpan<byte> payload)
    {
        MoveTo(timestampMs);
        if (!_current.TryRead(payload))
        {
            Unreadable++;
            return;
        }

        if (_current.IsStale)
        {
            AddStale(timestampMs);
            return;
        }

        if (_count > 0 && (StartTimestamps.IsReset(_lastStartMs, _lastMs, startMs, timestampMs) || _current.DetectReset(_last)))
        {
            _resets.Add(_last);
        }

        Begin(timestampMs, payload);
        _sum.Add(_current);
        Follow(timestampMs, startMs, payload, 1);
    }

    /// <summary>Adds a window whose length divides that of the windows made.</summary>
    /// <param name="window">The window.</param>
    /// <param name="source">Where its histograms lie.</param>
    public void AddWindow(in HistogramWindow window, SampleBuffer source)
    {
        MoveTo(window.EndMs);
        if (window.Count > 0)
        {
            ReadOnlySpan<byte> first = source.Payload(window.First);
            if (_count > 0 && Read(first) && _current.DetectReset(_last))
            {
                _resets.Add(_last);
            }

            Begin(window.FirstMs, first);
            AddTo(_resets, source.Payload(window.Resets));
            _noSum |= !AddTo(_sum, source.Payload(window.Sum));
            if (Read(source.Payload(window.Last)))
            {
                Follow(window.LastMs, 0, source.Payload(window.Last), window.Count);
            }
        }

        if (window.StaleMs != 0)
        {
            AddStale(window.StaleMs);
        }
    }

    private void MoveTo(long timestampMs)
    {
        if (_open && timestampMs <= _endMs)
        {
            return;
        }

        long end = _open ? WindowGrid.NextEnd(_endMs, timestampMs, resolutionMs) : WindowGrid.EndOf(timestampMs, resolutionMs);
        End();
        _open = true;
        _endMs = end;
        _count = 0;
        _staleMs = 0;
        _firstMs = 0;
        _lastMs = 0;
        _noSum = false;
        _firstPayload.Clear();
        _lastPayload.Clear();
        _sum.Reset();
        _resets.Reset();
    }

    private void Begin(long timestampMs, ReadOnlySpan<byte> payload)
    {
        _ended = false;
        _staleMs = 0;
        if (_count == 0)
        {
            _firstMs = timestampMs;
            _firstPayload.Add(payload);
        }
    }

    /// <summary>Makes the current histogram the last one.</summary>
    private void Follow(long timestampMs, long startMs, ReadOnlySpan<byte> payload, long count)
    {
        _count += count;
        _lastMs = timestampMs;
        _lastStartMs = startMs;
        _lastPayload.Clear();
        _lastPayload.Add(payload);
        (_last, _current) = (_current, _last);
    }

    private bool Read(ReadOnlySpan<byte> payload)
    {
        if (_current.TryRead(payload))
        {
            return true;
        }

        Unreadable++;
        return false;
    }

    private bool AddTo(HistogramSum sum, ReadOnlySpan<byte> payload)
    {
        if (payload.IsEmpty || !Read(payload))
        {
            return false;
        }

        sum.Add(_current);
        return true;
    }

    private byte[] Encode(HistogramSum sum) => sum.TryGet(_result) ? HistogramPayload.Encode(_result.ToNative()) : [];

    private void AddStale(long timestampMs)
    {
        _staleMs = _ended ? _staleMs : timestampMs;
        _ended = true;
    }
}
