using CsCheck;
using RemoteStore.Model.Histograms;
using RemoteStore.Model.Samples;
using Shouldly;
using Xunit;

namespace RemoteStore.Model.Tests.Histograms;

/// <summary>
/// Laws of the algebra, on small integer counts so that sums are exact. Zero buckets end on bounds of all the schemas: where one cuts a bucket of a coarser
/// schema, the reference counts what lies within twice, and so do we.
/// </summary>
public sealed class HistogramLawTests
{
    private static readonly Gen<(int Gap, int Length)> s_span = Gen.Select(Gen.Int[0, 3], Gen.Int[0, 4]);

    private static readonly Gen<(HistogramSpan[] Spans, double[] Counts)> s_side =
        from first in Gen.Int[-20, 20]
        from spans in s_span.Array[0, 4]
        from counts in Gen.Int[0, 3].Array[spans.Sum(static s => s.Length)]
        select (
            spans.Select((s, i) => new HistogramSpan(i == 0 ? first : s.Gap, (uint)s.Length)).ToArray(),
            counts.Select(static c => (double)c).ToArray());

    private static readonly Gen<FloatHistogram> s_exponential =
        from schema in Gen.Int[-2, 3]
        from positive in s_side
        from negative in s_side
        from zero in Gen.Int[0, 5]
        from width in HistogramText.OneOf(0, 1.0 / 65536, 1, 16)
        from sum in Gen.Int[-1000, 1000]
        from hint in Gen.Enum<CounterResetHint>()
        select Exponential(schema, positive, negative, zero, width, sum, hint);

    private static readonly Gen<FloatHistogram> s_custom =
        from bounds in Gen.Int[-10, 10].HashSet[0, 8]
        from counts in Gen.Int[0, 3].Array[bounds.Count + 1]
        from sum in Gen.Int[-1000, 1000]
        select Custom([.. bounds.Order().Select(static b => (double)b)], counts, sum);

    private static readonly Gen<FloatHistogram> s_any = Gen.OneOf(s_exponential, s_custom);

    private static readonly Gen<(FloatHistogram Left, FloatHistogram Right)> s_pair =
        Gen.OneOf(Gen.Select(s_exponential, s_exponential), Gen.Select(s_custom, s_custom));

    [Fact]
    public void Add_TwoHistograms_IsCommutative() => s_pair.Sample(static p =>
    {
        FloatHistogram left = HistogramText.Copy(p.Left);
        FloatHistogram right = HistogramText.Copy(p.Right);
        HistogramNotes notes = left.Add(p.Right);
        right.Add(p.Left).ShouldBe(notes);
        HistogramText.Difference(left, right, 0).ShouldBeNull();
        left.CounterResetHint.ShouldBe(right.CounterResetHint);
    });

    [Fact]
    public void Add_ThreeHistograms_IsAssociative() => Gen.OneOf(s_exponential.Array[3], s_custom.Array[3]).Sample(static h =>
    {
        FloatHistogram left = Sum(Sum(h[0], h[1]), h[2]);
        FloatHistogram right = Sum(h[0], Sum(h[1], h[2]));
        HistogramText.Difference(left, right, 0).ShouldBeNull();
    });

    [Fact]
    public void Add_AnyOther_LeavesTheOtherAsItWas() => s_pair.Sample(static p =>
    {
        FloatHistogram before = HistogramText.Copy(p.Right);
        HistogramText.Copy(p.Left).Add(p.Right);
        HistogramText.Copy(p.Left).Subtract(p.Right);
        HistogramText.Copy(p.Left).AddCompensated(p.Right);
        HistogramText.Copy(p.Left).DetectReset(p.Right);
        p.Right.ContentEquals(before).ShouldBeTrue();
    });

    [Fact]
    public void Add_SameSchemaAndZeroBucket_CutsSpansAsOneBucketAfterTheOtherWould() => Gen.Select(s_side, s_side).Sample(static p =>
    {
        FloatHistogram sum = Exponential(3, p.Item1, ([], []), 0, 0, 0, CounterResetHint.Unknown);
        sum.Add(Exponential(3, p.Item2, ([], []), 0, 0, 0, CounterResetHint.Unknown));

        (List<(int Start, int Length)> spans, Dictionary<int, double> counts) = AddOneByOne(p.Item1, p.Item2);
        Absolute(sum.PositiveSpans).ShouldBe(spans);
        sum.PositiveCounts.ToArray().ShouldBe(counts.OrderBy(static c => c.Key).Select(static c => c.Value));
    });

