using RemoteStore.Model.Labels;
using RemoteStore.Model.Samples;
using RemoteStore.Model.Writes;

namespace RemoteStore.Testing;

/// <summary>Fills write batches without going through a wire format.</summary>
public sealed class BatchBuilder
{
    private readonly WriteBatch _batch = new();

    public BatchBuilder() => _batch.Reset(0);

    /// <summary>Adds a series with float samples.</summary>
    public BatchBuilder Add(LabelSet labels, params ReadOnlySpan<(long T, double V)> samples)
    {
        int first = _batch.SampleCount;
        foreach ((long t, double v) in samples)
        {
            _batch.AddSample(t, BitConverter.DoubleToInt64Bits(v));
        }

        return AddSeries(labels, first, _batch.Histograms.Count);
    }

    /// <summary>Adds a series with one float sample given by its bits.</summary>
    public BatchBuilder AddBits(LabelSet labels, long timestampMs, long bits, long startTimestampMs = 0)
    {
        int first = _batch.SampleCount;
        _batch.AddSample(timestampMs, bits, startTimestampMs);
        return AddSeries(labels, first, _batch.Histograms.Count);
    }

    /// <summary>Adds a series with one histogram sample whose payload is taken as it is.</summary>
    public BatchBuilder AddHistogram(LabelSet labels, long timestampMs, ReadOnlySpan<byte> payload, long startTimestampMs = 0)
    {
        int offset = Append(payload);
        int first = _batch.Histograms.Count;
        _batch.Histograms.Add(new WriteHistogram(timestampMs, startTimestampMs, offset, payload.Length));
        return AddSeries(labels, _batch.SampleCount, first);
    }

    /// <summary>Adds a series without samples but with one exemplar.</summary>
    public BatchBuilder AddExemplar(LabelSet labels, LabelSet exemplarLabels, long timestampMs, double value)
    {
        int offset = Append(exemplarLabels.Bytes.Span);
        int first = _batch.Exemplars.Count;
        _batch.Exemplars.Add(new WriteExemplar(timestampMs, BitConverter.DoubleToInt64Bits(value), offset, exemplarLabels.Bytes.Length));
        int at = Append(labels.Bytes.Span);
        _batch.AddSeries(new WriteSeries(at, labels.Bytes.Length, _batch.SampleCount, 0, _batch.Histograms.Count, 0, first, 1));
        return this;
    }

    /// <summary>Adds metadata of a family.</summary>
    public BatchBuilder AddMetadata(string family, MetricType type, string help, string unit)
    {
        byte[] name = System.Text.Encoding.UTF8.GetBytes(family);
        byte[] helpText = System.Text.Encoding.UTF8.GetBytes(help);
        byte[] unitText = System.Text.Encoding.UTF8.GetBytes(unit);
        _batch.Metadata.Add(new WriteMetadata(type, Append(name), name.Length, Append(helpText), helpText.Length, Append(unitText), unitText.Length));
        return this;
    }

    /// <summary>The batch; the builder must not be used any more.</summary>
    public WriteBatch Build() => _batch;

    private BatchBuilder AddSeries(LabelSet labels, int firstSample, int firstHistogram)
    {
        int offset = Append(labels.Bytes.Span);
        _batch.AddSeries(new WriteSeries(
            offset, labels.Bytes.Length, firstSample, _batch.SampleCount - firstSample, firstHistogram, _batch.Histograms.Count - firstHistogram,
            _batch.Exemplars.Count, 0));
        return this;
    }

    private int Append(ReadOnlySpan<byte> bytes)
    {
        int offset = _batch.Extend(bytes.Length);
        bytes.CopyTo(_batch.Bytes[offset..]);
        return offset;
    }
}
