using RemoteStore.Model.Histograms;
using RemoteStore.Model.Samples;

namespace RemoteStore.Storage.Querying;

/// <summary>Growable columns of windows with the bytes of their histograms: the part of a <see cref="SampleBuffer"/> that few need.</summary>
internal sealed class WindowBuffer
{
    private WindowAggregate[] _floats = [];
    private HistogramWindow[] _histograms = [];
    private byte[] _payloads = [];
    private int _payloadLength;

    public int FloatCount { get; private set; }

    public int HistogramCount { get; private set; }

    public ReadOnlySpan<WindowAggregate> Floats => _floats.AsSpan(0, FloatCount);

    public ReadOnlySpan<HistogramWindow> Histograms => _histograms.AsSpan(0, HistogramCount);

    /// <summary>Bytes of memory held, filled or not.</summary>
    public long CapacityBytes => (96L * _floats.Length) + (80L * _histograms.Length) + _payloads.Length;

    public ReadOnlySpan<byte> Payload(PayloadRange range) => _payloads.AsSpan(range.Offset, range.Length);

    public void Clear()
    {
        FloatCount = 0;
        HistogramCount = 0;
        _payloadLength = 0;
    }

    public void Add(in WindowAggregate window)
    {
        if (FloatCount == _floats.Length)
        {
            Grow(1);
        }

        _floats[FloatCount++] = window;
    }

    public void Add(ReadOnlySpan<WindowAggregate> windows) => windows.CopyTo(AddUninitialized(windows.Length));

    /// <summary>Appends windows of unknown content, to be filled.</summary>
    public Span<WindowAggregate> AddUninitialized(int count)
    {
        Grow(count);
        FloatCount += count;
        return _floats.AsSpan(FloatCount - count, count);
    }

    public void RemoveLast(int count) => FloatCount -= count;

    /// <summary>Appends a window, copying its histograms. They must not lie in this buffer.</summary>
    public void Add(
        in HistogramWindow window, ReadOnlySpan<byte> first, ReadOnlySpan<byte> last, ReadOnlySpan<byte> sum, ReadOnlySpan<byte> resets)
    {
        if (HistogramCount == _histograms.Length)
        {
            Array.Resize(ref _histograms, Math.Max(16, HistogramCount * 2));
        }

        _histograms[HistogramCount++] = window with { First = Keep(first), Last = Keep(last), Sum = Keep(sum), Resets = Keep(resets) };
    }

    /// <summary>Sorts the windows appended since the given counts by time and combines those that overlap.</summary>
    /// <exception cref="InvalidDataException">A histogram that has to be combined cannot be read.</exception>
    public void SortAndCombine(int firstFloat, int firstHistogram)
    {
        Span<WindowAggregate> floats = _floats.AsSpan(firstFloat, FloatCount - firstFloat);
        if (!AreDisjoint(floats))
        {
            floats.Sort(static (a, b) => WindowAggregate.Compare(a, b));
            int kept = 0;
            foreach (ref readonly WindowAggregate window in floats)
            {
                if (kept > 0 && window.StartMs < floats[kept - 1].EndMs)
                {
                    floats[kept - 1] = floats[kept - 1].Combine(window);
                }
                else
                {
                    floats[kept++] = window;
                }
            }

            FloatCount = firstFloat + kept;
        }

        Span<HistogramWindow> histograms = _histograms.AsSpan(firstHistogram, HistogramCount - firstHistogram);
        if (!AreDisjoint(histograms))
        {
            histograms.Sort(Compare);
            int kept = 0;
            foreach (HistogramWindow window in histograms)
            {
                if (kept > 0 && window.StartMs < histograms[kept - 1].EndMs)
                {
                    histograms[kept - 1] = Combine(histograms[kept - 1], window);
                }
                else
                {
                    histograms[kept++] = window;
                }
            }

            HistogramCount = firstHistogram + kept;
        }
    }

    private static bool AreDisjoint(ReadOnlySpan<WindowAggregate> windows)
    {
        for (int i = 1; i < windows.Length; i++)
        {
            if (windows[i].StartMs < windows[i - 1].EndMs)
            {
                return false;
            }
        }

        return true;
    }

    private static bool AreDisjoint(ReadOnlySpan<HistogramWindow> windows)
    {
        for (int i = 1; i < windows.Length; i++)
        {
            if (windows[i].StartMs < windows[i - 1].EndMs)
            {
                return false;
            }
        }

        return true;
    }