    [Fact]
    public void Subtract_WhatWasAdded_GivesTheFirst() => s_pair.Sample(static p =>
    {
        FloatHistogram there = Sum(p.Left, p.Right);
        FloatHistogram back = HistogramText.Copy(there);
        back.Subtract(p.Right);

        // Resolution, zero bucket and bounds that the sum has lost do not come back: the first has to be brought to them by a sum with nothing.
        FloatHistogram nothing = HistogramText.Copy(p.Right);
        nothing.Multiply(0);
        FloatHistogram expected = HistogramText.Copy(p.Left);
        expected.Add(nothing);
        HistogramNotes ignored = expected.Add(Emptied(there));
        (ignored & HistogramNotes.MixedSchemas).ShouldBe(HistogramNotes.None);
        HistogramText.Difference(back, expected, 1e-12).ShouldBeNull();
    });

    [Fact]
    public void AddCompensated_ExactCounts_IsAdd() => Gen.OneOf(s_exponential.Array[1, 6], s_custom.Array[1, 6]).Sample(static histograms =>
    {
        FloatHistogram plain = HistogramText.Copy(histograms[0]);
        FloatHistogram compensated = HistogramText.Copy(histograms[0]);
        foreach (FloatHistogram histogram in histograms.Skip(1))
        {
            HistogramNotes notes = plain.Add(histogram);
            compensated.AddCompensated(histogram).ShouldBe(notes);
        }

        compensated.ApplyCompensation();
        HistogramText.Difference(compensated, plain, 0).ShouldBeNull();
    });

    [Fact]
    public void Multiply_ByAPowerOfTwoAndBack_GivesTheSame() => Gen.Select(s_any, HistogramText.OneOf(0.25, 2, 1024.0)).Sample(static (h, factor) =>
    {
        FloatHistogram there = HistogramText.Copy(h);
        there.Multiply(factor);
        there.Divide(factor);
        there.ContentEquals(h).ShouldBeTrue();
    });

    [Fact]
    public void ReduceResolution_AnySchema_KeepsAllObservations() => Gen.Select(s_exponential, Gen.Int[-4, 0]).Sample(static (h, by) =>
    {
        var coarse = new FloatHistogram();
        coarse.CopyFrom(h, Math.Max(-4, h.Schema + by));
        Total(coarse.PositiveCounts).ShouldBe(Total(h.PositiveCounts));
        Total(coarse.NegativeCounts).ShouldBe(Total(h.NegativeCounts));
        (coarse.Count, coarse.Sum, coarse.ZeroCount).ShouldBe((h.Count, h.Sum, h.ZeroCount));
        foreach (HistogramBucket bucket in coarse.PositiveBuckets())
        {
            double within = 0;
            foreach (HistogramBucket fine in h.PositiveBuckets())
            {
                within += fine.Lower >= bucket.Lower && fine.Upper <= bucket.Upper ? fine.Count : 0;
            }

            within.ShouldBe(bucket.Count);
        }
    });

    [Fact]
    public void ReduceResolution_InTwoSteps_IsAsInOne() => s_exponential.Sample(static h =>
    {
        FloatHistogram twice = HistogramText.Copy(h);
        twice.ReduceResolution(Math.Max(-4, h.Schema - 1));
        twice.ReduceResolution(Math.Max(-4, h.Schema - 3));
        FloatHistogram once = HistogramText.Copy(h);
        once.ReduceResolution(Math.Max(-4, h.Schema - 3));
        twice.ContentEquals(once).ShouldBeTrue();
    });

    [Fact]
    public void Compact_AnyNumberOfEmptyBuckets_IsIdempotentAndKeepsTheBuckets() => Gen.Select(s_any, Gen.Int[0, 3]).Sample(static (h, empty) =>
    {
        FloatHistogram once = HistogramText.Copy(h);
        once.Compact(empty);
        FloatHistogram twice = HistogramText.Copy(once);
        twice.Compact(empty);
        twice.ContentEquals(once).ShouldBeTrue();
        Populated(once).ShouldBe(Populated(h));
        Longest(once.PositiveSpans, once.PositiveCounts).ShouldBeLessThanOrEqualTo(empty);
        Longest(once.NegativeSpans, once.NegativeCounts).ShouldBeLessThanOrEqualTo(empty);
    });

    [Fact]
    public void TryRead_PayloadOfAnyHistogram_GivesTheSame() => s_any.Sample(static h =>
    {
        var read = new FloatHistogram();
        read.TryRead(HistogramPayload.Encode(h.ToNative())).ShouldBeTrue();
        read.ContentEquals(h).ShouldBeTrue();
        read.CounterResetHint.ShouldBe(h.CounterResetHint);
        var copied = new FloatHistogram();
        copied.CopyFrom(h.ToNative());
        copied.ContentEquals(h).ShouldBeTrue();
    });

