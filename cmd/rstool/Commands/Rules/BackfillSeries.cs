using RemoteStore.Model.Labels;
using RemoteStore.Model.Samples;
using RemoteStore.PromQL.Results;
using RemoteStore.Storage.Querying;

namespace RemoteStore.Tool.Commands.Rules;

/// <summary>Collects what a rule gives, window by window, and ends a series where the rule does not give it any more, as an evaluation in time would have.</summary>
/// <param name="stepMs">Distance of evaluations.</param>
internal sealed class BackfillSeries(long stepMs)
{
    private readonly Dictionary<LabelSet, long> _open = [];

    /// <summary>Samples of the window by series.</summary>
    public Dictionary<LabelSet, SampleBuffer> Samples { get; } = [];

    /// <summary>Adds what the rule gives for evaluations that follow those before.</summary>
    /// <param name="answer">The series.</param>
    /// <param name="firstMs">First evaluation.</param>
    /// <param name="lastMs">Last evaluation.</param>
    public void Add(IReadOnlyList<ResultSeries> answer, long firstMs, long lastMs)
    {
        var ending = new Dictionary<LabelSet, long>(_open);
        _open.Clear();
        foreach (ResultSeries series in answer)
        {
            if (series.Times.Span[0] == firstMs)
            {
                ending.Remove(series.Labels);
            }

            Add(series, lastMs);
        }

        foreach (LabelSet labels in ending.Keys)
        {
            Buffer(labels).Add(firstMs, SampleBits.StaleMarker);
        }
    }

    /// <summary>Forgets which series go on: the evaluations that come next do not follow.</summary>
    public void Break() => _open.Clear();

    private void Add(ResultSeries series, long lastMs)
    {
        SampleBuffer buffer = Buffer(series.Labels);
        ReadOnlySpan<long> times = series.Times.Span;
        for (int i = 0; i < times.Length; i++)
        {
            if (series.Histograms?[i] is { } histogram)
            {
                buffer.AddHistogram(times[i], 0, HistogramPayload.Encode(histogram.ToNative()));
            }
            else
            {
                buffer.Add(times[i], BitConverter.DoubleToInt64Bits(series.Values.Span[i]));
            }

            long next = times[i] + stepMs;
            if (next <= lastMs && (i + 1 == times.Length || times[i + 1] != next))
            {
                buffer.Add(next, SampleBits.StaleMarker);
            }
        }

        if (times[^1] == lastMs)
        {
            _open[series.Labels] = lastMs;
        }
    }

    private SampleBuffer Buffer(LabelSet labels)
    {
        if (!Samples.TryGetValue(labels, out SampleBuffer? buffer))
        {
            Samples[labels] = buffer = new SampleBuffer();
        }

        return buffer;
    }
}
