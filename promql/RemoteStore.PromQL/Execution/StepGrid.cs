namespace RemoteStore.PromQL.Execution;

/// <summary>The evaluation times of an operator: <see cref="Count"/> steps from <see cref="StartMs"/> on. An instant query has one.</summary>
/// <param name="StartMs">First evaluation time, milliseconds since the Unix epoch.</param>
/// <param name="StepMs">Distance of two steps in milliseconds, above 0.</param>
/// <param name="Count">Number of steps; 0 when the end lies before the start.</param>
internal readonly record struct StepGrid(long StartMs, long StepMs, int Count)
{
    /// <summary>Last evaluation time.</summary>
    public long EndMs => StartMs + ((Count - 1) * StepMs);

    /// <summary>Number of 64-bit words of a presence bitmap.</summary>
    public int Words => (Count + 63) >> 6;

    /// <summary>Time of a step.</summary>
    public long Time(int step) => StartMs + (step * StepMs);

    /// <summary>The grid from <paramref name="startMs"/> to <paramref name="endMs"/>, both inclusive.</summary>
    /// <exception cref="QueryException">There are more than <paramref name="maxSteps"/> steps.</exception>
    public static StepGrid Between(long startMs, long endMs, long stepMs, int maxSteps)
    {
        if (endMs < startMs)
        {
            return new StepGrid(startMs, stepMs, 0);
        }

        // The distance of two longs fits an unsigned one.
        ulong last = (ulong)unchecked(endMs - startMs) / (ulong)stepMs;
        return last < (ulong)maxSteps ? new StepGrid(startMs, stepMs, (int)last + 1) : throw QueryException.TooManySteps(last + 1, maxSteps);
    }
}
