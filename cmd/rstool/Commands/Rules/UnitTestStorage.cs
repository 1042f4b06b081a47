using RemoteStore.Model.Histograms;
using RemoteStore.Model.Labels;
using RemoteStore.Model.Samples;
using RemoteStore.PromQL.Parser.Series;
using RemoteStore.PromQL.Testing;
using RemoteStore.Ruler.Evaluation;

namespace RemoteStore.Tool.Commands.Rules;

/// <summary>Samples of a unit test: those of its series, which appear as time goes on, and those that rules write. Takes no sample out of order.</summary>
internal sealed class UnitTestStorage : IRuleSink
{
    private readonly Dictionary<LabelSet, (long TimeMs, long Bits, NativeHistogram? Histogram)> _newest = [];
    private readonly List<InputSeries> _inputs = [];

    /// <summary>What queries see.</summary>
    public TestStorage Samples { get; } = new();

    /// <summary>Takes a series whose samples are to appear.</summary>
    public void AddInput(SeriesDescription description, long startMs, long intervalMs) =>
        _inputs.Add(new InputSeries(LabelSet.FromPairs(description.Labels), description.Values, startMs, intervalMs));

    /// <summary>Lets all samples up to a time appear; returns what is wrong with them, or null.</summary>
    public string? LoadUntil(long timeMs)
    {
        foreach (InputSeries input in _inputs)
        {
            while (input.TryNext(timeMs, out long sampleMs, out SeriesValue value))
            {
                string? fault = value.IsOmitted ? null : Add(input.Labels, sampleMs, BitConverter.DoubleToInt64Bits(value.Value), value.Histogram);
                if (fault is not null)
                {
                    return fault;
                }
            }
        }

        return null;
    }

    /// <inheritdoc/>
    public ValueTask<RuleWriteResult> WriteAsync(IReadOnlyList<RuleSample> samples, CancellationToken cancellationToken)
    {
        long refused = 0;
        string? reason = null;
        foreach (RuleSample sample in samples)
        {
            if (Add(sample.Labels, sample.TimestampMs, sample.ValueBits, sample.Histogram?.ToNative()) is { } fault)
            {
                refused++;
                reason ??= fault;
            }
        }

        return ValueTask.FromResult(new RuleWriteResult(refused, reason));
    }

    private string? Add(LabelSet labels, long timeMs, long bits, NativeHistogram? histogram)
    {
        if (_newest.TryGetValue(labels, out (long TimeMs, long Bits, NativeHistogram? Histogram) newest) && timeMs <= newest.TimeMs)
        {
            bool isSame = timeMs == newest.TimeMs && (histogram is null ? newest.Histogram is null && bits == newest.Bits : AreSame(histogram, newest.Histogram));
            return timeMs < newest.TimeMs ? "out of order sample" : isSame ? null : "duplicate sample for timestamp";
        }

        _newest[labels] = (timeMs, bits, histogram);
        if (histogram is null)
        {
            Samples.Add(labels, timeMs, bits);
        }
        else
        {
            Samples.Add(labels, timeMs, histogram);
        }

        return null;
    }

    private static bool AreSame(NativeHistogram left, NativeHistogram? right)
    {
        if (right is null)
        {
            return false;
        }

        var a = new FloatHistogram();
        var b = new FloatHistogram();
        a.CopyFrom(left);
        b.CopyFrom(right);
        return a.ContentEquals(b);
    }

    private sealed class InputSeries(LabelSet labels, IReadOnlyList<SeriesValue> values, long startMs, long intervalMs)
    {
        private int _next;

        public LabelSet Labels => labels;

        public bool TryNext(long untilMs, out long timeMs, out SeriesValue value)
        {
            timeMs = startMs + (_next * intervalMs);
            bool any = _next < values.Count && timeMs <= untilMs;
            value = any ? values[_next++] : default;
            return any;
        }
    }
}
