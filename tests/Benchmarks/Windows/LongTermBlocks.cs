using System.Globalization;
using RemoteStore.Blocks.Format;
using RemoteStore.Blocks.Format.Writing;
using RemoteStore.BlockStore.Uploading;
using RemoteStore.Model;
using RemoteStore.Model.Labels;
using RemoteStore.ObjectStore;
using RemoteStore.Primitives.Files;
using RemoteStore.Storage.Querying;

namespace RemoteStore.Benchmarks.Windows;

/// <summary>Blocks of a day: half of the series counters, half gauges, a sample a minute with a few milliseconds of jitter.</summary>
internal sealed class LongTermBlocks
{
    /// <summary>Length of a block, milliseconds.</summary>
    public const long DayMs = 86_400_000;

    /// <summary>Where the first block begins, milliseconds since the Unix epoch.</summary>
    public const long FirstDayMs = 19_000 * DayMs;

    private const int SamplesPerDay = 1440;

    private readonly string _directory;
    private readonly long _firstDayMs;
    private readonly LabelSet[] _labels;
    private readonly double[] _values;
    private readonly Random _random = new(7);

    public LongTermBlocks(string directory, int series, long firstDayMs)
    {
        _directory = directory;
        _firstDayMs = firstDayMs;
        _labels =
        [
            .. Enumerable.Range(0, series)
                .Select(static i => LabelSet.From(
                    "__name__", "x", "job", "job-" + (i % 7).ToString(CultureInfo.InvariantCulture), "instance", (i / 50).ToString("D4", CultureInfo.InvariantCulture),
                    "number", i.ToString("D6", CultureInfo.InvariantCulture)))
                .Order(),
        ];
        _values = new double[series];
    }

    /// <summary>Writes the days one after another and uploads each.</summary>
    public async Task UploadAsync(IBucket bucket, int days)
    {
        var uploader = new BlockUploader(bucket, Failpoints.None);
        for (int day = 0; day < days; day++)
        {
            string directory = Write(_firstDayMs + (day * DayMs), (ulong)day);
            _ = await uploader.UploadAsync(directory, CancellationToken.None);
            Directory.Delete(directory, recursive: true);
        }
    }

    private string Write(long startMs, ulong number)
    {
        var options = new BlockWriterOptions
        {
            Id = new BlockId((ulong)startMs << 16, number),
            Tenant = TenantId.Anonymous,
            Range = new BlockRange(startMs, startMs + DayMs),
            Sources = ["1"],
            SeriesAreSorted = true,
        };
        string directory = Path.Combine(_directory, TenantId.Anonymous.Name, options.Id.ToString());
        using BlockWriter writer = BlockWriter.Create(LocalFileSystem.Instance, directory, options);
        var samples = new SampleBuffer();
        for (int i = 0; i < _labels.Length; i++)
        {
            samples.Clear();
            long offset = (i / 50 * 977 % 50_000) + 1000;
            for (int s = 0; s < SamplesPerDay; s++)
            {
                _values[i] = i % 2 == 0 ? _values[i] + _random.Next(100) : Math.Abs(_values[i] + _random.Next(21) - 10);
                samples.Add(startMs + offset + (s * 60_000L) + ((s * 7919L) + (i / 50)) % 7, BitConverter.DoubleToInt64Bits(_values[i]));
            }

            writer.AddSeries(_labels[i].Bytes, samples);
        }

        _ = writer.Finish(CancellationToken.None);
        return directory;
    }
}
