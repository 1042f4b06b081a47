namespace RemoteStore.PromQL.Functions;

/// <summary>
/// How far a rate is extrapolated beyond its first and last sample: to the ends of the range when these are no farther than 1.1 times the average distance
/// of samples, else by half of that distance; and never to before a counter was zero.
/// </summary>
internal struct Extrapolation
{
    private readonly long _rangeStartMs;
    private readonly long _firstMs;
    private readonly long _lastMs;
    private readonly double _average;
    private double _sampledSeconds;
    private double _leftSeconds;
    private double _rightSeconds;

    public Extrapolation(long rangeStartMs, long rangeEndMs, long firstMs, long lastMs, int samples)
    {
        _rangeStartMs = rangeStartMs;
        _firstMs = firstMs;
        _lastMs = lastMs;
        _leftSeconds = (firstMs - rangeStartMs) / 1000.0;
        _rightSeconds = (rangeEndMs - lastMs) / 1000.0;
        _sampledSeconds = (lastMs - firstMs) / 1000.0;
        _average = samples > 1 ? _sampledSeconds / (samples - 1) : 0;
    }

    /// <summary>Seconds between the first and last sample, and those added on the left and on the right, as they are now.</summary>
    public readonly (double Sampled, double Left, double Right) Seconds => (_sampledSeconds, _leftSeconds, _rightSeconds);

    /// <summary>True when the first sample's start timestamp lies inside the range, so that the counter is known to have been zero then.</summary>
    public readonly bool StartsInside(long startTimestampMs) =>
        startTimestampMs != 0 && startTimestampMs > _rangeStartMs && startTimestampMs < _firstMs;

    /// <summary>Begins at the first sample's start timestamp instead of extrapolating to the left.</summary>
    public void BeginAt(long startTimestampMs)
    {
        _leftSeconds = 0;
        _sampledSeconds = (_lastMs - startTimestampMs) / 1000.0;
    }

    /// <summary>Extrapolates to the left.</summary>
    /// <param name="firstToIncrease">First value over increase: how far back, in sampled intervals, a counter was zero; infinite when that does not bound it.</param>
    public void ExtendLeft(double firstToIncrease)
    {
        if (_leftSeconds >= _average * 1.1)
        {
            _leftSeconds = _average / 2;
        }

        if (!double.IsPositiveInfinity(firstToIncrease))
        {
            double toZero = _sampledSeconds * firstToIncrease;
            if (toZero < _leftSeconds)
            {
                _leftSeconds = toZero;
            }
        }
    }

    /// <summary>What the increase is multiplied with.</summary>
    public double Factor()
    {
        if (_rightSeconds >= _average * 1.1)
        {
            _rightSeconds = _average / 2;
        }

        return _sampledSeconds == 0 ? 1 : (_sampledSeconds + _leftSeconds + _rightSeconds) / _sampledSeconds;
    }
}
