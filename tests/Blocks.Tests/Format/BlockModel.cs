using RemoteStore.Blocks.Format;
using RemoteStore.Blocks.Format.Checking;
using RemoteStore.Blocks.Format.Reading;
using RemoteStore.Blocks.Format.Writing;
using RemoteStore.Model;
using RemoteStore.Model.Labels;
using RemoteStore.Primitives.Files;
using RemoteStore.Storage.Querying;

namespace RemoteStore.Blocks.Tests.Format;

/// <summary>One series of the twin.</summary>
internal sealed class ModelSeries(LabelSet labels)
{
    public LabelSet Labels { get; } = labels;

    public SortedDictionary<long, (long Bits, long Start)> Floats { get; } = [];

    public SortedDictionary<long, (byte[] Payload, long Start)> Histograms { get; } = [];
}

/// <summary>The naive twin of a block: series with their samples in sorted dictionaries.</summary>
internal sealed class BlockModel
{
    public static BlockRange Range { get; } = new(1_699_999_200_000, 1_700_006_400_000);

    public static BlockId Id { get; } = BlockId.Parse("01HF7YAT00Y8Z3KW9D2V5Q4RTM");

    public SortedDictionary<LabelSet, ModelSeries> Series { get; } = [];

    public ModelSeries this[LabelSet labels]
    {
        get
        {
            if (!Series.TryGetValue(labels, out ModelSeries? series))
            {
                Series[labels] = series = new ModelSeries(labels);
            }

            return series;
        }
    }

    public static BlockWriterOptions Options { get; } = new() { Id = Id, Tenant = TenantId.Parse("acme"), Range = Range };

    public static string PathIn(string root, BlockId? id = null) => Path.Combine(root, "acme", (id ?? Id).ToString());

    /// <summary>Writes the block below <paramref name="root"/>, series in an order of chance.</summary>
    public BlockMeta Write(string root, BlockWriterOptions? options = null, IFileSystem? files = null)
    {
        options ??= Options;
        using BlockWriter writer = BlockWriter.Create(files ?? LocalFileSystem.Instance, PathIn(root, options.Id), options);
        Add(writer);
        return writer.Finish(CancellationToken.None);
    }

    public void Add(BlockWriter writer)
    {
        ModelSeries[] order = [.. Series.Values];
        new Random(order.Length).Shuffle(order);
        var samples = new SampleBuffer();
        foreach (ModelSeries series in order)
        {
            samples.Clear();
            Fill(samples, series, QueryRange.All);
            writer.AddSeries(series.Labels.Bytes, samples);
        }
    }

    public static BlockReader Open(string root, BlockSectionCache cache, BlockId? id = null) =>
        OpenAsync(root, cache, id).AsTask().GetAwaiter().GetResult();

    public static ValueTask<BlockReader> OpenAsync(string root, BlockSectionCache cache, BlockId? id = null) =>
        BlockReader.OpenAsync(new LocalBlockSource(PathIn(root, id)), cache, CancellationToken.None);

    /// <summary>The part of this model that a query is to give.</summary>
    public BlockModel Select(QueryRange range, IReadOnlyList<LabelMatcher> matchers)
    {
        var result = new BlockModel();
        foreach (ModelSeries series in Series.Values.Where(s => matchers.All(m => m.Matches(s.Labels.GetValue(m.NameUtf8.Span)))))
        {
            foreach ((long time, var sample) in series.Floats.Where(p => range.Contains(p.Key)))
            {
                result[series.Labels].Floats[time] = sample;
            }

            foreach ((long time, var sample) in series.Histograms.Where(p => range.Contains(p.Key)))
            {
                result[series.Labels].Histograms[time] = sample;
            }
        }

        return result;
    }

    public static async Task<BlockModel> QueryAsync(BlockReader block, QueryRange range, params LabelMatcher[] matchers)
    {
        await using IQuerier querier = block.OpenQuerier(range);
        return await QueryAsync(querier, range, matchers);
    }

