using System.Diagnostics;
using RemoteStore.Model.Samples;

namespace RemoteStore.Model.Histograms;

/// <summary>
/// The positive or the negative buckets of a float histogram: spans, absolute counts and, while a compensated sum runs, what rounding has lost from each
/// count. Arrays only grow and are used again. Spans always cover exactly as many buckets as there are counts.
/// </summary>
internal sealed class BucketSide
{
    private HistogramSpan[] _spans = [];
    private double[] _counts = [];
    private double[] _compensations = [];
    private int _spanCount;
    private int _length;

    // Where a sum with another layout is written before the arrays change places.
    private HistogramSpan[] _nextSpans = [];
    private double[] _nextCounts = [];
    private double[] _nextCompensations = [];

    public Span<HistogramSpan> Spans => _spans.AsSpan(0, _spanCount);

    public Span<double> Counts => _counts.AsSpan(0, _length);

    /// <summary>As long as the counts while a compensated sum runs, else empty.</summary>
    public Span<double> Compensations => Compensated ? _compensations.AsSpan(0, _length) : default;

    public bool Compensated { get; private set; }

    public int Length => _length;

    public long AllocatedBytes =>
        (8L * (_spans.Length + _nextSpans.Length))
        + (8L * (_counts.Length + _compensations.Length + _nextCounts.Length + _nextCompensations.Length));

    public void Clear()
    {
        _spanCount = 0;
        _length = 0;
        Compensated = false;
    }

    /// <summary>Makes room for so many spans and buckets, whose contents the caller then writes.</summary>
    public void Resize(int spans, int buckets)
    {
        Reserve(ref _spans, spans);
        Reserve(ref _counts, buckets);
        _spanCount = spans;
        _length = buckets;
        Compensated = false;
    }

    public void Set(ReadOnlySpan<HistogramSpan> spans, ReadOnlySpan<double> counts)
    {
        Resize(spans.Length, counts.Length);
        spans.CopyTo(Spans);
        counts.CopyTo(Counts);
    }

    /// <exception cref="ArgumentException">
    /// The spans do not cover as many buckets as there are counts, or a later span (any one, for custom buckets) has a negative offset.
    /// </exception>
    public void SetChecked(ReadOnlySpan<HistogramSpan> spans, ReadOnlySpan<double> counts, bool customBuckets)
    {
        long covered = 0;
        for (int i = 0; i < spans.Length; i++)
        {
            covered += spans[i].Length;
            if (spans[i].Offset < 0 && (i > 0 || customBuckets))
            {
                throw new ArgumentException("a span has a negative offset", nameof(spans));
            }
        }

        if (covered != counts.Length)
        {
            throw new ArgumentException($"spans cover {covered} buckets, {counts.Length} are given", nameof(spans));
        }

        Set(spans, counts);
    }

    public void CopyFrom(BucketSide other)
    {
        Set(other.Spans, other.Counts);
        if (other.Compensated)
        {
            StartCompensation();
            other.Compensations.CopyTo(Compensations);
        }
    }

    /// <summary>Begins to note what rounding loses; nothing is lost yet.</summary>
    public void StartCompensation()
    {
        Reserve(ref _compensations, _length);
        Compensated = true;
        Compensations.Clear();
    }

    public void StopCompensation() => Compensated = false;

    public bool HasLayoutOf(BucketSide other) => _length == other._length && Spans.SequenceEqual(other.Spans);

