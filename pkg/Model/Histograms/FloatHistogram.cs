using RemoteStore.Model.Samples;

namespace RemoteStore.Model.Histograms;

/// <summary>
/// A native histogram to compute with: float counts, exponential or custom buckets, changed in place. Its arrays only grow, so one that is kept and filled
/// again does not allocate. One owner at a time. Operations give the bits that Prometheus 3.14 gives.
/// </summary>
/// <remarks>
/// Spans cover exactly as many buckets as there are counts and only the first may have a negative offset; every way to fill a histogram checks that.
/// While a compensated sum runs (<see cref="AddCompensated"/>), <see cref="Count"/>, <see cref="Sum"/>, <see cref="ZeroCount"/> and the buckets lack what
/// rounding has lost until <see cref="ApplyCompensation()"/>.
/// </remarks>
public sealed class FloatHistogram
{
    private readonly BucketSide _positive = new();
    private readonly BucketSide _negative = new();
    private readonly BoundList _bounds = new();

    // The other histogram of a sum, brought to this one's resolution; most histograms never need it.
    private BucketSide? _scratch;
    private double _count;
    private double _sum;
    private double _zeroCount;
    private double _countCompensation;
    private double _sumCompensation;
    private double _zeroCompensation;

    /// <summary>What is known of a counter reset before this histogram.</summary>
    public CounterResetHint CounterResetHint { get; set; }

    /// <summary>-4 to 8, or <see cref="NativeHistogram.CustomBucketsSchema"/>.</summary>
    public int Schema { get; private set; }

    /// <summary>Breadth of the zero bucket: it holds observations from -threshold to threshold. 0 with custom buckets.</summary>
    public double ZeroThreshold { get; set; }

    /// <summary>Observations in the zero bucket. 0 with custom buckets.</summary>
    public double ZeroCount { get => _zeroCount; set => _zeroCount = value; }

    /// <summary>All observations, those of NaN too.</summary>
    public double Count { get => _count; set => _count = value; }

    /// <summary>Sum of observations; the bits of <see cref="SampleBits.StaleMarker"/> end a series.</summary>
    public double Sum { get => _sum; set => _sum = value; }

    /// <summary>True when the bounds of buckets are listed in <see cref="CustomBounds"/>.</summary>
    public bool HasCustomBuckets => Schema == NativeHistogram.CustomBucketsSchema;

    /// <summary>True when it ends its series.</summary>
    public bool IsStale => BitConverter.DoubleToInt64Bits(Sum) == SampleBits.StaleMarker;

    /// <summary>Spans of the positive buckets (of all, for custom buckets).</summary>
    public ReadOnlySpan<HistogramSpan> PositiveSpans => _positive.Spans;

    /// <summary>Spans of the negative buckets, by absolute value.</summary>
    public ReadOnlySpan<HistogramSpan> NegativeSpans => _negative.Spans;

    /// <summary>Absolute counts of the positive buckets (of all, for custom buckets).</summary>
    public ReadOnlySpan<double> PositiveCounts => _positive.Counts;

    /// <summary>Absolute counts of the negative buckets.</summary>
    public ReadOnlySpan<double> NegativeCounts => _negative.Counts;

    /// <summary>Upper bounds of custom buckets, ascending, without the last at +Inf; empty for exponential buckets.</summary>
    public ReadOnlySpan<double> CustomBounds => _bounds.Values;

    /// <summary>Bytes of its arrays, for memory accounting.</summary>
    public long AllocatedBytes => 192 + _positive.AllocatedBytes + _negative.AllocatedBytes + (_scratch?.AllocatedBytes ?? 0) + _bounds.AllocatedBytes;

    /// <summary>True while a compensated sum runs.</summary>
    public bool IsCompensated { get; private set; }

    internal BucketSide Positive => _positive;

    internal BucketSide Negative => _negative;

    internal ref double ZeroCompensation => ref _zeroCompensation;

