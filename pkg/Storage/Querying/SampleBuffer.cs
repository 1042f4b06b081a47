using RemoteStore.Model.Samples;

namespace RemoteStore.Storage.Querying;

/// <summary>
/// Growable columns of samples that readers append to: memtables, parts and blocks each add what they have of a series, then
/// <see cref="SortAndDeduplicate(int, int)"/> makes one ascending run of it.
/// </summary>
/// <remarks>Not safe for concurrent use. Spans are valid until the next append.</remarks>
public sealed class SampleBuffer
{
    /// <summary>Values that decoders may write past the end of a column.</summary>
    public const int Padding = 8;

    private long[] _timestamps = new long[512];
    private long[] _valueBits = new long[512];
    private long[] _startTimestamps = [];
    private HistogramSample[] _histograms = [];
    private byte[] _payloads = [];
    private int _payloadLength;
    private bool _hasStartTimestamps;
    private WindowBuffer? _windows; // made for the first window

    /// <summary>Number of float samples.</summary>
    public int Count { get; private set; }

    /// <summary>Number of histogram samples.</summary>
    public int HistogramCount { get; private set; }

    /// <summary>Timestamps in milliseconds since the Unix epoch.</summary>
    public ReadOnlySpan<long> Timestamps => _timestamps.AsSpan(0, Count);

    /// <summary>IEEE 754 bits, same length as <see cref="Timestamps"/>.</summary>
    public ReadOnlySpan<long> ValueBits => _valueBits.AsSpan(0, Count);

    /// <summary>Start timestamps (0 = none), same length as <see cref="Timestamps"/>; empty when no sample has one.</summary>
    public ReadOnlySpan<long> StartTimestamps => _hasStartTimestamps ? _startTimestamps.AsSpan(0, Count) : [];

    /// <summary>Histogram samples.</summary>
    public ReadOnlySpan<HistogramSample> Histograms => _histograms.AsSpan(0, HistogramCount);

    /// <summary>Windows of float samples.</summary>
    public ReadOnlySpan<WindowAggregate> Windows => _windows is null ? [] : _windows.Floats;

    /// <summary>Windows of histogram samples.</summary>
    public ReadOnlySpan<HistogramWindow> HistogramWindows => _windows is null ? [] : _windows.Histograms;

    /// <summary>How much the buffer holds now.</summary>
    public SampleMark Mark => new(Count, HistogramCount, _windows?.FloatCount ?? 0, _windows?.HistogramCount ?? 0);

    /// <summary>Bytes of memory that the buffer holds, filled or not.</summary>
    public long CapacityBytes =>
        (sizeof(long) * ((long)_timestamps.Length + _valueBits.Length + _startTimestamps.Length)) + _payloads.Length + (24L * _histograms.Length)
        + (_windows?.CapacityBytes ?? 0);

    /// <summary>Payload of a histogram sample of this buffer.</summary>
    public ReadOnlySpan<byte> Payload(HistogramSample sample) => _payloads.AsSpan(sample.PayloadOffset, sample.PayloadLength);

    /// <summary>A histogram of a window of this buffer; empty when it has none.</summary>
    public ReadOnlySpan<byte> Payload(PayloadRange range) => _windows is null ? [] : _windows.Payload(range);

    /// <summary>Empties the buffer, keeping its memory.</summary>
    public void Clear()
    {
        Count = 0;
        HistogramCount = 0;
        _payloadLength = 0;
        _hasStartTimestamps = false;
        _windows?.Clear();
    }

    /// <summary>Appends one float sample; <paramref name="startTimestampMs"/> 0 = none.</summary>
    public void Add(long timestampMs, long valueBits, long startTimestampMs = 0)
    {
        if (Count == _timestamps.Length)
        {
            Grow(1);
        }

        _timestamps[Count] = timestampMs;
        _valueBits[Count] = valueBits;
        if (startTimestampMs != 0 || _hasStartTimestamps)
        {
            EnsureStartTimestamps();
            _startTimestamps[Count] = startTimestampMs;
        }

        Count++;
    }

    /// <summary>
    /// Appends room for <paramref name="count"/> float samples and hands out the columns to fill. Decoders write a few values past the end of a column, so
    /// the spans are <see cref="Padding"/> longer; what is written there has no meaning.
    /// </summary>
    /// <param name="count">Samples that will be written, all of them.</param>
    /// <param name="timestamps">Column to fill, <paramref name="count"/> + <see cref="Padding"/> long.</param>
    /// <param name="valueBits">Column to fill, <paramref name="count"/> + <see cref="Padding"/> long.</param>
    public void AddUninitialized(int count, out Span<long> timestamps, out Span<long> valueBits)
    {
        Grow(checked(count + Padding));
        timestamps = _timestamps.AsSpan(Count, count + Padding);
        valueBits = _valueBits.AsSpan(Count, count + Padding);
        if (_hasStartTimestamps)
        {
            EnsureStartTimestamps();
            _startTimestamps.AsSpan(Count, count).Clear();
        }

        Count += count;
    }

