using RemoteStore.Storage.Querying;

namespace RemoteStore.PromQL.Windowed;

/// <summary>
/// Values that stand for the samples of windows where their order in time does not matter: the least, the greatest, and for all others their average. Of windows of
/// one or two samples these are the samples.
/// </summary>
internal sealed class WeightedValues
{
    private double[] _values = [];
    private long[] _weights = [];
    private int _count;

    /// <summary>Number of samples that the values stand for.</summary>
    public long Samples { get; private set; }

    /// <summary>True when windows had to be estimated.</summary>
    public bool AreEstimated { get; private set; }

    /// <summary>True when a sample is NaN, or values are infinite in both directions.</summary>
    public bool HasNaN { get; private set; }

    /// <summary>True when a sample is infinite, or a sum is too large.</summary>
    public bool HasInfinity { get; private set; }

    private Span<double> Values => _values.AsSpan(0, _count);

    private Span<long> Weights => _weights.AsSpan(0, _count);

    /// <summary>Takes the values of windows.</summary>
    public void Load(ReadOnlySpan<WindowAggregate> windows)
    {
        (_count, Samples, AreEstimated, HasNaN, HasInfinity) = (0, 0, false, false, false);
        if (_values.Length < windows.Length * 3)
        {
            _values = new double[windows.Length * 3];
            _weights = new long[windows.Length * 3];
        }

        foreach (ref readonly WindowAggregate window in windows)
        {
            HasNaN |= double.IsNaN(window.Sum);
            HasInfinity |= double.IsInfinity(window.Sum);
            Samples += window.Count;
            Add(window.Min, 1);
            if (window.Count == 2 && double.IsNaN(window.Sum))
            {
                Add(window.Max == window.Min ? double.NaN : window.Max, 1); // of two samples one is NaN, or both are infinite
            }
            else if (window.Count > 1)
            {
                Add(window.Max, 1);
                AddOthers(window);
            }
        }
    }

    /// <summary>The quantile by linear interpolation between ranks; NaNs count as the smallest values.</summary>
    public double Quantile(double quantile)
    {
        if (_count == 0 || double.IsNaN(quantile))
        {
            return double.NaN;
        }

        if (quantile is < 0 or > 1)
        {
            return quantile < 0 ? double.NegativeInfinity : double.PositiveInfinity;
        }

        Values.Sort(Weights);
        double rank = quantile * (Samples - 1);
        long lower = (long)Math.Floor(rank);
        double weight = rank - Math.Floor(rank);
        return (At(lower) * (1 - weight)) + (At(Math.Min(lower + 1, Samples - 1)) * weight);
    }

    /// <summary>The population variance.</summary>
    public double Variance()
    {
        if (HasNaN || HasInfinity)
        {
            return double.NaN;
        }

        double mean = 0;
        for (int i = 0; i < _count; i++)
        {
            mean += _values[i] * (_weights[i] / (double)Samples);
        }

        double squares = 0;
        for (int i = 0; i < _count; i++)
        {
            double distance = _values[i] - mean;
            squares += distance * distance * (_weights[i] / (double)Samples);
        }

        return squares;
    }

    /// <summary>Replaces each value by its distance from another.</summary>
    public void MoveToDistances(double from)
    {
        foreach (ref double value in Values)
        {
            value = Math.Abs(value - from);
        }
    }

    private double At(long rank)
    {
        int i = 0;
        while (i < _count - 1 && rank >= _weights[i])
        {
            rank -= _weights[i++];
        }

        return _values[i];
    }

    private void AddOthers(in WindowAggregate window)
    {
        if (window.Count == 2)
        {
            return;
        }

        AreEstimated = true;
        double average = (window.Sum - window.Min - window.Max) / (window.Count - 2);
        double middle = (window.Min / 2) + (window.Max / 2);
        Add(double.IsFinite(average) ? Math.Clamp(average, window.Min, window.Max) : middle, window.Count - 2);
    }

    private void Add(double value, long weight)
    {
        _values[_count] = value;
        _weights[_count++] = weight;
    }
}
