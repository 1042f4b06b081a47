namespace RemoteStore.Model.Histograms;

/// <summary>Why classic buckets make no histogram.</summary>
public enum ClassicHistogramFault
{
    /// <summary>They do.</summary>
    None = 0,

    /// <summary>A bucket has a negative count.</summary>
    NegativeBucketCount,

    /// <summary>The count is negative.</summary>
    NegativeCount,

    /// <summary>A bucket counts less than a lower one.</summary>
    NotCumulative,

    /// <summary>The count is not that of the highest bucket.</summary>
    CountMismatch,
}
