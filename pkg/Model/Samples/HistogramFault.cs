namespace RemoteStore.Model.Samples;

/// <summary>Why a native histogram is refused.</summary>
public enum HistogramFault : byte
{
    /// <summary>It is valid.</summary>
    None = 0,

    /// <summary>The message is not well formed.</summary>
    Malformed,

    /// <summary>Neither an exponential schema nor that of custom buckets.</summary>
    InvalidSchema,

    /// <summary>The spans do not cover as many buckets as there are.</summary>
    SpansBucketsMismatch,

    /// <summary>A span after the first, or any span of custom buckets, has a negative offset.</summary>
    NegativeSpanOffset,

    /// <summary>A bucket index leaves 32 bits.</summary>
    BucketIndexOverflow,

    /// <summary>A bucket counts less than zero observations, or more than 63 bits hold.</summary>
    NegativeBucketCount,

    /// <summary>Count or zero count is negative.</summary>
    NegativeCount,

    /// <summary>Integer histogram: count is not the sum of the buckets.</summary>
    CountMismatch,

    /// <summary>Integer histogram with NaN observations: count is below the sum of the buckets.</summary>
    CountTooSmall,

    /// <summary>Custom bounds are not strictly ascending.</summary>
    CustomBoundsNotAscending,

    /// <summary>The last custom bound is +Inf, which is implied.</summary>
    CustomBoundsInfinite,

    /// <summary>A custom bound is NaN.</summary>
    CustomBoundsNaN,

    /// <summary>Fewer custom bounds than the spans reach.</summary>
    CustomBoundsTooFew,

    /// <summary>A custom-bucket histogram with a zero bucket.</summary>
    CustomBucketsWithZeroBucket,

    /// <summary>A custom-bucket histogram with negative buckets.</summary>
    CustomBucketsWithNegativeBuckets,

    /// <summary>An exponential schema with custom bounds.</summary>
    ExponentialSchemaWithCustomBounds,
}

/// <summary>Words for <see cref="HistogramFault"/>.</summary>
public static class HistogramFaultExtensions
{
    /// <summary>The fault in words, for the sender.</summary>
    public static string Describe(this HistogramFault fault) => fault switch
    {
        HistogramFault.None => "valid",
        HistogramFault.Malformed => "message is not well formed",
        HistogramFault.InvalidSchema => "schema is neither between -4 and 8 nor -53",
        HistogramFault.SpansBucketsMismatch => "spans cover another number of buckets than given",
        HistogramFault.NegativeSpanOffset => "a span has a negative offset",
        HistogramFault.BucketIndexOverflow => "a bucket index is out of range",
        HistogramFault.NegativeBucketCount => "a bucket has a negative count",
        HistogramFault.NegativeCount => "the count is negative",
        HistogramFault.CountMismatch => "the count is not the number of observations in the buckets",
        HistogramFault.CountTooSmall => "the count is below the number of observations in the buckets",
        HistogramFault.CustomBoundsNotAscending => "custom bounds are not strictly ascending",
        HistogramFault.CustomBoundsInfinite => "the last custom bound is +Inf, which is implied",
        HistogramFault.CustomBoundsNaN => "a custom bound is NaN",
        HistogramFault.CustomBoundsTooFew => "there are fewer custom bounds than the spans reach",
        HistogramFault.CustomBucketsWithZeroBucket => "custom buckets allow no zero bucket",
        HistogramFault.CustomBucketsWithNegativeBuckets => "custom buckets allow no negative buckets",
        HistogramFault.ExponentialSchemaWithCustomBounds => "an exponential schema allows no custom bounds",
        _ => throw new ArgumentOutOfRangeException(nameof(fault)),
    };
}
