using System.Globalization;
using RemoteStore.Blocks.Format;
using RemoteStore.Blocks.Format.Checking;
using RemoteStore.Blocks.Format.Reading;
using RemoteStore.Blocks.Format.Writing;
using RemoteStore.BlockStore.Indexing;
using RemoteStore.BlockStore.Reading;
using RemoteStore.Model;
using RemoteStore.Model.Labels;
using RemoteStore.ObjectStore;
using RemoteStore.Storage.Deleting;
using RemoteStore.Storage.Querying;

namespace RemoteStore.Compactor.Tests;

/// <summary>The naive twin of a tenant's data: all samples that were ever given, resolved when asked.</summary>
internal sealed class SampleModel
{
    private readonly SortedDictionary<LabelSet, SampleBuffer> _series = [];

    /// <summary>Samples of a series.</summary>
    public SampleBuffer this[LabelSet labels]
    {
        get
        {
            if (!_series.TryGetValue(labels, out SampleBuffer? samples))
            {
                _series[labels] = samples = new SampleBuffer();
            }

            return samples;
        }
    }

    /// <summary>What the readers of the index in the bucket see: all readable blocks but the superseded.</summary>
    public static async Task<SampleModel> ReadAsync(IBucket bucket, BucketIndex index)
    {
        var model = new SampleModel();
        BlockMeta[] readable = [.. index.Readable.Select(static block => block.Meta)];
        foreach (BlockMeta meta in readable.Where(meta => !readable.Any(other => other.Supersedes(meta))))
        {
            await model.AddAsync(bucket, meta);
        }

        return model;
    }

    /// <summary>Writes the model as a block.</summary>
    public void Write(BlockWriter writer)
    {
        foreach ((LabelSet labels, SampleBuffer samples) in _series)
        {
            samples.SortAndDeduplicate(0, 0);
            writer.AddSeries(labels.Bytes, samples);
        }
    }

    /// <summary>Takes the samples of another model, too.</summary>
    public void Add(SampleModel other)
    {
        foreach ((LabelSet labels, SampleBuffer samples) in other._series)
        {
            Add(labels, samples);
        }
    }

    /// <summary>Takes away what is deleted.</summary>
    public void Delete(SeriesDeletion deletion)
    {
        foreach (LabelSet labels in _series.Keys.Where(labels => deletion.Matches(labels.Bytes.Span)).ToArray())
        {
            var kept = new SampleBuffer();
            _series[labels].SortAndDeduplicate(0, 0);
            KeptSamples.Copy(_series[labels], [deletion.Range], kept);
            _series[labels] = kept;
        }
    }

    /// <summary>Every sample as text, by series and time.</summary>
    public IReadOnlyList<string> Lines()
    {
        var lines = new List<string>();
        foreach ((LabelSet labels, SampleBuffer samples) in _series)
        {
            samples.SortAndDeduplicate(0, 0);
            for (int i = 0; i < samples.Count; i++)
            {
                long start = samples.StartTimestamps.IsEmpty ? 0 : samples.StartTimestamps[i];
                lines.Add(string.Create(CultureInfo.InvariantCulture, $"{labels} {samples.Timestamps[i]} {samples.ValueBits[i]:x} {start}"));
            }

            foreach (HistogramSample sample in samples.Histograms)
            {
                lines.Add(string.Create(
                    CultureInfo.InvariantCulture, $"{labels} {sample.TimestampMs} histogram {Convert.ToHexString(samples.Payload(sample))} {sample.StartTimestampMs}"));
            }
        }

        return lines;
    }

    private async Task AddAsync(IBucket bucket, BlockMeta meta)
    {
        using var cache = new BlockSectionCache();
        using BlockReader block = await BlockReader.OpenAsync(new BucketBlockSource(bucket, meta.Tenant, meta.Id, meta), cache, CancellationToken.None);
        await using BlockCursor cursor = block.OpenCursor(QueryRange.All);
        while (await cursor.MoveNextAsync(CancellationToken.None))
        {
            Add(new LabelSet(cursor.Labels.Bytes.ToArray()), cursor.Samples);
        }
    }

    private void Add(LabelSet labels, SampleBuffer samples)
    {
        this[labels].Add(samples.Timestamps, samples.ValueBits, samples.StartTimestamps);
        foreach (HistogramSample sample in samples.Histograms)
        {
            this[labels].AddHistogram(sample.TimestampMs, sample.StartTimestampMs, samples.Payload(sample));
        }
    }
}
