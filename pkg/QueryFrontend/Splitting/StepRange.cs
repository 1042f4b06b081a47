namespace RemoteStore.QueryFrontend.Splitting;

/// <summary>Steps of a range query from the first to the last, both inclusive, milliseconds since the Unix epoch; the step is told apart.</summary>
internal readonly record struct StepRange(long StartMs, long EndMs)
{
    /// <summary>True when it has no step.</summary>
    public bool IsEmpty => EndMs < StartMs;

    /// <summary>Number of steps.</summary>
    public long Count(long stepMs) => IsEmpty ? 0 : ((EndMs - StartMs) / stepMs) + 1;
}
