using RemoteStore.Model.Labels;
using RemoteStore.Storage.Querying;

namespace RemoteStore.Testing;

/// <summary>One series of an <see cref="InMemoryStore"/>.</summary>
internal sealed class InMemorySeries(LabelSet labels)
{
    public LabelSet Labels { get; } = labels;

    public SortedDictionary<long, (long Bits, long Start)> Floats { get; private init; } = [];

    public SortedDictionary<long, (byte[] Payload, long Start)> Histograms { get; private init; } = [];

    public List<Exemplar> Exemplars { get; private init; } = [];

    /// <summary>Adds a float; false when another value is stored at its time.</summary>
    public bool TryAdd(long timestampMs, long bits, long start)
    {
        if (Histograms.ContainsKey(timestampMs))
        {
            return false;
        }

        return Floats.TryAdd(timestampMs, (bits, start)) || Floats[timestampMs].Bits == bits;
    }

    /// <summary>Adds a histogram; false when another value is stored at its time.</summary>
    public bool TryAddHistogram(long timestampMs, byte[] payload, long start)
    {
        if (Floats.ContainsKey(timestampMs))
        {
            return false;
        }

        return Histograms.TryAdd(timestampMs, (payload, start)) || Histograms[timestampMs].Payload.AsSpan().SequenceEqual(payload);
    }

    public InMemorySeries Copy() => new(Labels) { Floats = new(Floats), Histograms = new(Histograms), Exemplars = [.. Exemplars] };
}

/// <summary>One tenant of an <see cref="InMemoryStore"/>.</summary>
internal sealed class InMemoryTenant
{
    public SortedDictionary<LabelSet, InMemorySeries> Series { get; } = [];

    public SortedDictionary<string, List<MetricMetadata>> Metadata { get; } = new(StringComparer.Ordinal);

    public InMemorySeries GetOrAdd(LabelSet labels)
    {
        if (!Series.TryGetValue(labels, out InMemorySeries? series))
        {
            Series[labels] = series = new InMemorySeries(labels);
        }

        return series;
    }

    public void AddMetadata(string family, MetricMetadata entry)
    {
        if (!Metadata.TryGetValue(family, out List<MetricMetadata>? entries))
        {
            Metadata[family] = entries = [];
        }

        if (!entries.Contains(entry))
        {
            entries.Add(entry);
        }
    }

    /// <summary>Copies of all series, in label order.</summary>
    public IReadOnlyList<InMemorySeries> Snapshot() => [.. Series.Values.Select(static series => series.Copy())];
}
