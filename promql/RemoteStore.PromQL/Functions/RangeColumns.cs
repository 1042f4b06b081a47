using System.Text;
using RemoteStore.Model.Histograms;
using RemoteStore.Model.Labels;
using RemoteStore.PromQL.Annotations;
using RemoteStore.PromQL.Execution;
using RemoteStore.PromQL.Windowed;
using RemoteStore.Storage.Querying;

namespace RemoteStore.PromQL.Functions;

/// <summary>
/// All samples of one series that a range function may look at, in columns; no stale markers. Timestamps are milliseconds, strictly ascending, and none is
/// in both halves. Start timestamps are empty or as long as the timestamps, 0 for none.
/// </summary>
internal readonly ref struct RangeColumns
{
    public ReadOnlySpan<long> Times { get; init; }

    public ReadOnlySpan<double> Values { get; init; }

    public ReadOnlySpan<long> StartTimes { get; init; }

    public ReadOnlySpan<long> HistogramTimes { get; init; }

    public ReadOnlySpan<FloatHistogram> Histograms { get; init; }

    public ReadOnlySpan<long> HistogramStartTimes { get; init; }

    /// <summary>Windows of floats, ascending and disjoint.</summary>
    public ReadOnlySpan<WindowAggregate> Windows { get; init; }

    /// <summary>Spans of windows of histograms, ascending and disjoint, each with a sample; their values have no meaning.</summary>
    public ReadOnlySpan<WindowAggregate> HistogramWindows { get; init; }

    /// <summary>What is in <see cref="HistogramWindows"/>.</summary>
    public ReadOnlySpan<HistogramPiece> HistogramPieces { get; init; }

    /// <summary>True when there is more than samples.</summary>
    public bool HasWindows => Windows.Length + HistogramWindows.Length > 0;
}

/// <summary>The samples of one step: those in (start, end], or wider ones around them for extended ranges.</summary>
internal readonly ref struct RangeWindow
{
    private readonly RangeColumns _columns;
    private readonly int _firstHistogram;

    public RangeWindow(RangeColumns columns, int first, int count, int firstHistogram, int histogramCount)
    {
        _columns = columns;
        First = first;
        Count = count;
        _firstHistogram = firstHistogram;
        HistogramCount = histogramCount;
    }

    /// <summary>Index of the first float within the columns.</summary>
    public int First { get; }

    public int Count { get; }

    public int HistogramCount { get; }

    /// <summary>The step.</summary>
    public int Step { get; init; }

    /// <summary>Evaluation time.</summary>
    public long TimeMs { get; init; }

    /// <summary>Left end of the range, exclusive.</summary>
    public long StartMs { get; init; }

    /// <summary>Right end of the range, inclusive.</summary>
    public long EndMs { get; init; }

    public ReadOnlySpan<long> Times => _columns.Times.Slice(First, Count);

    public ReadOnlySpan<double> Values => _columns.Values.Slice(First, Count);

    public ReadOnlySpan<long> StartTimes => _columns.StartTimes.IsEmpty ? [] : _columns.StartTimes.Slice(First, Count);

    public ReadOnlySpan<long> HistogramTimes => _columns.HistogramTimes.Slice(_firstHistogram, HistogramCount);

    public ReadOnlySpan<FloatHistogram> Histograms => _columns.Histograms.Slice(_firstHistogram, HistogramCount);

    public ReadOnlySpan<long> HistogramStartTimes =>
        _columns.HistogramStartTimes.IsEmpty ? [] : _columns.HistogramStartTimes.Slice(_firstHistogram, HistogramCount);
}

/// <summary>What a range function knows of its call.</summary>
/// <param name="Annotations">Where its warnings go.</param>
/// <param name="Position">Place of its range argument.</param>
/// <param name="RangeMs">Length of the range.</param>
/// <param name="Anchored">True when the range reaches back to the sample before it.</param>
/// <param name="Smoothed">True when values at the ends of the range are interpolated.</param>
internal sealed record RangeCall(AnnotationSet Annotations, int Position, long RangeMs, bool Anchored, bool Smoothed)
{
    /// <summary>The metric name of a series.</summary>
    public static string MetricName(StepSeries row) => Encoding.UTF8.GetString(LabelSet.GetValue(row.Labels, "__name__"u8));
}

/// <summary>A function from a range of samples to one value.</summary>
internal abstract class RangeKernel(RangeCall call) : IDisposable
{
    /// <summary>The call.</summary>
    protected RangeCall Call { get; } = call;

    /// <summary>Prepares for the windows of a series.</summary>
    public virtual void Begin(in RangeColumns columns)
    {
    }

    /// <summary>Computes all steps of a series of floats at once; false, having done nothing, when they have to be computed one by one.</summary>
    /// <param name="columns">The samples, floats only.</param>
    /// <param name="windows">Which of them belong to which step.</param>
    /// <param name="row">The row, begun and empty.</param>
    public virtual bool TryComputeRow(in RangeColumns columns, StepWindows windows, StepSeries row) => false;

    /// <inheritdoc/>
    public virtual void Dispose()
    {
    }

    /// <summary>Computes the value of one step, when there is one, and puts it in the row. The window is not empty.</summary>
    public abstract void Compute(in RangeWindow window, StepSeries row);

    /// <summary>Scratch memory of at least that length and of unknown content.</summary>
    protected static Span<double> Scratch(ref double[] memory, int length)
    {
        if (memory.Length < length)
        {
            memory = GC.AllocateUninitializedArray<double>(length);
        }

        return memory.AsSpan(0, length);
    }

    /// <summary>Tells of histograms that a function of floats passes over.</summary>
    protected void NoteIgnoredHistograms(StepSeries row) =>
        Call.Annotations.Info(AnnotationText.IgnoredInMixedRange(RangeCall.MetricName(row)), Call.Position);

    /// <summary>Tells of a range with floats and histograms.</summary>
    protected void WarnMixed(StepSeries row) =>
        Call.Annotations.Warn(AnnotationText.MixedFloatsHistograms(RangeCall.MetricName(row)), Call.Position);
}