    [Fact]
    public void TryRead_AnyBytes_GivesAHistogramThatCanBeUsed() =>
        Gen.Select(s_any, Gen.Select(Gen.Int[0, 200], Gen.Byte).Array[1, 4], Gen.Int[0, 300]).Sample(static (h, changes, length) =>
        {
            byte[] payload = HistogramPayload.Encode(h.ToNative());
            foreach ((int at, byte value) in changes)
            {
                payload[at % payload.Length] = value;
            }

            var read = new FloatHistogram();
            if (!read.TryRead(payload.AsSpan(0, Math.Min(length, payload.Length))))
            {
                read.ContentEquals(new FloatHistogram()).ShouldBeTrue();
                return;
            }

            FloatHistogram sum = HistogramText.Copy(read);
            sum.Add(h);
            sum.AddCompensated(read);
            sum.Compact(0);
            sum.DetectReset(read).ShouldBeOneOf(true, false);
            HistogramStatistics.Quantile(0.7, sum, out _);
            HistogramStatistics.Fraction(-1, 2, sum, out _);
            sum.TrimAbove(0.5);
            sum.TrimBelow(-0.5);
        });

    [Fact]
    public void DetectReset_SumWithTheSameOrMore_IsNone() => s_pair.Sample(static p =>
    {
        FloatHistogram later = Sum(p.Left, p.Right);
        later.CounterResetHint = CounterResetHint.Unknown;
        later.DetectReset(p.Left).ShouldBeFalse();
    });

    [Fact]
    public void DetectReset_ABucketLess_IsOne() => Gen.Select(s_any, Gen.Int[0, 100]).Sample(static (h, at) =>
    {
        if (h.PositiveCounts.Length == 0)
        {
            return;
        }

        h.CounterResetHint = CounterResetHint.Unknown;
        double[] counts = h.PositiveCounts.ToArray();
        int less = at % counts.Length;
        double before = counts[less];
        bool hidden = h.ZeroThreshold > 0 && !h.HasCustomBuckets && HistogramBounds.UpperBound(Index(h, less), h.Schema) <= h.ZeroThreshold;
        counts[less] = before - 1;
        FloatHistogram later = HistogramText.Copy(h);
        later.SetPositive(h.PositiveSpans, counts);
        later.DetectReset(h).ShouldBe(!hidden);
    });

    [Fact]
    public void AllBuckets_BothWays_AreTheSameInOppositeOrder() => s_any.Sample(static h =>
    {
        var up = new List<HistogramBucket>();
        var down = new List<HistogramBucket>();
        foreach (HistogramBucket bucket in h.AllBuckets())
        {
            up.Add(bucket);
        }

        foreach (HistogramBucket bucket in h.AllBucketsDescending())
        {
            down.Add(bucket);
        }

        down.Reverse();
        down.ShouldBe(up);
        up.Count.ShouldBe(h.PositiveCounts.Length + h.NegativeCounts.Length + (h.ZeroCount > 0 ? 1 : 0));
    });

    [Fact]
    public void Trim_BothSidesOfALimit_ShareTheObservations() => Gen.Select(s_exponential, Gen.Double[-8, 8]).Sample(static (h, limit) =>
    {
        double count = Total(h.PositiveCounts) + Total(h.NegativeCounts) + h.ZeroCount;
        h.Count = count;
        FloatHistogram below = HistogramText.Copy(h);
        FloatHistogram above = HistogramText.Copy(h);
        below.TrimAbove(limit);
        above.TrimBelow(limit);
        (below.Count + above.Count).ShouldBe(count, 1e-9);
    });

    private static FloatHistogram Exponential(
        int schema, (HistogramSpan[] Spans, double[] Counts) positive, (HistogramSpan[] Spans, double[] Counts) negative, double zero, double width, double sum,
        CounterResetHint hint)
    {
        var histogram = new FloatHistogram();
        histogram.Reset(schema);
        ClearWithinZero(schema, positive, width);
        ClearWithinZero(schema, negative, width);
        histogram.SetPositive(positive.Spans, positive.Counts);
        histogram.SetNegative(negative.Spans, negative.Counts);
        histogram.ZeroCount = zero;
        histogram.ZeroThreshold = width;
        histogram.Count = positive.Counts.Sum() + negative.Counts.Sum() + zero;
        histogram.Sum = sum;
        histogram.CounterResetHint = hint;
        return histogram;
    }

