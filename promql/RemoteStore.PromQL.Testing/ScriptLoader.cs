using RemoteStore.PromQL.Parser.Series;

namespace RemoteStore.PromQL.Testing;

/// <summary>Applies the commands of a script that change its storage.</summary>
internal static class ScriptLoader
{
    /// <summary>Loads series, or clears the storage.</summary>
    /// <exception cref="ScriptException">The series cannot be loaded.</exception>
    public static void Apply(Command command, TestStorage storage)
    {
        if (command is not LoadCommand load)
        {
            storage.Clear();
            return;
        }

        foreach (LoadedSeries series in load.Series)
        {
            for (int i = 0; i < series.Values.Count; i++)
            {
                SeriesValue value = series.Values[i];
                long time = i * load.IntervalMs;
                long start = series.StartOffsetsMs?[i] is { } offset ? time + offset : 0;
                if (value.Histogram is { } histogram)
                {
                    storage.Add(series.Labels, time, histogram, start);
                }
                else if (!value.IsOmitted)
                {
                    storage.Add(series.Labels, time, BitConverter.DoubleToInt64Bits(value.Value), start);
                }
            }
        }

        if (load.WithCustomBuckets)
        {
            CustomBucketLoader.Load(load, storage);
        }
    }
}
