using CsCheck;
using RemoteStore.Blocks.Format;
using RemoteStore.Model.Labels;
using RemoteStore.PrometheusBlocks.Format;
using RemoteStore.PrometheusBlocks.Reading;
using RemoteStore.PrometheusBlocks.Writing;
using RemoteStore.Storage.Querying;
using Shouldly;
using Xunit;

namespace RemoteStore.PrometheusBlocks.Tests.Writing;

public sealed class PrometheusBlockWriterTests
{
    [Fact]
    public void AnySeries_ReadBack_ToTheBit() => Gen.Select(GeneratedSeries.Any, Gen.Bool).Sample(
        static (series, small) =>
        {
            using var folder = new BlockFolder();
            string first = folder.Write(series, 1, small ? 2_000 : PrometheusFormat.SegmentBytes);
            List<string> read = BlockLines.OfPrometheus(first);

            ReadBackWithoutHints(first).ShouldBe(BlockLines.WithoutHints(series));
            BlockLines.OfPrometheus(folder.Write(Read(first), 2)).ShouldBe(read); // what a reader has seen, hints included, is written as it was
            PrometheusBlockMeta meta = PrometheusBlock.ReadMeta(first);
            meta.Samples.ShouldBe(read.Count);
            meta.FloatSamples.ShouldBe(series.Sum(static one => one.Samples.Count));
            meta.Series.ShouldBe(series.Length);
            meta.Range.ShouldBe(GeneratedSeries.Range);
            meta.Sources.ShouldBe([meta.Id]);
            File.Exists(Path.Combine(first, "tombstones")).ShouldBeTrue();
        },
        iter: 60);

    [Fact]
    public void Finish_WithoutSeries_MakesNothing()
    {
        using var folder = new BlockFolder();
        using (var writer = PrometheusBlockWriter.Create(BlockFolder.Files, folder.Path, new BlockId(1, 1), GeneratedSeries.Range))
        {
            writer.AddSeries(LabelSet.From("a", "b"), new SampleBuffer());
            writer.Finish().ShouldBeNull();
        }

        Directory.EnumerateFileSystemEntries(folder.Path).ShouldBeEmpty();
    }

    [Fact]
    public void Dispose_BeforeFinish_LeavesNothing()
    {
        using var folder = new BlockFolder();
        using (var writer = PrometheusBlockWriter.Create(BlockFolder.Files, folder.Path, new BlockId(1, 1), GeneratedSeries.Range))
        {
            writer.AddSeries(LabelSet.From("a", "b"), One(GeneratedSeries.Range.Start));
        }

        Directory.EnumerateFileSystemEntries(folder.Path).ShouldBeEmpty();
    }

    [Fact]
    public void AddSeries_OutOfOrderOrRange_IsRefused()
    {
        using var folder = new BlockFolder();
        using var writer = PrometheusBlockWriter.Create(BlockFolder.Files, folder.Path, new BlockId(1, 1), GeneratedSeries.Range);
        writer.AddSeries(LabelSet.From("b", "b"), One(GeneratedSeries.Range.Start));

        Should.Throw<ArgumentException>(() => writer.AddSeries(LabelSet.From("a", "b"), One(GeneratedSeries.Range.Start)));
        Should.Throw<ArgumentException>(() => writer.AddSeries(LabelSet.From("b", "b"), One(GeneratedSeries.Range.Start)));
        Should.Throw<ArgumentException>(() => writer.AddSeries(LabelSet.From("c", "b"), One(GeneratedSeries.Range.End)));
    }

    private static SampleBuffer One(long time)
    {
        var samples = new SampleBuffer();
        samples.Add(time, 1);
        return samples;
    }

    private static List<GeneratedSeries> Read(string directory)
    {
        using PrometheusBlock block = PrometheusBlock.Open(directory);
        using PrometheusSeriesCursor cursor = block.OpenCursor(block.Meta.Times);
        var series = new List<GeneratedSeries>();
        while (cursor.MoveNext())
        {
            var samples = new SampleBuffer();
            samples.Add(cursor.Samples.Timestamps, cursor.Samples.ValueBits, cursor.Samples.StartTimestamps);
            foreach (HistogramSample sample in cursor.Samples.Histograms)
            {
                samples.AddHistogram(sample.TimestampMs, 0, cursor.Samples.Payload(sample));
            }

            series.Add(new(new LabelSet(cursor.Labels.Bytes.ToArray()), samples));
        }

        return series;
    }

    private static List<string> ReadBackWithoutHints(string directory) => BlockLines.WithoutHints(Read(directory));
}
