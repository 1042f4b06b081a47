namespace RemoteStore.Model.Samples;

/// <summary>Float values that must be told apart by their bits; arithmetic may quiet a signalling NaN, so values travel as bits.</summary>
public static class SampleBits
{
    /// <summary>The NaN that ends a series (Prometheus <c>value.StaleNaN</c>); a signalling pattern.</summary>
    public const long StaleMarker = 0x7ff0000000000002;

    /// <summary>Prometheus' ordinary NaN (<c>value.NormalNaN</c>).</summary>
    public const long NormalNaN = 0x7ff8000000000001;

    /// <summary>True for every NaN pattern.</summary>
    public static bool IsNaN(long bits) => (bits & long.MaxValue) > 0x7ff0000000000000;

    /// <summary>
    /// Which of two different values at one timestamp of one series stays: an ordinary value over the stale marker, any number over other NaNs, else
    /// the greater by numeric order with -0 below +0, and NaNs by their bits. The rule does not depend on arrival order, so that restarts, merges and
    /// replicas agree.
    /// </summary>
    /// <returns>Positive when <paramref name="left"/> stays, negative when <paramref name="right"/> does, 0 for identical bits.</returns>
    public static int ComparePriority(long left, long right)
    {
        if (left == right)
        {
            return 0;
        }

        int byClass = Class(left).CompareTo(Class(right));
        return byClass != 0 ? byClass : TotalOrder(left).CompareTo(TotalOrder(right));
    }

    private static int Class(long bits) => bits == StaleMarker ? 0 : IsNaN(bits) ? 1 : 2;

    private static long TotalOrder(long bits) => bits ^ (long)((ulong)(bits >> 63) >> 1);
}
