using System.Globalization;
using RemoteStore.Blocks.Format.Checking;
using RemoteStore.Blocks.Format.Reading;
using RemoteStore.Model;
using RemoteStore.Model.Labels;
using RemoteStore.Model.Samples;
using RemoteStore.PrometheusBlocks.Reading;
using RemoteStore.Storage.Querying;

namespace RemoteStore.PrometheusBlocks.Tests;

/// <summary>Everything that a block holds as text, a line per sample, to the bit: what tests compare.</summary>
internal static class BlockLines
{
    public static List<string> Of(IEnumerable<GeneratedSeries> series) => [.. series.SelectMany(static one => Of(one.Labels, one.Samples))];

    public static List<string> OfPrometheus(string directory, QueryRange? range = null)
    {
        using PrometheusBlock block = PrometheusBlock.Open(directory);
        using PrometheusSeriesCursor cursor = block.OpenCursor(range ?? QueryRange.All);
        var lines = new List<string>();
        while (cursor.MoveNext())
        {
            lines.AddRange(Of(cursor.Labels, cursor.Samples));
        }

        return lines;
    }

    public static async Task<List<string>> OfOursAsync(string directory)
    {
        using var cache = new BlockSectionCache();
        using BlockReader block = await BlockReader.OpenAsync(new LocalBlockSource(directory), cache, CancellationToken.None);
        await using BlockCursor cursor = block.OpenCursor(QueryRange.All);
        var lines = new List<string>();
        while (await cursor.MoveNextAsync(CancellationToken.None))
        {
            lines.AddRange(Of(cursor.Labels, cursor.Samples));
        }

        return lines;
    }

    /// <summary>The lines without hints of counter resets, of which a block of Prometheus keeps fewer.</summary>
    public static List<string> WithoutHints(IEnumerable<GeneratedSeries> series) =>
        [.. series.SelectMany(static one => Of(one.Labels, one.Samples, static payload => Unhinted(payload)))];

    private static IEnumerable<string> Of(LabelSet labels, SampleBuffer samples, Func<byte[], byte[]>? map = null)
    {
        string name = labels.ToString();
        var lines = new List<(long Time, string Text)>();
        for (int i = 0; i < samples.Count; i++)
        {
            string start = samples.StartTimestamps.IsEmpty ? "" : $" from {samples.StartTimestamps[i]}";
            lines.Add((samples.Timestamps[i], $"{samples.ValueBits[i].ToString("x16", CultureInfo.InvariantCulture)}{start}"));
        }

        foreach (HistogramSample sample in samples.Histograms)
        {
            byte[] payload = samples.Payload(sample).ToArray();
            lines.Add((sample.TimestampMs, Convert.ToHexStringLower(map is null ? payload : map(payload))));
        }

        return lines.OrderBy(static line => line.Time).Select(line => $"{name} {line.Time} {line.Text}");
    }

    public static byte[] Unhinted(byte[] payload)
    {
        NativeHistogram h = HistogramPayload.Decode(payload);
        return HistogramPayload.Encode(new()
        {
            IsFloat = h.IsFloat,
            Schema = h.Schema,
            ZeroThreshold = h.ZeroThreshold,
            IntegerCount = h.IntegerCount,
            IntegerZeroCount = h.IntegerZeroCount,
            FloatCount = h.FloatCount,
            FloatZeroCount = h.FloatZeroCount,
            SumBits = h.SumBits,
            PositiveSpans = h.PositiveSpans,
            NegativeSpans = h.NegativeSpans,
            PositiveDeltas = h.PositiveDeltas,
            NegativeDeltas = h.NegativeDeltas,
            PositiveCounts = h.PositiveCounts,
            NegativeCounts = h.NegativeCounts,
            CustomValues = h.CustomValues,
        });
    }
}