    /// <summary>Makes it an empty histogram of this schema, with unknown reset hint and a zero bucket of no breadth.</summary>
    /// <exception cref="ArgumentOutOfRangeException">No valid schema.</exception>
    public void Reset(int schema = 0)
    {
        BucketBounds.CheckSchema(schema);
        Schema = schema;
        CounterResetHint = CounterResetHint.Unknown;
        ZeroThreshold = 0;
        ZeroCount = 0;
        Count = 0;
        Sum = 0;
        _positive.Clear();
        _negative.Clear();
        _bounds.Clear();
        IsCompensated = false;
    }

    /// <summary>Sets the positive buckets.</summary>
    /// <exception cref="ArgumentException">The spans do not cover as many buckets as there are counts, or a later one has a negative offset.</exception>
    public void SetPositive(ReadOnlySpan<HistogramSpan> spans, ReadOnlySpan<double> counts) =>
        _positive.SetChecked(spans, counts, HasCustomBuckets);

    /// <summary>Sets the negative buckets, which a histogram with custom buckets has not.</summary>
    /// <exception cref="ArgumentException">The spans do not cover as many buckets as there are counts, or a later one has a negative offset.</exception>
    public void SetNegative(ReadOnlySpan<HistogramSpan> spans, ReadOnlySpan<double> counts) =>
        _negative.SetChecked(spans, counts, HasCustomBuckets);

    /// <summary>Sets the bounds of custom buckets.</summary>
    /// <param name="bounds">Strictly ascending, without +Inf at the end; not checked.</param>
    /// <exception cref="InvalidOperationException">The schema is exponential.</exception>
    public void SetCustomBounds(ReadOnlySpan<double> bounds)
    {
        if (!HasCustomBuckets)
        {
            throw new InvalidOperationException("only the schema of custom buckets has listed bounds");
        }

        _bounds.Set(bounds);
    }

    /// <summary>
    /// Fills it from a payload (<see cref="HistogramPayload"/>), integer or float. Bytes that are no valid payload give false and leave it empty; nothing is
    /// allocated but arrays in proportion to the payload.
    /// </summary>
    public bool TryRead(ReadOnlySpan<byte> payload)
    {
        Reset();
        if (FloatHistogramReader.TryRead(payload, this))
        {
            return true;
        }

        Reset();
        return false;
    }

    /// <summary>Fills it from a histogram in the form of stores.</summary>
    /// <exception cref="ArgumentException">Its spans do not cover its buckets, or its schema is none.</exception>
    public void CopyFrom(NativeHistogram histogram)
    {
        ArgumentNullException.ThrowIfNull(histogram);
        Reset(histogram.Schema);
        CounterResetHint = histogram.CounterResetHint;
        Count = histogram.Count;
        Sum = histogram.Sum;
        SetPositive(histogram.PositiveSpans, histogram.AbsolutePositiveCounts());
        if (HasCustomBuckets)
        {
            _bounds.Set(histogram.CustomValues);
            return;
        }

        ZeroThreshold = histogram.ZeroThreshold;
        ZeroCount = histogram.ZeroCount;
        SetNegative(histogram.NegativeSpans, histogram.AbsoluteNegativeCounts());
    }

    /// <summary>Makes it a copy of another.</summary>
    public void CopyFrom(FloatHistogram other)
    {
        ArgumentNullException.ThrowIfNull(other);
        if (ReferenceEquals(this, other))
        {
            return;
        }

        CopyScalars(other);
        _positive.CopyFrom(other._positive);
        if (HasCustomBuckets)
        {
            _bounds.Set(other.CustomBounds);
            _negative.Clear();
        }
        else
        {
            _bounds.Clear();
            _negative.CopyFrom(other._negative);
        }

        IsCompensated = other.IsCompensated;
        _countCompensation = other._countCompensation;
        _sumCompensation = other._sumCompensation;
        _zeroCompensation = other._zeroCompensation;
    }

