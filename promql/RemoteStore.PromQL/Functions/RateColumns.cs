using RemoteStore.PromQL.Execution;

namespace RemoteStore.PromQL.Functions;

/// <summary>
/// What the extrapolation of a rate depends on, by step, as far as timestamps alone decide it: computed once for series that share them. Same arithmetic as
/// <see cref="Extrapolation"/>.
/// </summary>
internal sealed class RateColumns : IDisposable
{
    private readonly QueryMemory _memory;
    private readonly double[] _sampled = [];
    private readonly double[] _left = [];
    private readonly double[] _right = [];
    private readonly double[] _factor = [];
    private readonly ulong[] _present = [];
    private readonly double _divisor;
    private int _version = -1;

    /// <param name="memory">Where columns are rented.</param>
    /// <param name="steps">Number of steps.</param>
    /// <param name="divisor">Seconds that factors are divided by; 1 for none.</param>
    public RateColumns(QueryMemory memory, int steps, double divisor)
    {
        _memory = memory;
        _divisor = divisor;
        try
        {
            _sampled = memory.RentDoubles(steps);
            _left = memory.RentDoubles(steps);
            _right = memory.RentDoubles(steps);
            _factor = memory.RentDoubles(steps);
            _present = memory.RentWords((steps + 63) >> 6);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Seconds from the first to the last sample.</summary>
    public ReadOnlySpan<double> Sampled => _sampled;

    /// <summary>Seconds added on the left, unless the counter was zero later.</summary>
    public ReadOnlySpan<double> Left => _left;

    /// <summary>Seconds added on the right.</summary>
    public ReadOnlySpan<double> Right => _right;

    /// <summary>What the increase is multiplied with, unless the counter was zero later than the left end.</summary>
    public ReadOnlySpan<double> Factor => _factor;

    /// <summary>Steps that have two samples.</summary>
    public ReadOnlySpan<ulong> Present => _present;

    /// <summary>Brings the columns up to the windows.</summary>
    public void Update(ReadOnlySpan<long> times, StepWindows windows)
    {
        if (_version == windows.Version)
        {
            return;
        }

        _version = windows.Version;
        _present.AsSpan().Clear();
        ReadOnlySpan<int> first = windows.First;
        ReadOnlySpan<int> end = windows.End;
        for (int step = 0; step < first.Length; step++)
        {
            int count = end[step] - first[step];
            if (count < 2)
            {
                continue;
            }

            var extrapolation = new Extrapolation(windows.StartMs(step), windows.EndMs(step), times[first[step]], times[end[step] - 1], count);
            extrapolation.ExtendLeft(double.PositiveInfinity);
            double factor = extrapolation.Factor();
            (_sampled[step], _left[step], _right[step]) = extrapolation.Seconds;
            _factor[step] = _divisor == 1 ? factor : factor / _divisor;
            Presence.Set(_present, step);
        }
    }

    /// <summary>The factor of a step whose left end is moved to where the counter was zero.</summary>
    public double FactorFrom(int step, double left)
    {
        double factor = (_sampled[step] + left + _right[step]) / _sampled[step];
        return _divisor == 1 ? factor : factor / _divisor;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _memory.Return(_sampled);
        _memory.Return(_left);
        _memory.Return(_right);
        _memory.Return(_factor);
        _memory.Return(_present);
    }
}