    /// <summary>Observations in the breadth of the zero bucket are in the zero bucket.</summary>
    private static void ClearWithinZero(int schema, (HistogramSpan[] Spans, double[] Counts) side, double width)
    {
        int position = 0;
        foreach ((int start, int length) in Absolute(side.Spans))
        {
            for (int i = start; i < start + length; i++, position++)
            {
                side.Counts[position] = HistogramBounds.UpperBound(i - 1, schema) < width ? 0 : side.Counts[position];
            }
        }
    }

    private static FloatHistogram Custom(double[] bounds, int[] counts, double sum)
    {
        var histogram = new FloatHistogram();
        histogram.Reset(NativeHistogram.CustomBucketsSchema);
        histogram.SetCustomBounds(bounds);
        histogram.SetPositive([new HistogramSpan(0, (uint)counts.Length)], [.. counts.Select(static c => (double)c)]);
        histogram.Count = counts.Sum();
        histogram.Sum = sum;
        return histogram;
    }

    private static FloatHistogram Sum(FloatHistogram left, FloatHistogram right)
    {
        FloatHistogram sum = HistogramText.Copy(left);
        sum.Add(right);
        return sum;
    }

    private static FloatHistogram Emptied(FloatHistogram histogram)
    {
        FloatHistogram empty = HistogramText.Copy(histogram);
        empty.Multiply(0);
        return empty;
    }

    private static double Total(ReadOnlySpan<double> counts)
    {
        double total = 0;
        foreach (double count in counts)
        {
            total += count;
        }

        return total;
    }

    private static int Index(FloatHistogram histogram, int position)
    {
        int index = 0;
        foreach (HistogramSpan span in histogram.PositiveSpans)
        {
            index += span.Offset;
            if (position < span.Length)
            {
                return index + position;
            }

            index += (int)span.Length;
            position -= (int)span.Length;
        }

        return index;
    }

    private static List<HistogramBucket> Populated(FloatHistogram histogram)
    {
        var buckets = new List<HistogramBucket>();
        foreach (HistogramBucket bucket in histogram.AllBuckets())
        {
            if (bucket.Count != 0)
            {
                buckets.Add(bucket);
            }
        }

        return buckets;
    }

    private static int Longest(ReadOnlySpan<HistogramSpan> spans, ReadOnlySpan<double> counts)
    {
        int longest = 0;
        int position = 0;
        foreach (HistogramSpan span in spans)
        {
            int run = 0;
            for (uint i = 0; i < span.Length; i++, position++)
            {
                run = counts[position] == 0 ? run + 1 : 0;
                longest = Math.Max(longest, run);
            }
        }

        return longest;
    }

    private static List<(int Start, int Length)> Absolute(ReadOnlySpan<HistogramSpan> spans)
    {
        var absolute = new List<(int Start, int Length)>();
        int end = 0;
        foreach (HistogramSpan span in spans)
        {
            end += span.Offset;
            if (span.Length > 0)
            {
                absolute.Add((end, (int)span.Length));
            }

            end += (int)span.Length;
        }

        return absolute;
    }

    /// <summary>The sum and its spans when the second side's buckets are added one by one: into a span, behind one, before one, else as one of its own.</summary>
    private static (List<(int Start, int Length)> Spans, Dictionary<int, double> Counts) AddOneByOne(
        (HistogramSpan[] Spans, double[] Counts) to, (HistogramSpan[] Spans, double[] Counts) added)
    {
        List<(int Start, int Length)> spans = Absolute(to.Spans);
        Dictionary<int, double> counts = Indexed(to);
        bool merges = !to.Spans.SequenceEqual(added.Spans);
        foreach ((int index, double count) in Indexed(added).OrderBy(static c => c.Key))
        {
            counts[index] = counts.GetValueOrDefault(index) + count;
            if (!merges || spans.Any(s => s.Start <= index && index < s.Start + s.Length))
            {
                continue;
            }

            int behind = spans.FindIndex(s => s.Start + s.Length == index);
            int before = spans.FindIndex(s => s.Start == index + 1);
            if (behind >= 0)
            {
                spans[behind] = spans[behind] with { Length = spans[behind].Length + 1 };
            }
            else if (before >= 0)
            {
                spans[before] = (index, spans[before].Length + 1);
            }
            else
            {
                spans.Add((index, 1));
                spans.Sort();
            }
        }

        return (spans, counts);
    }

    private static Dictionary<int, double> Indexed((HistogramSpan[] Spans, double[] Counts) side)
    {
        var counts = new Dictionary<int, double>();
        int position = 0;
        foreach ((int start, int length) in Absolute(side.Spans))
        {
            for (int i = 0; i < length; i++)
            {
                counts[start + i] = side.Counts[position++];
            }
        }

        return counts;
    }
}