    /// <summary>
    /// Makes it a copy of another in a schema of the same or a lower resolution. As in the reference, the reset hint is copied only when the schema stays.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">A higher resolution, or custom buckets to or from exponential ones.</exception>
    public void CopyFrom(FloatHistogram other, int schema)
    {
        ArgumentNullException.ThrowIfNull(other);
        BucketBounds.CheckReducible(other.Schema, schema);
        CopyFrom(other);
        if (schema != Schema)
        {
            ReduceResolution(schema);
            CounterResetHint = CounterResetHint.Unknown;
        }
    }

    /// <summary>Merges buckets in place so that the schema becomes <paramref name="schema"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A higher resolution, or custom buckets to or from exponential ones.</exception>
    public void ReduceResolution(int schema)
    {
        BucketBounds.CheckReducible(Schema, schema);
        if (schema != Schema)
        {
            _positive.Coarsen(Schema - schema);
            _negative.Coarsen(Schema - schema);
            Schema = schema;
        }
    }

    /// <summary>A float histogram in the form of stores, with arrays of its own.</summary>
    public NativeHistogram ToNative() => new()
    {
        IsFloat = true,
        CounterResetHint = CounterResetHint,
        Schema = Schema,
        ZeroThreshold = ZeroThreshold,
        FloatCount = Count,
        FloatZeroCount = ZeroCount,
        SumBits = BitConverter.DoubleToInt64Bits(Sum),
        PositiveSpans = PositiveSpans.ToArray(),
        NegativeSpans = NegativeSpans.ToArray(),
        PositiveCounts = PositiveCounts.ToArray(),
        NegativeCounts = NegativeCounts.ToArray(),
        CustomValues = CustomBounds.ToArray(),
    };

    /// <summary>
    /// Adds another histogram. A lower resolution of either is that of the sum, the zero bucket becomes wide enough for both, differing custom bounds are
    /// reduced to those in common. Buckets without observations and spans that touch may result; see <see cref="Compact"/>.
    /// </summary>
    /// <returns>
    /// <see cref="HistogramNotes.MixedSchemas"/> (then nothing is changed), <see cref="HistogramNotes.CounterResetCollision"/>,
    /// <see cref="HistogramNotes.BoundsReconciled"/>.
    /// </returns>
    public HistogramNotes Add(FloatHistogram other) => Combine(other, subtract: false, compensated: false);

    /// <summary>Subtracts another histogram, else as <see cref="Add"/>. For PromQL's operator the caller sets the hint to gauge afterwards.</summary>
    public HistogramNotes Subtract(FloatHistogram other) => Combine(other, subtract: true, compensated: false);

    /// <summary>Adds as <see cref="Add"/> and notes, for count, sum and each bucket, what rounding loses (<see cref="CompensatedSum"/>).</summary>
    public HistogramNotes AddCompensated(FloatHistogram other) => Combine(other, subtract: false, compensated: true);

    /// <summary>Ends a compensated sum: adds what rounding has lost.</summary>
    public void ApplyCompensation()
    {
        if (!IsCompensated)
        {
            return;
        }

        IsCompensated = false;
        _count += _countCompensation;
        _sum += _sumCompensation;
        _zeroCount += HasCustomBuckets ? 0 : _zeroCompensation;
        ApplyCompensation(_positive);
        ApplyCompensation(_negative);
    }

    /// <summary>Multiplies all counts and the sum. A negative factor makes it a gauge.</summary>
    public void Multiply(double factor)
    {
        _zeroCount *= factor;
        _count *= factor;
        _sum *= factor;
        CountVectors.Multiply(_positive.Counts, factor);
        CountVectors.Multiply(_negative.Counts, factor);
        if (IsCompensated)
        {
            _zeroCompensation *= factor;
            _countCompensation *= factor;
            _sumCompensation *= factor;
            CountVectors.Multiply(_positive.Compensations, factor);
            CountVectors.Multiply(_negative.Compensations, factor);
        }

        CounterResetHint = factor < 0 ? CounterResetHint.Gauge : CounterResetHint;
    }

