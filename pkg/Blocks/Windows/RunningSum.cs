using RemoteStore.Primitives.Numerics;

namespace RemoteStore.Blocks.Windows;

/// <summary>A compensated sum as <c>sum_over_time</c> has it, from 0 on.</summary>
internal struct RunningSum
{
    private double _sum;
    private double _compensation;

    /// <summary>The sum so far, rounded once.</summary>
    public readonly double Value => double.IsInfinity(_sum) ? _sum : _sum + _compensation;

    /// <summary>Adds a value.</summary>
    public void Add(double value) => CompensatedSums.Add(value, ref _sum, ref _compensation);
}
