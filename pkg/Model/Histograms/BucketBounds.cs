using RemoteStore.Model.Samples;

namespace RemoteStore.Model.Histograms;

/// <summary>Bounds of buckets by index, for both kinds of schema.</summary>
internal static class BucketBounds
{
    /// <summary>
    /// Absolute upper bound of a bucket. Custom buckets lie between the listed bounds, the first begins at -Inf and the one behind the last bound ends at +Inf;
    /// an index beyond that (only an invalid histogram has one) has an infinite bound too.
    /// </summary>
    public static double Upper(int index, int schema, ReadOnlySpan<double> customBounds)
    {
        if (schema != NativeHistogram.CustomBucketsSchema)
        {
            return HistogramBounds.UpperBound(index, schema);
        }

        return index < 0 ? double.NegativeInfinity : index < customBounds.Length ? customBounds[index] : double.PositiveInfinity;
    }

    /// <summary>The bucket with this index on a side.</summary>
    public static HistogramBucket Bucket(int index, double count, bool negative, int schema, ReadOnlySpan<double> customBounds)
    {
        double far = Upper(index, schema, customBounds);
        double near = Upper(index - 1, schema, customBounds);
        if (schema == NativeHistogram.CustomBucketsSchema)
        {
            return new HistogramBucket(near, far, count, index, index == 0, true);
        }

        return negative
            ? new HistogramBucket(-far, -near, count, index, true, false)
            : new HistogramBucket(near, far, count, index, false, true);
    }

    public static bool IsValidSchema(int schema) =>
        schema is NativeHistogram.CustomBucketsSchema or (>= NativeHistogram.MinExponentialSchema and <= NativeHistogram.MaxExponentialSchema);

    public static void CheckSchema(int schema)
    {
        if (!IsValidSchema(schema))
        {
            throw new ArgumentOutOfRangeException(nameof(schema), schema, "neither an exponential schema nor that of custom buckets");
        }
    }

    /// <summary>Only exponential schemas have others of lower resolution; each may stay as it is.</summary>
    public static void CheckReducible(int from, int to)
    {
        bool custom = from == NativeHistogram.CustomBucketsSchema || to == NativeHistogram.CustomBucketsSchema;
        if (from != to && (custom || !IsValidSchema(to) || to > from))
        {
            throw new ArgumentOutOfRangeException(nameof(to), to, $"schema {from} cannot be reduced to it");
        }
    }

    /// <summary>Index of the bucket that holds the bucket <paramref name="index"/> after halving the resolution <paramref name="shift"/> times.</summary>
    public static int Coarsen(int index, int shift) => ((index - 1) >> shift) + 1;
}
