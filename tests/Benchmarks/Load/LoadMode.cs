namespace RemoteStore.Benchmarks.Load;

/// <summary>What the generator sends.</summary>
internal enum LoadMode
{
    /// <summary>The same series round after round, as fast as the server answers.</summary>
    Steady,

    /// <summary>As <see cref="Steady"/>, but requests leave on a schedule of so many samples per second.</summary>
    Rate,

    /// <summary>Every request carries only series that were never sent before.</summary>
    NewSeries,

    /// <summary>Targets are replaced by new ones while the number of active series stays.</summary>
    Churn,
}
