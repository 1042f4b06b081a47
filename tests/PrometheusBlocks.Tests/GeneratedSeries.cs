using CsCheck;
using RemoteStore.Blocks.Format;
using RemoteStore.Model.Labels;
using RemoteStore.Model.Samples;
using RemoteStore.Storage.Querying;
using RemoteStore.Testing;

namespace RemoteStore.PrometheusBlocks.Tests;

/// <summary>A series that tests make up.</summary>
internal sealed record GeneratedSeries(LabelSet Labels, SampleBuffer Samples)
{
    /// <summary>Two hours of some day.</summary>
    public static BlockRange Range { get; } = new(1_700_006_400_000, 1_700_013_600_000);

    /// <summary>Up to a dozen series in label order: floats, histograms of every kind, both in one series, stale markers, any bits.</summary>
    public static Gen<GeneratedSeries[]> Any { get; } = Gen.Select(Gen.Int, HistogramGen.Run.Array[1, 4], HistogramGen.Any.Array[1, 6]).Select(Make);

    private static GeneratedSeries[] Make(int seed, NativeHistogram[][] runs, NativeHistogram[] mixed)
    {
        var random = new Random(seed);
        var series = new SortedDictionary<LabelSet, SampleBuffer>();
        for (int i = random.Next(1, 6); i >= 0; i--)
        {
            AddFloats(Add(series, random, "float"), random, random.Next(1, 400));
        }

        foreach (NativeHistogram[] run in runs)
        {
            AddHistograms(Add(series, random, "histogram"), random, run);
        }

        SampleBuffer both = Add(series, random, "both");
        AddFloats(both, random, 20);
        AddHistograms(both, random, mixed);
        both.SortAndDeduplicate(0, 0);
        return [.. series.Where(static one => one.Value.Count + one.Value.HistogramCount > 0).Select(static one => new GeneratedSeries(one.Key, one.Value))];
    }

    private static SampleBuffer Add(SortedDictionary<LabelSet, SampleBuffer> series, Random random, string kind)
    {
        LabelSet labels = random.Next(4) == 0
            ? LabelSet.From("__name__", kind, "instance", "ö" + random.Next(3), "le", random.Next().ToString(System.Globalization.CultureInfo.InvariantCulture))
            : LabelSet.From("__name__", kind + random.Next(1000), "job", "a");
        SampleBuffer samples = series.GetValueOrDefault(labels) ?? new SampleBuffer();
        samples.Clear();
        series[labels] = samples;
        return samples;
    }

    private static void AddFloats(SampleBuffer samples, Random random, int count)
    {
        long time = Range.Start + random.Next(15_000);
        for (int i = 0; i < count && time < Range.End; i++, time += 15_000 + random.Next(-3, 3))
        {
            samples.Add(time, random.Next(12) switch
            {
                0 => SampleBits.StaleMarker,
                1 => random.NextInt64(),
                _ => BitConverter.DoubleToInt64Bits(i * 0.5),
            });
        }
    }

    private static void AddHistograms(SampleBuffer samples, Random random, NativeHistogram[] histograms)
    {
        long time = Range.Start + random.Next(15_000);
        foreach (NativeHistogram histogram in histograms)
        {
            samples.AddHistogram(time, 0, HistogramPayload.Encode(histogram));
            time += 15_000 + random.Next(-3, 3);
        }
    }
}
