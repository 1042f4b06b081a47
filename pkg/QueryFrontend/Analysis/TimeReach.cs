using RemoteStore.Model;
using RemoteStore.PromQL.Parser;
using RemoteStore.PromQL.Parser.Syntax;

namespace RemoteStore.QueryFrontend.Analysis;

/// <summary>
/// At which times the samples lie that an expression looks at when it is evaluated at a time t: from t + <see cref="MinOffsetMs"/> to t +
/// <see cref="MaxOffsetMs"/>, and, where <c>@</c> pins it, from <see cref="MinTimeMs"/> to <see cref="MaxTimeMs"/>. All inclusive; the least is above the most
/// where there are none. Sums stop at the ends of 64 bits.
/// </summary>
internal readonly record struct TimeReach(long MinOffsetMs, long MaxOffsetMs, long MinTimeMs, long MaxTimeMs)
{
    /// <summary>No samples at all.</summary>
    public static TimeReach None { get; } = new(long.MaxValue, long.MinValue, long.MaxValue, long.MinValue);

    /// <summary>True when samples around the evaluation time are looked at.</summary>
    public bool HasOffsets => MinOffsetMs <= MaxOffsetMs;

    /// <summary>True when samples at fixed times are looked at.</summary>
    public bool HasTimes => MinTimeMs <= MaxTimeMs;

    /// <summary>Distance of the first and the last sample that one evaluation looks at around its time.</summary>
    public long LengthMs => HasOffsets ? Add(MaxOffsetMs, Negate(MinOffsetMs)) : 0;

    /// <summary>What a selector looks at.</summary>
    /// <param name="rangeMs">How far back from its reference time.</param>
    /// <param name="aheadMs">How far ahead.</param>
    /// <param name="modifiers">Its offset and <c>@</c>.</param>
    public static TimeReach Of(long rangeMs, long aheadMs, SelectorModifiers modifiers) =>
        new TimeReach(0, 0, long.MaxValue, long.MinValue).Shift(Negate(rangeMs), aheadMs, modifiers);

    /// <summary>What is looked at when the expression is evaluated all over the range of a subquery.</summary>
    public TimeReach Shift(long fromMs, long toMs, SelectorModifiers modifiers)
    {
        if (!HasOffsets)
        {
            return this;
        }

        long first = Add(Add(MinOffsetMs, fromMs), Negate(modifiers.OffsetMs));
        long last = Add(Add(MaxOffsetMs, toMs), Negate(modifiers.OffsetMs));
        return modifiers.At.Kind == AtKind.None
            ? this with { MinOffsetMs = first, MaxOffsetMs = last }
            : None with
            {
                MinTimeMs = Math.Min(MinTimeMs, Add(modifiers.At.TimestampMs, first)),
                MaxTimeMs = Math.Max(MaxTimeMs, Add(modifiers.At.TimestampMs, last)),
            };
    }

    /// <summary>What either looks at.</summary>
    public TimeReach Union(TimeReach other) => new(
        Math.Min(MinOffsetMs, other.MinOffsetMs),
        Math.Max(MaxOffsetMs, other.MaxOffsetMs),
        Math.Min(MinTimeMs, other.MinTimeMs),
        Math.Max(MaxTimeMs, other.MaxTimeMs));

    /// <summary>One range around all samples that evaluations from <paramref name="startMs"/> to <paramref name="endMs"/> look at.</summary>
    public QueryRange Samples(long startMs, long endMs)
    {
        var range = new QueryRange(MinTimeMs, MaxTimeMs);
        return HasOffsets
            ? new QueryRange(Math.Min(range.MinTime, Add(startMs, MinOffsetMs)), Math.Max(range.MaxTime, Add(endMs, MaxOffsetMs)))
            : range;
    }

    /// <summary>A sum that stops at the ends of 64 bits.</summary>
    internal static long Add(long a, long b)
    {
        long sum = unchecked(a + b);
        return ((a ^ sum) & (b ^ sum)) >= 0 ? sum : a < 0 ? long.MinValue : long.MaxValue;
    }

    private static long Negate(long value) => value == long.MinValue ? long.MaxValue : -value;
}
