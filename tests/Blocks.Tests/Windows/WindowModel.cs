using RemoteStore.Blocks.Format;
using RemoteStore.Blocks.Format.Reading;
using RemoteStore.Blocks.Format.Writing;
using RemoteStore.Blocks.Windows;
using RemoteStore.Model;
using RemoteStore.Model.Labels;
using RemoteStore.Primitives.Files;
using RemoteStore.Storage.Querying;

namespace RemoteStore.Blocks.Tests.Windows;

/// <summary>Series of samples, and blocks of their samples or windows.</summary>
internal sealed class WindowModel
{
    public const long ResolutionMs = 300_000;

    public static TenantId Tenant { get; } = TenantId.Parse("acme");

    public static BlockRange Range { get; } = new(1_699_999_200_000, 1_699_999_200_000 + (24 * ResolutionMs));

    public SortedDictionary<LabelSet, SampleBuffer> Series { get; } = [];

    /// <summary>Series of floats, of histograms and of both; among them some whose labels are the beginning of others'.</summary>
    public static WindowModel Build(Random random, BlockRange range)
    {
        var model = new WindowModel();
        string[] names = ["a", "b", "job", "zone", "é", "\U0010FFFD"];
        int count = random.Next(1, 40);
        for (int i = 0; i < count; i++)
        {
            var pairs = new List<KeyValuePair<string, string>> { new("__name__", "metric_" + random.Next(3)) };
            pairs.AddRange(names.Where(_ => random.Next(3) == 0).Select(name => new KeyValuePair<string, string>(name, random.Next(2) == 0 ? "x" : "y")));
            model.Series[LabelSet.FromPairs(pairs)] = Samples(random, range);
        }

        return model;
    }

    public static SampleBuffer Samples(Random random, BlockRange range)
    {
        var samples = new SampleBuffer();
        List<(long Time, long Bits)> floats = WindowGen.Samples(random, range.Start, range.End - 1, ResolutionMs);
        int kind = random.Next(6);
        if (kind > 0)
        {
            _ = WindowGen.Fill(samples, kind == 1 ? floats.Where(_ => random.Next(2) == 0) : floats);
        }

        if (kind <= 1)
        {
            var histograms = new HistogramCounter(random);
            foreach ((long time, _) in floats.Where(f => samples.Timestamps.BinarySearch(f.Time) < 0))
            {
                samples.AddHistogram(time, 0, histograms.Next());
            }
        }

        return samples;
    }

    /// <summary>Windows of a series, as the aggregator makes them.</summary>
    public static SampleBuffer WindowsOf(SampleBuffer samples, long resolutionMs = ResolutionMs)
    {
        var windows = new SampleBuffer();
        new WindowAggregator(resolutionMs).Aggregate(samples, windows);
        return windows;
    }

    public BlockMeta WriteWindows(string root, BlockId id, BlockRange range, long resolutionMs = ResolutionMs)
    {
        using WindowColumnsWriter writer = WindowColumnsWriter.Create(
            LocalFileSystem.Instance, PathIn(root, id), new BlockWriterOptions { Id = id, Tenant = Tenant, Range = range, ResolutionMs = resolutionMs, PageBytes = 2048 });
        foreach ((LabelSet labels, SampleBuffer samples) in Series)
        {
            writer.AddSeries(labels, WindowsOf(samples, resolutionMs));
        }

        return writer.Finish(CancellationToken.None);
    }

    public BlockMeta WriteSamples(string root, BlockId id, BlockRange range)
    {
        using BlockWriter writer = BlockWriter.Create(
            LocalFileSystem.Instance, PathIn(root, id), new BlockWriterOptions { Id = id, Tenant = Tenant, Range = range, SeriesAreSorted = true });
        foreach ((LabelSet labels, SampleBuffer samples) in Series)
        {
            writer.AddSeries(labels.Bytes, Within(samples, range));
        }

        return writer.Finish(CancellationToken.None);
    }

    public static BlockReader Open(string root, BlockId id, BlockSectionCache cache) =>
        BlockReader.OpenAsync(new LocalBlockSource(PathIn(root, id)), cache, CancellationToken.None).AsTask().GetAwaiter().GetResult();

    public static string PathIn(string root, BlockId id) => Path.Combine(root, Tenant.Name, id.ToString());

    private static SampleBuffer Within(SampleBuffer samples, BlockRange range)
    {
        var within = new SampleBuffer();
        for (int i = 0; i < samples.Count; i++)
        {
            if (range.Contains(samples.Timestamps[i]))
            {
                within.Add(samples.Timestamps[i], samples.ValueBits[i]);
            }
        }

        foreach (HistogramSample histogram in samples.Histograms)
        {
            if (range.Contains(histogram.TimestampMs))
            {
                within.AddHistogram(histogram.TimestampMs, 0, samples.Payload(histogram));
            }
        }

        return within;
    }
}