    /// <summary>Start timestamps of the last <paramref name="count"/> float samples, to fill; none of them has one before.</summary>
    /// <param name="count">Samples appended last.</param>
    /// <returns>Column to fill, <paramref name="count"/> + <see cref="Padding"/> long, of which the last <see cref="Padding"/> have no meaning.</returns>
    public Span<long> FillStartTimestamps(int count)
    {
        Grow(Padding);
        EnsureStartTimestamps();
        return _startTimestamps.AsSpan(Count - count, count + Padding);
    }

    /// <summary>Drops float samples outside the range among those appended since <paramref name="firstFloat"/>, which ascend.</summary>
    public void TrimFloats(int firstFloat, long minTime, long maxTime)
    {
        ReadOnlySpan<long> times = _timestamps.AsSpan(firstFloat, Count - firstFloat);
        int from = LowerBound(times, minTime);
        int end = maxTime == long.MaxValue ? times.Length : Math.Max(from, LowerBound(times, maxTime + 1));
        if (from > 0)
        {
            Array.Copy(_timestamps, firstFloat + from, _timestamps, firstFloat, end - from);
            Array.Copy(_valueBits, firstFloat + from, _valueBits, firstFloat, end - from);
            if (_hasStartTimestamps)
            {
                Array.Copy(_startTimestamps, firstFloat + from, _startTimestamps, firstFloat, end - from);
            }
        }

        Count = firstFloat + end - from;
    }

    /// <summary>Takes back the last <paramref name="count"/> float samples.</summary>
    public void RemoveLast(int count) => Count -= count;

    /// <summary>Appends float samples; <paramref name="startTimestamps"/> is empty or of the same length.</summary>
    public void Add(ReadOnlySpan<long> timestamps, ReadOnlySpan<long> valueBits, ReadOnlySpan<long> startTimestamps)
    {
        Grow(timestamps.Length);
        timestamps.CopyTo(_timestamps.AsSpan(Count));
        valueBits.CopyTo(_valueBits.AsSpan(Count));
        if (!startTimestamps.IsEmpty || _hasStartTimestamps)
        {
            EnsureStartTimestamps();
            if (startTimestamps.IsEmpty)
            {
                _startTimestamps.AsSpan(Count, timestamps.Length).Clear();
            }
            else
            {
                startTimestamps.CopyTo(_startTimestamps.AsSpan(Count));
            }
        }

        Count += timestamps.Length;
    }

    /// <summary>Appends a histogram sample, copying its payload.</summary>
    public void AddHistogram(long timestampMs, long startTimestampMs, ReadOnlySpan<byte> payload)
    {
        if (HistogramCount == _histograms.Length)
        {
            Array.Resize(ref _histograms, Math.Max(16, _histograms.Length * 2));
        }

        if (_payloadLength + payload.Length > _payloads.Length)
        {
            Array.Resize(ref _payloads, Math.Max(_payloadLength + payload.Length, Math.Max(1024, _payloads.Length * 2)));
        }

        payload.CopyTo(_payloads.AsSpan(_payloadLength));
        _histograms[HistogramCount++] = new(timestampMs, startTimestampMs, _payloadLength, payload.Length);
        _payloadLength += payload.Length;
    }

    /// <summary>Appends a window of floats.</summary>
    public void AddWindow(in WindowAggregate window) => (_windows ??= new WindowBuffer()).Add(window);

    /// <summary>Appends windows of floats, which do not lie in this buffer.</summary>
    public void AddWindows(ReadOnlySpan<WindowAggregate> windows)
    {
        if (!windows.IsEmpty)
        {
            (_windows ??= new WindowBuffer()).Add(windows);
        }
    }

    /// <summary>Appends windows of floats of unknown content, to be filled; those that stay over are taken back by <see cref="RemoveLastWindows"/>.</summary>
    public Span<WindowAggregate> AddUninitializedWindows(int count) => count == 0 ? [] : (_windows ??= new WindowBuffer()).AddUninitialized(count);

    /// <summary>Takes back the last <paramref name="count"/> windows of floats.</summary>
    public void RemoveLastWindows(int count) => _windows?.RemoveLast(count);