    public static async Task<BlockModel> QueryAsync(IQuerier querier, QueryRange range, params LabelMatcher[] matchers)
    {
        var result = new BlockModel();
        await using ISeriesSet set = await querier.SelectAsync(true, new SelectHints(range), matchers, CancellationToken.None);
        LabelSet last = default;
        while (await set.MoveNextAsync(CancellationToken.None))
        {
            for (int i = 0; i < set.Current.Count; i++)
            {
                var labels = new LabelSet(set.Current.Labels(i).Bytes.ToArray());
                if (!last.Bytes.IsEmpty && labels <= last)
                {
                    throw new InvalidOperationException($"{labels} comes behind {last}");
                }

                last = labels;
                result.Take(labels, set.Current, i);
            }
        }

        return result;
    }

    public static async Task<(BlockModel Model, IReadOnlyList<BlockDamage> Damage)> ScanAsync(BlockReader block, bool skipDamage)
    {
        var result = new BlockModel();
        await using BlockCursor cursor = block.OpenCursor(QueryRange.All, skipDamage);
        while (await cursor.MoveNextAsync(CancellationToken.None))
        {
            var labels = new LabelSet(cursor.Labels.Bytes.ToArray());
            for (int s = 0; s < cursor.Samples.Count; s++)
            {
                result[labels].Floats.Add(
                    cursor.Samples.Timestamps[s], (cursor.Samples.ValueBits[s], cursor.Samples.StartTimestamps.IsEmpty ? 0 : cursor.Samples.StartTimestamps[s]));
            }

            foreach (HistogramSample sample in cursor.Samples.Histograms)
            {
                result[labels].Histograms.Add(sample.TimestampMs, (cursor.Samples.Payload(sample).ToArray(), sample.StartTimestampMs));
            }
        }

        return (result, cursor.Damage);
    }

    /// <summary>The first difference in words; empty when there is none.</summary>
    public string Difference(BlockModel actual) => Missing(actual, "missing or different") + actual.Missing(this, "not expected");

    /// <summary>What the other lacks of this model; empty when it has everything.</summary>
    public string Missing(BlockModel other, string how)
    {
        foreach (ModelSeries series in Series.Values)
        {
            ModelSeries? twin = other.Series.GetValueOrDefault(series.Labels);
            foreach ((long time, var sample) in series.Floats)
            {
                if (twin is null || !twin.Floats.TryGetValue(time, out var found) || found != sample)
                {
                    return $"{series.Labels} at {time}: {sample} is {how}";
                }
            }

            foreach ((long time, var sample) in series.Histograms)
            {
                if (twin is null || !twin.Histograms.TryGetValue(time, out var found) || found.Start != sample.Start || !found.Payload.AsSpan().SequenceEqual(sample.Payload))
                {
                    return $"{series.Labels} at {time}: a histogram is {how}";
                }
            }
        }

        return "";
    }

    public static void Fill(SampleBuffer samples, ModelSeries series, QueryRange range)
    {
        foreach ((long time, (long bits, long start)) in series.Floats.Where(p => range.Contains(p.Key)))
        {
            samples.Add(time, bits, start);
        }

        foreach ((long time, (byte[] payload, long start)) in series.Histograms.Where(p => range.Contains(p.Key)))
        {
            samples.AddHistogram(time, start, payload);
        }
    }

    private void Take(LabelSet labels, SeriesBatch batch, int i)
    {
        for (int s = 0; s < batch.Timestamps(i).Length; s++)
        {
            this[labels].Floats.Add(batch.Timestamps(i)[s], (batch.ValueBits(i)[s], batch.StartTimestamps(i).IsEmpty ? 0 : batch.StartTimestamps(i)[s]));
        }

        foreach (HistogramSample sample in batch.Histograms(i))
        {
            this[labels].Histograms.Add(sample.TimestampMs, (batch.Samples.Payload(sample).ToArray(), sample.StartTimestampMs));
        }
    }
}
