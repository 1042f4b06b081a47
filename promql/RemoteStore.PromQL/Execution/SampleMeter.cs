using RemoteStore.Model.Histograms;

namespace RemoteStore.PromQL.Execution;

/// <summary>
/// Tells <see cref="SampleCounts"/> what one part of a query looked at, as the reference engine counts it: a float is one sample, a histogram as many as its
/// size in memory is that of floats; at each step of the query its own samples, though an engine may read them once for many steps. What is computed once for
/// all steps counts at each. What a subquery looks at inside does not count; the function around it counts what it takes of the subquery's values. A part that
/// stands in the query several times counts each time.
/// </summary>
internal sealed class SampleMeter
{
    /// <summary>Bytes of a histogram without spans and buckets, and of a float with its timestamp, in the reference engine.</summary>
    private const int HistogramBytes = 168 + sizeof(long);
    private const int FloatBytes = 16;

    private readonly SampleCounts? _counts;
    private readonly Spread _spread;
    private readonly long _times;
    private readonly int _steps;
    private readonly SampleMeter? _outer;
    private readonly Func<long>? _uses;

    private SampleMeter(SampleCounts? counts, Spread spread, long times, int steps, SampleMeter? outer, Func<long>? uses)
    {
        _counts = counts;
        _spread = spread;
        _times = times;
        _steps = steps;
        _outer = outer;
        _uses = uses;
    }

    private enum Spread
    {
        /// <summary>Steps are those of the query.</summary>
        Own,

        /// <summary>There is one step, which stands for all of the query.</summary>
        All,

        /// <summary>Everything counts at the first step.</summary>
        First,
    }

    /// <summary>Counts nothing.</summary>
    public static SampleMeter None { get; } = new(null, Spread.Own, 0, 0, null, null);

    /// <summary>True when <see cref="Looked(int, long)"/> has to be called for each step, false when all may be told at once.</summary>
    public bool TellsSteps => _counts is { HasSteps: true } && _spread == Spread.Own;

    /// <summary>The meter of a whole query.</summary>
    public static SampleMeter Of(SampleCounts counts, int steps) => new(counts, Spread.Own, 1, steps, null, null);

    /// <summary>Samples that a histogram counts as.</summary>
    public static long Size(FloatHistogram histogram) =>
        (HistogramBytes + (8L * (histogram.PositiveSpans.Length + histogram.NegativeSpans.Length + histogram.PositiveCounts.Length
            + histogram.NegativeCounts.Length + histogram.CustomBounds.Length))) / FloatBytes;

    /// <summary>The meter of what has one value for all steps.</summary>
    /// <param name="steps">Number of steps around it.</param>
    public SampleMeter Once(int steps) => _counts is null ? this
        : _spread == Spread.Own ? new SampleMeter(_counts, Spread.All, 1, steps, this, null)
        : new SampleMeter(_counts, _spread, steps, _steps, this, null);

    /// <summary>The meter of a subquery that is the whole query: it counts at the one step there is.</summary>
    public SampleMeter AtFirst() => _counts is null ? this : new SampleMeter(_counts, Spread.First, 1, 1, this, null);

    /// <summary>The meter of what is computed once for several occurrences.</summary>
    /// <param name="uses">How often it counts for all of them together; asked for when samples are counted.</param>
    public SampleMeter For(Func<long> uses) => _counts is null ? this : new SampleMeter(_counts, _spread, 1, _steps, null, uses);

    /// <summary>Counts samples of all steps, or of a step where <see cref="TellsSteps"/> is false.</summary>
    public void Looked(long samples) => Looked(0, samples);

    /// <summary>Counts samples of a step.</summary>
    public void Looked(int step, long samples)
    {
        if (_counts is null || samples == 0)
        {
            return;
        }

        samples *= Times();
        switch (_spread)
        {
            case Spread.Own:
                _counts.AddAt(step, samples);
                break;
            case Spread.All:
                _counts.AddAtAll(_steps, samples);
                break;
            default:
                _counts.AddAt(0, samples);
                break;
        }
    }

    /// <summary>Counts the values of a row, one sample each.</summary>
    public void Looked(StepSeries row)
    {
        if (_counts is null)
        {
            return;
        }

        if (!TellsSteps && !row.HasHistograms)
        {
            Looked(Presence.Count(row.Present));
            return;
        }

        for (int step = Presence.Next(row.Present, 0); step >= 0; step = Presence.Next(row.Present, step + 1))
        {
            Looked(step, row.Histogram(step) is { } histogram ? Size(histogram) : 1);
        }
    }

    /// <summary>How often one sample counts.</summary>
    public long Times() => _times * (_uses?.Invoke() ?? 1) * (_outer?.Times() ?? 1);
}
