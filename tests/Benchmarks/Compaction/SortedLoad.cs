using System.Globalization;
using RemoteStore.Blocks.Format;
using RemoteStore.Blocks.Format.Writing;
using RemoteStore.Model.Labels;
using RemoteStore.Storage.Querying;

namespace RemoteStore.Benchmarks.Compaction;

/// <summary>Series in label order, 500 metrics of each target: two thirds constant, the others counters with noise; scrape times shared by a target, with jitter.</summary>
internal static class SortedLoad
{
    private const int Metrics = 500;

    public static void AddTo(BlockWriter writer, int series, int samples, BlockRange range)
    {
        int targets = Math.Max(1, series / Metrics);
        long interval = (long)range.Length / samples;
        var buffer = new SampleBuffer();
        for (int metric = 0; metric < Metrics; metric++)
        {
            for (int target = 0; target < targets; target++)
            {
                buffer.Clear();
                Fill(buffer, metric, target, samples, range.Start, interval);
                writer.AddSeries(LabelsOf(metric, target).Bytes, buffer);
            }
        }
    }

    private static void Fill(SampleBuffer buffer, int metric, int target, int samples, long start, long interval)
    {
        var random = new Random(HashCode.Combine(metric, target));
        double level = random.Next(1_000_000);
        bool constant = metric % 3 > 0;
        for (int i = 0; i < samples; i++)
        {
            long jitter = ((((long)target * 31) + i) * 2654435761L >> 16) % 5;
            level += constant ? 0 : random.Next(200);
            buffer.Add(start + (i * interval) + (target * 7 % Math.Max(1, interval - 20)) + Math.Abs(jitter), BitConverter.DoubleToInt64Bits(level));
        }
    }

    private static LabelSet LabelsOf(int metric, int target) => LabelSet.From(
        "__name__", string.Create(CultureInfo.InvariantCulture, $"application_metric_{metric:D4}_total"),
        "cluster", "production-1",
        "instance", string.Create(CultureInfo.InvariantCulture, $"host-{target:D6}.example:8080"),
        "job", "application",
        "pod", string.Create(CultureInfo.InvariantCulture, $"app-7d5f9c-{target:D6}"));
}
