using RemoteStore.Model.Labels;

namespace RemoteStore.PromQL.Testing.Tables;

/// <summary>Samples that the language of series cannot say, because they lie before time zero or alone; tables describe them in a sentence that begins with the metric.</summary>
internal static class ExtraSamples
{
    private const long Second = 1_000;

    /// <summary>Adds what a sentence describes.</summary>
    /// <exception cref="InvalidDataException">It is none of the known sentences.</exception>
    public static void Add(string sentence, TestStorage storage)
    {
        string metric = sentence.Split(' ')[0];
        switch (metric)
        {
            case "metric_neg":
                for (long time = -1_000 * Second; time <= 0; time += Second)
                {
                    Add(storage, metric, time, time == -1_000 * Second ? 1_000 : 1 - (time / Second));
                }

                break;
            case "metric_timestamp":
                Add(storage, metric, 3_600 * Second, 1_000);
                break;
            default:
                throw new InvalidDataException($"extra data \"{sentence}\"");
        }
    }

    private static void Add(TestStorage storage, string metric, long timestampMs, double value) =>
        storage.Add(LabelSet.FromPairs([new(LabelSet.MetricName, metric)]), timestampMs, BitConverter.DoubleToInt64Bits(value));
}
