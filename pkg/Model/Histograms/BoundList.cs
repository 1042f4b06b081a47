namespace RemoteStore.Model.Histograms;

/// <summary>The bounds of custom buckets, and their reduction to those that two histograms have in common.</summary>
internal sealed class BoundList
{
    private double[] _values = [];
    private int _length;

    // Of a reduction: the common bounds, and the counts of the buckets between them.
    private double[] _common = [];
    private double[] _counts = [];
    private double[] _compensations = [];

    public Span<double> Values => _values.AsSpan(0, _length);

    public long AllocatedBytes => 8L * (_values.Length + _common.Length + _counts.Length + _compensations.Length);

    public void Clear() => _length = 0;

    public void Resize(int length)
    {
        Reserve(ref _values, length);
        _length = length;
    }

    public void Set(ReadOnlySpan<double> bounds)
    {
        Resize(bounds.Length);
        bounds.CopyTo(Values);
    }

    /// <summary>True when the bounds are the same; +0 and -0 are.</summary>
    public bool Matches(ReadOnlySpan<double> bounds) => Values.SequenceEqual(bounds);

    /// <summary>
    /// Adds (or subtracts) the buckets of a histogram with other bounds: both are summed up between the bounds that they share, which are then the bounds.
    /// Buckets that are empty afterwards are left out.
    /// </summary>
    /// <param name="side">Buckets between these bounds; receives the result.</param>
    /// <param name="other">Buckets between <paramref name="otherBounds"/>.</param>
    /// <param name="otherBounds">Bounds of the other histogram.</param>
    /// <param name="subtract">Whether to subtract.</param>
    public void Reconcile(BucketSide side, BucketSide other, ReadOnlySpan<double> otherBounds, bool subtract)
    {
        ReadOnlySpan<double> common = Intersect(otherBounds);
        Reserve(ref _counts, common.Length + 1);
        Reserve(ref _compensations, common.Length + 1);
        Span<double> counts = _counts.AsSpan(0, common.Length + 1);
        Span<double> compensations = _compensations.AsSpan(0, common.Length + 1);
        counts.Clear();
        compensations.Clear();
        SumUp(side, Values, common, subtract: false, counts, compensations);
        SumUp(other, otherBounds, common, subtract, counts, compensations);
        side.SetDense(counts, compensations, side.Compensated);
        (_values, _common) = (_common, _values);
        _length = common.Length;
    }

    private ReadOnlySpan<double> Intersect(ReadOnlySpan<double> others)
    {
        Reserve(ref _common, Math.Min(_length, others.Length));
        int count = 0;
        int i = 0;
        int j = 0;
        while (i < _length && j < others.Length)
        {
            if (_values[i] == others[j])
            {
                _common[count++] = _values[i];
                i++;
                j++;
            }
            else if (_values[i] < others[j])
            {
                i++;
            }
            else
            {
                j++;
            }
        }

        return _common.AsSpan(0, count);
    }

    private static void SumUp(
        BucketSide side, ReadOnlySpan<double> bounds, ReadOnlySpan<double> common, bool subtract, Span<double> counts, Span<double> compensations)
    {
        ReadOnlySpan<double> own = side.Counts;
        ReadOnlySpan<double> ownCompensations = side.Compensations;
        var cursor = new BucketCursor(side.Spans);
        int target = 0;
        while (cursor.MoveNext())
        {
            if (cursor.Index >= bounds.Length)
            {
                target = common.Length;
            }

            while (target < common.Length && common[target] < bounds[cursor.Index])
            {
                target++;
            }

            double count = own[cursor.Position];
            CompensatedSum.Add(ref counts[target], ref compensations[target], subtract ? -count : count);
            if (ownCompensations.Length > 0)
            {
                CompensatedSum.Add(ref counts[target], ref compensations[target], ownCompensations[cursor.Position]);
            }
        }
    }

    private static void Reserve(ref double[] array, int length)
    {
        if (array.Length < length)
        {
            array = new double[Math.Max(length, Math.Max(4, array.Length * 2))];
        }
    }
}
