namespace RemoteStore.Histories.Tests.Model;

/// <summary>A stored value at one time: a float by its bits, or a histogram by its payload in hexadecimal.</summary>
internal readonly record struct Sample(long Bits, long StartMs, string? Histogram = null)
{
    /// <summary>Written from the words of the rule, not from the code that implements it: a histogram over a float; a number over a NaN over the stale marker; the greater of two of a kind.</summary>
    public bool WinsOver(Sample other)
    {
        if (Histogram is not null || other.Histogram is not null)
        {
            return Histogram is not null && (other.Histogram is null || string.CompareOrdinal(Histogram, other.Histogram) > 0);
        }

        int rank = Rank(Bits);
        int otherRank = Rank(other.Bits);
        return rank != otherRank ? rank > otherRank : Order(Bits) > Order(other.Bits);
    }

    public override string ToString() => Histogram is null ? $"{Bits:x16} from {StartMs}" : $"histogram {Histogram} from {StartMs}";

    private static int Rank(long bits) => bits == 0x7ff0000000000002 ? 0 : double.IsNaN(BitConverter.Int64BitsToDouble(bits)) ? 1 : 2;

    /// <summary>The total order of IEEE 754: negative ones by falling magnitude, -0 below +0.</summary>
    private static Int128 Order(long bits) => bits < 0 ? -1 - (Int128)(bits & long.MaxValue) : bits;
}
