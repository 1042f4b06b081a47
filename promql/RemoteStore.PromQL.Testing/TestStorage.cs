using RemoteStore.Model;
using RemoteStore.Model.Histograms;
using RemoteStore.Model.Labels;
using RemoteStore.Model.Samples;
using RemoteStore.Storage.Querying;
using IQueryable = RemoteStore.Storage.Querying.IQueryable;

namespace RemoteStore.PromQL.Testing;

/// <summary>Samples of a script, in memory. One tenant. Not safe for concurrent changes.</summary>
public sealed class TestStorage : IQueryable
{
    private readonly Dictionary<LabelSet, TestSeries> _series = [];
    private readonly List<TestSeries> _order = [];

    /// <summary>Forgets everything.</summary>
    public void Clear()
    {
        _series.Clear();
        _order.Clear();
    }

    /// <summary>Adds a float; what is there stays.</summary>
    /// <param name="labels">The series; its bytes are kept.</param>
    /// <param name="timestampMs">Milliseconds since the Unix epoch.</param>
    /// <param name="valueBits">IEEE 754 bits.</param>
    /// <param name="startTimestampMs">Start timestamp, 0 = none.</param>
    public void Add(LabelSet labels, long timestampMs, long valueBits, long startTimestampMs = 0) =>
        Series(labels).Add(timestampMs, new TestSample(valueBits, null, startTimestampMs));

    /// <summary>Adds a histogram; what is there stays.</summary>
    public void Add(LabelSet labels, long timestampMs, NativeHistogram histogram, long startTimestampMs = 0) =>
        Series(labels).Add(timestampMs, new TestSample(0, histogram, startTimestampMs));

    /// <inheritdoc/>
    public ValueTask<IQuerier> OpenQuerierAsync(TenantId tenant, QueryRange range, CancellationToken cancellationToken) =>
        ValueTask.FromResult<IQuerier>(new TestQuerier(_order, range));

    private TestSeries Series(LabelSet labels)
    {
        if (!_series.TryGetValue(labels, out TestSeries? series))
        {
            series = new TestSeries(labels);
            _series[labels] = series;
            _order.Add(series);
        }

        return series;
    }
}

/// <summary>A sample: a float, or a histogram.</summary>
internal readonly record struct TestSample(long ValueBits, NativeHistogram? Histogram, long StartTimestampMs);

/// <summary>One series of a <see cref="TestStorage"/>.</summary>
internal sealed class TestSeries(LabelSet labels)
{
    private readonly SortedDictionary<long, TestSample> _samples = [];
    private List<(long Time, long Bits, byte[]? Payload, long Start)>? _encoded;

    public LabelSet Labels { get; } = labels;

    public void Add(long timestampMs, TestSample sample)
    {
        _samples.TryAdd(timestampMs, sample);
        _encoded = null;
    }

    /// <summary>Samples in order of time; histograms as payloads with the hints that Prometheus' storage would give.</summary>
    public IReadOnlyList<(long Time, long Bits, byte[]? Payload, long Start)> Samples() => _encoded ??= Encode();

    private List<(long Time, long Bits, byte[]? Payload, long Start)> Encode()
    {
        var encoded = new List<(long, long, byte[]?, long)>(_samples.Count);
        FloatHistogram? before = null;
        foreach ((long time, TestSample sample) in _samples)
        {
            if (sample.Histogram is null)
            {
                before = null;
                encoded.Add((time, sample.ValueBits, null, sample.StartTimestampMs));
                continue;
            }

            var histogram = new FloatHistogram();
            histogram.CopyFrom(sample.Histogram);
            CounterResetHint hint = Hint(histogram, before);
            before = histogram;
            var stored = new FloatHistogram();
            stored.CopyFrom(histogram);
            stored.CounterResetHint = hint;
            encoded.Add((time, 0, HistogramPayload.Encode(stored.ToNative()), sample.StartTimestampMs));
        }

        return encoded;
    }

    /// <summary>
    /// Prometheus keeps runs of histograms without a reset in one chunk: within it they are known not to be reset, and of the first of a chunk nothing is known, unless
    /// it was written as reset.
    /// </summary>
    private static CounterResetHint Hint(FloatHistogram histogram, FloatHistogram? before)
    {
        if (histogram.CounterResetHint == CounterResetHint.Gauge)
        {
            return CounterResetHint.Gauge;
        }

        if (histogram.CounterResetHint == CounterResetHint.CounterReset)
        {
            return CounterResetHint.CounterReset;
        }

        if (before is null || before.CounterResetHint == CounterResetHint.Gauge || (before.IsStale && !histogram.IsStale))
        {
            return CounterResetHint.Unknown;
        }

        if (histogram.IsStale)
        {
            return CounterResetHint.NotCounterReset;
        }

        if (histogram.Count < before.Count || histogram.Schema != before.Schema || histogram.ZeroThreshold != before.ZeroThreshold)
        {
            return CounterResetHint.Unknown;
        }

        var plain = new FloatHistogram();
        plain.CopyFrom(histogram);
        plain.CounterResetHint = CounterResetHint.Unknown;
        return plain.DetectReset(before) ? CounterResetHint.Unknown : CounterResetHint.NotCounterReset;
    }
}
