using System.Globalization;
using RemoteStore.Blocks.Format;
using RemoteStore.Blocks.Format.Reading;
using RemoteStore.Blocks.Format.Writing;
using RemoteStore.Blocks.Merging;
using RemoteStore.Blocks.Tests.Windows;
using RemoteStore.Blocks.Windows;
using RemoteStore.Model.Labels;
using RemoteStore.Primitives.Files;
using RemoteStore.Storage.Querying;
using Shouldly;
using Xunit;

namespace RemoteStore.Blocks.Tests.Merging;

/// <summary>Timestamps are stored once for all series of a target, also in long blocks, which have many chunks of each.</summary>
public sealed class SharedTimesTests : IDisposable
{
    private const long DayMs = 86_400_000;
    private const long StartMs = 19_000 * DayMs;

    private readonly TemporaryDirectory _directory = new();
    private readonly BlockSectionCache _cache = new();

    public void Dispose()
    {
        _cache.Dispose();
        _directory.Dispose();
    }

    [Fact]
    public void Write_ManyTargetsOneAfterAnother_MakesOneColumnForEachTargetAndSlot()
    {
        const int Targets = 64;
        var range = new BlockRange(StartMs, StartMs + DayMs);
        using BlockWriter writer = BlockWriter.Create(LocalFileSystem.Instance, WindowModel.PathIn(_directory.Path, new BlockId(1, 1)), Options(1, range, 0));
        for (int metric = 0; metric < 4; metric++)
        {
            for (int target = 0; target < Targets; target++)
            {
                var samples = new SampleBuffer();
                for (int i = 0; i < 5760; i++)
                {
                    samples.Add(StartMs + (i * 15_000) + (target * 100) + ((i * 7919 + target) % 5), 0);
                }

                writer.AddSeries(Labels("m" + metric.ToString(CultureInfo.InvariantCulture), target, 0).Bytes, samples);
            }
        }

        BlockMeta meta = writer.Finish(CancellationToken.None);

        meta.Stats.Columns.ShouldBe(Targets * 16, "5760 samples take 16 slots of the day");
    }

    [Fact]
    public async Task Merge_DaysOfWindows_TakesNoMoreThanTheDays()
    {
        const int Days = 3;
        var parts = new List<BlockMeta>();
        var random = new Random(5);
        double[] values = new double[160];
        for (int day = 0; day < Days; day++)
        {
            parts.Add(WriteDay(StartMs + (day * DayMs), day + 1, values, random));
        }

        var inputs = new List<BlockReader>();
        foreach (BlockMeta part in parts)
        {
            inputs.Add(WindowModel.Open(_directory.Path, part.Id, _cache));
        }

        BlockMeta? merged = await BlockMerger.MergeAsync(
            inputs, LocalFileSystem.Instance, WindowModel.PathIn(_directory.Path, new BlockId(9, 9)),
            Options(9, new BlockRange(StartMs, StartMs + (Days * DayMs)), WindowModel.ResolutionMs), BlockMergeOptions.KeepAll, CancellationToken.None);

        inputs.ForEach(static input => input.Dispose());
        ChunkBytes(merged!).ShouldBeLessThanOrEqualTo(parts.Sum(ChunkBytes));
    }

    private BlockMeta WriteDay(long startMs, int number, double[] values, Random random)
    {
        using WindowColumnsWriter writer = WindowColumnsWriter.Create(
            LocalFileSystem.Instance, WindowModel.PathIn(_directory.Path, new BlockId((ulong)number, (ulong)number)),
            Options(number, new BlockRange(startMs, startMs + DayMs), WindowModel.ResolutionMs));
        for (int target = 0; target < 8; target++)
        {
            for (int series = 0; series < 20; series++)
            {
                ref double value = ref values[(target * 20) + series];
                var samples = new SampleBuffer();
                for (int i = 0; i < 1440; i++)
                {
                    value = series % 2 == 0 ? value + random.Next(100) : Math.Abs(value + random.Next(21) - 10);
                    samples.Add(startMs + 1000 + (i * 60_000) + (target * 977) + ((i * 7919 + target) % 7), BitConverter.DoubleToInt64Bits(value));
                }

                writer.AddSeries(Labels("m", target, series), WindowModel.WindowsOf(samples));
            }
        }

        return writer.Finish(CancellationToken.None);
    }

    private static long ChunkBytes(BlockMeta meta) => meta.Files.Single(static file => file.File == BlockFile.Chunks).SizeBytes;

    private static BlockWriterOptions Options(int number, BlockRange range, long resolutionMs) => new()
    {
        Id = new BlockId((ulong)number, (ulong)number),
        Tenant = WindowModel.Tenant,
        Range = range,
        ResolutionMs = resolutionMs,
        SeriesAreSorted = true,
    };

    private static LabelSet Labels(string name, int target, int number) => LabelSet.From(
        "__name__", name, "instance", target.ToString("D3", CultureInfo.InvariantCulture), "number", number.ToString("D3", CultureInfo.InvariantCulture));
}
