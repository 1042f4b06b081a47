namespace RemoteStore.PromQL.Execution;

/// <summary>What is known of an operator's series before they come. What is not said may or may not hold.</summary>
[Flags]
internal enum SeriesTraits
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>No two series have the same labels. Without it, series of equal labels are pieces of one, with values at different steps.</summary>
    Distinct = 1,

    /// <summary>All series have the same metric name, or none has one.</summary>
    OneName = 2,
}