    private int Compare(HistogramWindow left, HistogramWindow right)
    {
        int order = left.StartMs.CompareTo(right.StartMs);
        order = order != 0 ? order : left.EndMs.CompareTo(right.EndMs);
        order = order != 0 ? order : left.FirstMs.CompareTo(right.FirstMs);
        order = order != 0 ? order : left.LastMs.CompareTo(right.LastMs);
        order = order != 0 ? order : left.Count.CompareTo(right.Count);
        order = order != 0 ? order : left.StaleMs.CompareTo(right.StaleMs);
        order = order != 0 ? order : Payload(left.Last).SequenceCompareTo(Payload(right.Last));
        order = order != 0 ? order : Payload(left.First).SequenceCompareTo(Payload(right.First));
        order = order != 0 ? order : Payload(left.Sum).SequenceCompareTo(Payload(right.Sum));
        return order != 0 ? order : Payload(left.Resets).SequenceCompareTo(Payload(right.Resets));
    }

    /// <summary>Same rules as <see cref="WindowAggregate.Combine"/>; where samples of one lie between those of the other, the resets are those of the fuller.</summary>
    private HistogramWindow Combine(in HistogramWindow left, in HistogramWindow right)
    {
        long start = Math.Min(left.StartMs, right.StartMs);
        long end = Math.Max(left.EndMs, right.EndMs);
        long stale = Math.Max(left.StaleMs, right.StaleMs);
        HistogramWindow samples = left.Count == 0 ? right
            : right.Count == 0 ? left
            : left.LastMs == right.LastMs || (left.FirstMs == right.FirstMs && left.FirstMs > left.StartMs) ? Fuller(left, right)
            : left.FirstMs < right.FirstMs || (left.FirstMs == right.FirstMs && left.LastMs < right.LastMs) ? Join(left, right)
            : Join(right, left);
        return samples with { EndMs = end, ResolutionMs = end - start, StaleMs = samples.Count == 0 || stale > samples.LastMs ? stale : 0 };
    }

    private HistogramWindow Join(in HistogramWindow first, in HistogramWindow second)
    {
        if (!TryAdd(first.Sum, second.Sum, out PayloadRange sum))
        {
            return Fuller(first, second); // buckets that have no sum: the reference engine has no answer for both
        }

        PayloadRange resets = Fuller(first, second).Resets;
        if (first.LastMs < second.FirstMs && TryAdd(first.Resets, second.Resets, out PayloadRange both))
        {
            bool isReset = second.First.Length > 0 && first.Last.Length > 0 && Read(second.First).DetectReset(Read(first.Last));
            resets = isReset && TryAdd(both, first.Last, out PayloadRange all) ? all : both;
        }

        return new()
        {
            FirstMs = first.FirstMs,
            LastMs = Math.Max(first.LastMs, second.LastMs),
            Count = first.Count + second.Count,
            First = first.First,
            Last = first.LastMs < second.LastMs ? second.Last : first.Last,
            Sum = sum,
            Resets = resets,
        };
    }

    private static HistogramWindow Fuller(in HistogramWindow left, in HistogramWindow right) => left.Count > right.Count ? left : right;

    /// <summary>The sum of two histograms, either of which may be absent; false when they have none.</summary>
    private bool TryAdd(PayloadRange left, PayloadRange right, out PayloadRange sum)
    {
        sum = left.Length == 0 ? right : left;
        if (left.Length == 0 || right.Length == 0)
        {
            return true;
        }

        FloatHistogram histogram = Read(left);
        if ((histogram.Add(Read(right)) & HistogramNotes.MixedSchemas) != 0)
        {
            return false;
        }

        sum = Keep(HistogramPayload.Encode(histogram.ToNative()));
        return true;
    }

    private FloatHistogram Read(PayloadRange range)
    {
        var histogram = new FloatHistogram();
        return histogram.TryRead(Payload(range)) ? histogram : throw new InvalidDataException("a histogram of a window cannot be read");
    }

    private void Grow(int count)
    {
        int needed = checked(FloatCount + count);
        if (needed > _floats.Length)
        {
            Array.Resize(ref _floats, Math.Max(needed, Math.Max(64, _floats.Length * 2)));
        }
    }

    private PayloadRange Keep(ReadOnlySpan<byte> payload)
    {
        if (payload.IsEmpty)
        {
            return default;
        }

        int needed = checked(_payloadLength + payload.Length);
        if (needed > _payloads.Length)
        {
            Array.Resize(ref _payloads, Math.Max(needed, Math.Max(1024, _payloads.Length * 2)));
        }

        payload.CopyTo(_payloads.AsSpan(_payloadLength));
        var range = new PayloadRange(_payloadLength, payload.Length);
        _payloadLength = needed;
        return range;
    }
}