    /// <summary>True for the same buckets with the same bits; spans of no length do not count, spans that touch are not the same as one.</summary>
    public bool ContentEquals(BucketSide other)
    {
        if (_length != other._length || !CountVectors.SameBits(Counts, other.Counts))
        {
            return false;
        }

        if (Spans.SequenceEqual(other.Spans))
        {
            return true;
        }

        var mine = new BucketCursor(Spans);
        var theirs = new BucketCursor(other.Spans);
        while (mine.MoveNext())
        {
            if (!theirs.MoveNext() || mine.Index != theirs.Index || mine.StartsSpan != theirs.StartsSpan)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>
    /// Adds (or subtracts) the buckets of another side of the same schema. Its first buckets that end within the zero bucket are left out: they are in the
    /// zero count already.
    /// </summary>
    public void Add(BucketSide other, bool subtract, int schema, double zeroThreshold)
    {
        int skip = other.CountWithinZero(schema, zeroThreshold);
        if (other._length == skip)
        {
            return;
        }

        if (skip == 0 && !other.Compensated && HasLayoutOf(other))
        {
            AddSameLayout(other, subtract);
        }
        else
        {
            Merge(other, skip, subtract);
        }
    }

    /// <summary>Reduces the resolution so many times by half.</summary>
    public void Coarsen(int shift)
    {
        // In place: each bucket and span is read before the same or an earlier one is written.
        Span<double> counts = Counts;
        Span<double> compensations = Compensations;
        var cursor = new BucketCursor(Spans);
        var writer = new BucketWriter(Spans, counts, compensations);
        int last = 0;
        while (cursor.MoveNext())
        {
            int index = BucketBounds.Coarsen(cursor.Index, shift);
            double count = counts[cursor.Position];
            double compensation = compensations.Length > 0 ? compensations[cursor.Position] : 0;
            if (writer.Length == 0 || index != last)
            {
                writer.WriteOwn(index, false, count, compensation);
                last = index;
            }
            else if (compensations.Length > 0)
            {
                CompensatedSum.Add(ref counts[writer.Length - 1], ref compensations[writer.Length - 1], count);
                CompensatedSum.Add(ref counts[writer.Length - 1], ref compensations[writer.Length - 1], compensation);
            }
            else
            {
                counts[writer.Length - 1] += count;
            }
        }

        _spanCount = writer.SpanCount;
        _length = writer.Length;
    }

    /// <summary>
    /// Cuts empty buckets from the ends of spans and runs of more than <paramref name="maxEmptyBuckets"/> from within, and joins spans that are no further
    /// apart than that.
    /// </summary>
    public void Compact(int maxEmptyBuckets)
    {
        if (!IsDense())
        {
            DropEmpty();
        }

        if (maxEmptyBuckets > 0)
        {
            JoinSpans(maxEmptyBuckets);
        }
    }

    /// <summary>Replaces the buckets by those of <paramref name="counts"/>, of consecutive indexes from 0, that are not empty.</summary>
    public void SetDense(ReadOnlySpan<double> counts, ReadOnlySpan<double> compensations, bool compensated)
    {
        Reserve(ref _spans, counts.Length);
        Reserve(ref _counts, counts.Length);
        if (compensated)
        {
            Reserve(ref _compensations, counts.Length);
        }

        var writer = new BucketWriter(_spans, _counts, compensated ? _compensations : default);
        for (int i = 0; i < counts.Length; i++)
        {
            if (counts[i] != 0 || compensations[i] != 0)
            {
                writer.WriteOwn(i, false, counts[i], compensations[i]);
            }
        }

        _spanCount = writer.SpanCount;
        _length = writer.Length;
        Compensated = compensated;
    }

    /// <summary>How many of the first buckets end within the zero bucket.</summary>
    public int CountWithinZero(int schema, double zeroThreshold)
    {
        if (schema == NativeHistogram.CustomBucketsSchema)
        {
            return 0;
        }

        var cursor = new BucketCursor(Spans);
        while (cursor.MoveNext())
        {
            if (!(HistogramBounds.UpperBound(cursor.Index, schema) <= zeroThreshold))
            {
                return cursor.Position;
            }
        }

        return _length;
    }

    private void AddSameLayout(BucketSide other, bool subtract)
    {
        if (!Compensated)
        {
            if (subtract)
            {
                CountVectors.Subtract(Counts, other.Counts);
            }
            else
            {
                CountVectors.Add(Counts, other.Counts);
            }

            return;
        }

        Debug.Assert(!subtract, "a compensated sum only adds");
        CountVectors.AddCompensated(Counts, Compensations, other.Counts);
    }

    private void Merge(BucketSide other, int skip, bool subtract)
    {
        Reserve(ref _nextSpans, _spanCount + other._spanCount);
        Reserve(ref _nextCounts, _length + other._length);
        if (Compensated)
        {
            Reserve(ref _nextCompensations, _length + other._length);
        }

        Span<double> compensations = Compensations;
        Span<double> otherCompensations = other.Compensations;
        var writer = new BucketWriter(_nextSpans, _nextCounts, Compensated ? _nextCompensations : default);
        var mine = new BucketCursor(Spans);
        var theirs = new BucketCursor(other.Spans);
        bool hasMine = mine.MoveNext();
        bool hasTheirs = theirs.MoveNext();
        while (hasTheirs && theirs.Position < skip)
        {
            hasTheirs = theirs.MoveNext();
        }

        while (hasMine || hasTheirs)
        {
            bool takeMine = hasMine && (!hasTheirs || mine.Index <= theirs.Index);
            bool takeTheirs = hasTheirs && (!hasMine || theirs.Index <= mine.Index);
            double added = takeTheirs ? other._counts[theirs.Position] : 0;
            added = subtract ? -added : added;
            double addedCompensation = takeTheirs && otherCompensations.Length > 0 ? otherCompensations[theirs.Position] : 0;
            if (takeMine)
            {
                double count = _counts[mine.Position];
                double compensation = compensations.Length > 0 ? compensations[mine.Position] : 0;
                if (takeTheirs)
                {
                    CompensatedSum.Add(ref count, ref compensation, added);
                    if (addedCompensation != 0)
                    {
                        CompensatedSum.Add(ref count, ref compensation, addedCompensation);
                    }
                }

                writer.WriteOwn(mine.Index, mine.StartsSpan, count, compensation);
                hasMine = mine.MoveNext();
            }
            else
            {
                writer.WriteAdded(theirs.Index, added, addedCompensation);
            }

            hasTheirs = takeTheirs ? theirs.MoveNext() : hasTheirs;
        }

        _spanCount = writer.SpanCount;
        _length = writer.Length;
        (_spans, _nextSpans) = (_nextSpans, _spans);
        (_counts, _nextCounts) = (_nextCounts, _counts);
        if (Compensated)
        {
            (_compensations, _nextCompensations) = (_nextCompensations, _compensations);
        }
    }

    private bool IsDense()
    {
        foreach (double count in Counts)
        {
            if (count == 0)
            {
                return false;
            }
        }

        Span<HistogramSpan> spans = Spans;
        for (int i = 0; i < spans.Length; i++)
        {
            if (spans[i].Length == 0 || (i > 0 && spans[i].Offset == 0))
            {
                return false;
            }
        }

        return true;
    }

    private void DropEmpty()
    {
        // At most one more span begins with each bucket that is kept, so the spans may outgrow their array before the old ones are read.
        Reserve(ref _nextSpans, _length);
        Span<double> counts = Counts;
        Span<double> compensations = Compensations;
        var cursor = new BucketCursor(Spans);
        var writer = new BucketWriter(_nextSpans, counts, compensations);
        while (cursor.MoveNext())
        {
            double count = counts[cursor.Position];
            double compensation = compensations.Length > 0 ? compensations[cursor.Position] : 0;
            if (count != 0 || compensation != 0)
            {
                writer.WriteOwn(cursor.Index, false, count, compensation);
            }
        }

        _spanCount = writer.SpanCount;
        _length = writer.Length;
        (_spans, _nextSpans) = (_nextSpans, _spans);
    }

    private void JoinSpans(int maxGap)
    {
        int grown = _length;
        for (int i = 1; i < _spanCount; i++)
        {
            grown = checked(grown + (_spans[i].Offset <= maxGap ? _spans[i].Offset : 0));
        }

        if (grown == _length)
        {
            return;
        }

        GrowKeeping(ref _counts, _length, grown);
        if (Compensated)
        {
            GrowKeeping(ref _compensations, _length, grown);
        }

        // From the end, so that no bucket is overwritten before it has moved.
        int from = _length;
        int to = grown;
        for (int i = _spanCount - 1; i >= 0; i--)
        {
            int length = (int)_spans[i].Length;
            int gap = i > 0 && _spans[i].Offset <= maxGap ? _spans[i].Offset : 0;
            from -= length;
            to -= length;
            Move(from, to, length, gap);
            to -= gap;
        }

        _length = grown;
        int kept = 0;
        for (int i = 1; i < _spanCount; i++)
        {
            HistogramSpan span = _spans[i];
            if (span.Offset <= maxGap)
            {
                _spans[kept] = _spans[kept] with { Length = _spans[kept].Length + (uint)span.Offset + span.Length };
            }
            else
            {
                _spans[++kept] = span;
            }
        }

        _spanCount = kept + 1;
    }

    private void Move(int from, int to, int length, int emptyBefore)
    {
        _counts.AsSpan(from, length).CopyTo(_counts.AsSpan(to, length));
        _counts.AsSpan(to - emptyBefore, emptyBefore).Clear();
        if (Compensated)
        {
            _compensations.AsSpan(from, length).CopyTo(_compensations.AsSpan(to, length));
            _compensations.AsSpan(to - emptyBefore, emptyBefore).Clear();
        }
    }

    /// <summary>Grows an array whose contents do not matter.</summary>
    private static void Reserve<T>(ref T[] array, int length)
    {
        if (array.Length < length)
        {
            array = new T[Math.Max(length, Math.Max(4, array.Length * 2))];
        }
    }

    private static void GrowKeeping<T>(ref T[] array, int used, int length)
    {
        if (array.Length < length)
        {
            T[] grown = new T[Math.Max(length, array.Length * 2)];
            array.AsSpan(0, used).CopyTo(grown);
            array = grown;
        }
    }
}
