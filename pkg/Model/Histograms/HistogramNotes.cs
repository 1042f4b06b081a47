namespace RemoteStore.Model.Histograms;

/// <summary>
/// What a caller may have to tell about an operation on histograms, as an annotation of the query's result. Which flag becomes which text, and whether a
/// warning or an info, is the query engine's matter.
/// </summary>
[Flags]
public enum HistogramNotes
{
    /// <summary>Nothing to tell.</summary>
    None = 0,

    /// <summary>Exponential and custom buckets cannot be combined. There is no result.</summary>
    MixedSchemas = 1,

    /// <summary>A histogram that begins after a counter reset met one without reset; the hint of the result is unknown.</summary>
    CounterResetCollision = 2,

    /// <summary>Custom bounds differed and were reduced to those in common, in an aggregation or in a single addition or subtraction.</summary>
    BoundsReconciled = 4,

    /// <summary>Custom bounds were reduced to those in common by the subtraction within a rate.</summary>
    BoundsReconciledInSubtraction = 8,

    /// <summary>Custom bounds were reduced to those in common by an addition within a rate.</summary>
    BoundsReconciledInAddition = 16,

    /// <summary>A function of counters was applied to a gauge histogram.</summary>
    NotCounter = 32,

    /// <summary>A function of gauges was applied to a histogram that is no gauge.</summary>
    NotGauge = 64,

    /// <summary>The start timestamp of a sample lies before the sample before it.</summary>
    StartTimestampOverlap = 128,

    /// <summary>A quantile is NaN because it falls on observations of NaN.</summary>
    NaNObservationsMakeNaN = 256,

    /// <summary>A quantile is too high because observations of NaN count as greatest.</summary>
    NaNObservationsSkew = 512,

    /// <summary>Observations of NaN are in no fraction.</summary>
    NaNObservationsExcluded = 1024,
}