    /// <summary>Appends a window of histograms, copying these; where it says that they lie does not count. None of them may lie in this buffer.</summary>
    /// <param name="window">The window.</param>
    /// <param name="first">Payload of its first histogram; each may be empty.</param>
    /// <param name="last">Payload of its last.</param>
    /// <param name="sum">Payload of the sum.</param>
    /// <param name="resets">Payload of the sum of those before resets.</param>
    public void AddHistogramWindow(
        in HistogramWindow window, ReadOnlySpan<byte> first, ReadOnlySpan<byte> last, ReadOnlySpan<byte> sum, ReadOnlySpan<byte> resets) =>
        (_windows ??= new WindowBuffer()).Add(window, first, last, sum, resets);

    /// <summary>Appends all samples and windows of another buffer.</summary>
    public void Add(SampleBuffer other)
    {
        ArgumentNullException.ThrowIfNull(other);
        Add(other.Timestamps, other.ValueBits, other.StartTimestamps);
        foreach (ref readonly HistogramSample histogram in other.Histograms)
        {
            AddHistogram(histogram.TimestampMs, histogram.StartTimestampMs, other.Payload(histogram));
        }

        foreach (ref readonly WindowAggregate window in other.Windows)
        {
            AddWindow(window);
        }

        foreach (ref readonly HistogramWindow window in other.HistogramWindows)
        {
            AddHistogramWindow(
                window, other.Payload(window.First), other.Payload(window.Last), other.Payload(window.Sum), other.Payload(window.Resets));
        }
    }

    /// <summary>Turns the order of the float samples appended since <paramref name="firstFloat"/> round; for readers that find the newest first.</summary>
    public void Reverse(int firstFloat)
    {
        int count = Count - firstFloat;
        _timestamps.AsSpan(firstFloat, count).Reverse();
        _valueBits.AsSpan(firstFloat, count).Reverse();
        if (_hasStartTimestamps)
        {
            _startTimestamps.AsSpan(firstFloat, count).Reverse();
        }
    }

    /// <summary>
    /// Sorts the samples appended since the given counts by time and leaves one per timestamp, by <see cref="SampleBits.ComparePriority"/>; among
    /// histograms the greater payload in byte order stays, and a histogram stays over a float. Same rule as merges.
    /// </summary>
    public void SortAndDeduplicate(int firstFloat, int firstHistogram)
    {
        SampleDeduplication.SortFloats(
            _timestamps.AsSpan(firstFloat, Count - firstFloat),
            _valueBits.AsSpan(firstFloat, Count - firstFloat),
            _hasStartTimestamps ? _startTimestamps.AsSpan(firstFloat, Count - firstFloat) : [],
            out int floats);
        Count = firstFloat + floats;
        if (HistogramCount == firstHistogram)
        {
            return;
        }

        Span<HistogramSample> histograms = _histograms.AsSpan(firstHistogram, HistogramCount - firstHistogram);
        HistogramCount = firstHistogram + SampleDeduplication.SortHistograms(histograms, _payloads);
        Count = firstFloat + SampleDeduplication.RemoveCovered(
            _timestamps.AsSpan(firstFloat, floats),
            _valueBits.AsSpan(firstFloat, floats),
            _hasStartTimestamps ? _startTimestamps.AsSpan(firstFloat, floats) : [],
            _histograms.AsSpan(firstHistogram, HistogramCount - firstHistogram));
    }

    /// <summary>
    /// As <see cref="SortAndDeduplicate(int, int)"/>, and sorts the windows appended since by time; those that overlap become one
    /// (<see cref="WindowAggregate.Combine"/>).
    /// </summary>
    /// <param name="since">What the buffer held before.</param>
    /// <exception cref="InvalidDataException">A histogram of a window cannot be read.</exception>
    public void SortAndDeduplicate(in SampleMark since)
    {
        SortAndDeduplicate(since.Floats, since.Histograms);
        _windows?.SortAndCombine(since.Windows, since.HistogramWindows);
    }

    private void EnsureStartTimestamps()
    {
        if (_startTimestamps.Length < _timestamps.Length)
        {
            Array.Resize(ref _startTimestamps, _timestamps.Length);
        }

        if (!_hasStartTimestamps)
        {
            _startTimestamps.AsSpan(0, Count).Clear();
            _hasStartTimestamps = true;
        }
    }

    private static int LowerBound(ReadOnlySpan<long> timestamps, long time)
    {
        int low = 0;
        int high = timestamps.Length;
        while (low < high)
        {
            int middle = (low + high) >>> 1;
            (low, high) = timestamps[middle] < time ? (middle + 1, high) : (low, middle);
        }

        return low;
    }

    private void Grow(int count)
    {
        int needed = checked(Count + count);
        if (needed > _timestamps.Length)
        {
            int size = Math.Max(needed, _timestamps.Length * 2);
            Array.Resize(ref _timestamps, size);
            Array.Resize(ref _valueBits, size);
        }
    }
}