    /// <summary>Divides all counts and the sum. A negative divisor makes it a gauge, zero removes all buckets but the zero bucket.</summary>
    public void Divide(double divisor)
    {
        _zeroCount /= divisor;
        _count /= divisor;
        _sum /= divisor;
        if (divisor == 0)
        {
            _positive.Clear();
            _negative.Clear();
            IsCompensated = false;
            return;
        }

        CountVectors.Divide(_positive.Counts, divisor);
        CountVectors.Divide(_negative.Counts, divisor);
        if (IsCompensated)
        {
            _zeroCompensation /= divisor;
            _countCompensation /= divisor;
            _sumCompensation /= divisor;
            CountVectors.Divide(_positive.Compensations, divisor);
            CountVectors.Divide(_negative.Compensations, divisor);
        }

        CounterResetHint = divisor < 0 ? CounterResetHint.Gauge : CounterResetHint;
    }

    /// <summary>
    /// Removes empty buckets from both ends of each span and runs of more than <paramref name="maxEmptyBuckets"/> from within, and joins spans that are no
    /// further apart than that by buckets without observations. Histograms with the same observations and 0 empty buckets have the same layout.
    /// </summary>
    /// <param name="maxEmptyBuckets">0 or a small number: a gap up to it becomes buckets.</param>
    public void Compact(int maxEmptyBuckets)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(maxEmptyBuckets);
        _positive.Compact(maxEmptyBuckets);
        _negative.Compact(maxEmptyBuckets);
    }

    /// <summary>
    /// True when the other holds the same: schema, bounds, spans (but for those of no length) and counts, which are compared by their bits. Reset hints are
    /// not compared.
    /// </summary>
    public bool ContentEquals(FloatHistogram other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return Schema == other.Schema
            && SameBits(_count, other._count)
            && SameBits(_sum, other._sum)
            && (!HasCustomBuckets || _bounds.Matches(other.CustomBounds))
            && ZeroThreshold == other.ZeroThreshold
            && SameBits(_zeroCount, other._zeroCount)
            && _positive.ContentEquals(other._positive)
            && _negative.ContentEquals(other._negative);
    }

    /// <summary>
    /// Whether a counter was reset between <paramref name="previous"/> and this histogram: the hint says so, or some count became less or a populated bucket
    /// is gone. The sum of observations may become less. A finer resolution or a narrower zero bucket mean a reset, a coarser or wider one do not.
    /// </summary>
    public bool DetectReset(FloatHistogram previous)
    {
        ArgumentNullException.ThrowIfNull(previous);
        return ResetDetection.IsReset(this, previous);
    }

    /// <summary>True when a count or the sum has become infinite.</summary>
    public bool HasOverflow =>
        double.IsInfinity(_zeroCount) || double.IsInfinity(_count) || double.IsInfinity(_sum)
        || CountVectors.AnyInfinite(_positive.Counts) || CountVectors.AnyInfinite(_negative.Counts);

    /// <summary>Removes the observations above a limit, as the operator <c>&lt;/</c> does.</summary>
    public void TrimAbove(double limit) => BucketTrim.Trim(this, limit, upper: true);

    /// <summary>Removes the observations below a limit, as the operator <c>&gt;/</c> does.</summary>
    public void TrimBelow(double limit) => BucketTrim.Trim(this, limit, upper: false);

    /// <summary>The positive buckets upwards (for custom buckets: all), those without observations too.</summary>
    public HistogramBuckets PositiveBuckets() => HistogramBuckets.OfSide(this, negative: false);

    /// <summary>The negative buckets, from zero downwards, those without observations too.</summary>
    public HistogramBuckets NegativeBuckets() => HistogramBuckets.OfSide(this, negative: true);

    /// <summary>
    /// All buckets in ascending order: negative, zero (when populated), positive. A bucket that overlaps with the zero bucket ends or begins at its bound.
    /// </summary>
    public HistogramBuckets AllBuckets() => HistogramBuckets.OfAll(this, descending: false);

    /// <summary>All buckets in descending order, else as <see cref="AllBuckets"/>.</summary>
    public HistogramBuckets AllBucketsDescending() => HistogramBuckets.OfAll(this, descending: true);

    internal Span<double> ResizeCustomBounds(int length)
    {
        _bounds.Resize(length);
        return _bounds.Values;
    }

    private static bool SameBits(double left, double right) => BitConverter.DoubleToInt64Bits(left) == BitConverter.DoubleToInt64Bits(right);

    private HistogramNotes Combine(FloatHistogram other, bool subtract, bool compensated)
    {
        ArgumentNullException.ThrowIfNull(other);
        if (HasCustomBuckets != other.HasCustomBuckets)
        {
            return HistogramNotes.MixedSchemas;
        }

        (CounterResetHint, bool collision) = ResetHints.Combine(CounterResetHint, other.CounterResetHint);
        HistogramNotes notes = collision ? HistogramNotes.CounterResetCollision : HistogramNotes.None;
        if (compensated)
        {
            StartCompensation();
        }
        else
        {
            ApplyCompensation();
        }

        double sign = subtract ? -1 : 1;
        if (!HasCustomBuckets)
        {
            (double zeroCount, double zeroCompensation) = ZeroBuckets.Reconcile(this, other);
            CompensatedSum.Add(ref _zeroCount, ref _zeroCompensation, sign * zeroCount);
            if (compensated)
            {
                CompensatedSum.Add(ref _zeroCount, ref _zeroCompensation, zeroCompensation);
            }
        }

        CompensatedSum.Add(ref _count, ref _countCompensation, sign * other._count);
        CompensatedSum.Add(ref _sum, ref _sumCompensation, sign * other._sum);
        if (HasCustomBuckets && !_bounds.Matches(other.CustomBounds))
        {
            _bounds.Reconcile(_positive, other._positive, other.CustomBounds, subtract);
            return notes | HistogramNotes.BoundsReconciled;
        }

        if (other.Schema < Schema)
        {
            ReduceResolution(other.Schema);
        }

        AddSide(_positive, other._positive, other.Schema, subtract);
        AddSide(_negative, other._negative, other.Schema, subtract);
        return notes;
    }

    private void AddSide(BucketSide side, BucketSide other, int otherSchema, bool subtract)
    {
        if (otherSchema > Schema && other.Length > 0)
        {
            _scratch ??= new BucketSide();
            _scratch.Set(other.Spans, other.Counts);
            if (IsCompensated)
            {
                _scratch.StartCompensation();
            }

            _scratch.Coarsen(otherSchema - Schema);
            other = _scratch;
        }

        side.Add(other, subtract, Schema, ZeroThreshold);
    }

    private void StartCompensation()
    {
        if (IsCompensated)
        {
            return;
        }

        IsCompensated = true;
        _countCompensation = 0;
        _sumCompensation = 0;
        _zeroCompensation = 0;
        _positive.StartCompensation();
        _negative.StartCompensation();
    }

    private void ApplyCompensation(BucketSide side)
    {
        int within = side.CountWithinZero(Schema, ZeroThreshold);
        CountVectors.Add(side.Counts[within..], side.Compensations[within..]);
        side.StopCompensation();
    }

    private void CopyScalars(FloatHistogram other)
    {
        Schema = other.Schema;
        CounterResetHint = other.CounterResetHint;
        _count = other._count;
        _sum = other._sum;
        ZeroThreshold = other.HasCustomBuckets ? 0 : other.ZeroThreshold;
        _zeroCount = other.HasCustomBuckets ? 0 : other._zeroCount;
    }
}
