namespace RemoteStore.PromQL;

/// <summary>Limits that the caller of a query sets. Those of the engine hold as well: a query's own can only be lower. Null where there is none.</summary>
public sealed record QueryLimits
{
    /// <summary>As <see cref="EngineOptions.MaxSamples"/>.</summary>
    public long? MaxSamples { get; init; }

    /// <summary>As <see cref="EngineOptions.MaxSeries"/>.</summary>
    public long? MaxSeries { get; init; }

    /// <summary>As <see cref="EngineOptions.MaxMemoryBytes"/>.</summary>
    public long? MaxMemoryBytes { get; init; }

    /// <summary>As <see cref="EngineOptions.MaxSteps"/>.</summary>
    public int? MaxSteps { get; init; }

    /// <summary>The options of an engine with these limits where they are lower.</summary>
    internal EngineOptions Lower(EngineOptions options) => options with
    {
        MaxSamples = Math.Min(options.MaxSamples, MaxSamples ?? long.MaxValue),
        MaxSeries = Math.Min(options.MaxSeries, MaxSeries ?? long.MaxValue),
        MaxMemoryBytes = Math.Min(options.MaxMemoryBytes, MaxMemoryBytes ?? long.MaxValue),
        MaxSteps = Math.Min(options.MaxSteps, MaxSteps ?? int.MaxValue),
    };
}
