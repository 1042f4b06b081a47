using System.Globalization;
using System.Text;
using RemoteStore.Model.Histograms;
using RemoteStore.Model.Labels;

namespace RemoteStore.PromQL.Testing;

/// <summary>Makes native histograms with custom buckets of the classic histograms of a block (<c>load_with_nhcb</c>).</summary>
internal static class CustomBucketLoader
{
    /// <summary>Adds the histograms to a storage.</summary>
    /// <exception cref="ScriptException">The series are no histogram.</exception>
    public static void Load(LoadCommand command, TestStorage storage)
    {
        var histograms = new Dictionary<LabelSet, SortedDictionary<long, ClassicHistogramBuilder>>();
        foreach (LoadedSeries series in command.Series)
        {
            IReadOnlyList<KeyValuePair<string, string>> labels = series.Labels.ToPairs();
            string name = Encoding.UTF8.GetString(series.Labels.GetValue("__name__"u8));
            string bound = Encoding.UTF8.GetString(series.Labels.GetValue("le"u8));
            (string suffix, Action<ClassicHistogramBuilder, double>? set) = Role(name, bound);
            if (set is null)
            {
                continue;
            }

            LabelSet target = LabelSet.FromPairs(
                labels.Where(static pair => pair.Key != "le").Select(pair => pair.Key == LabelSet.MetricName ? new(pair.Key, name[..^suffix.Length]) : pair));
            if (!histograms.TryGetValue(target, out SortedDictionary<long, ClassicHistogramBuilder>? times))
            {
                histograms[target] = times = [];
            }

            for (int i = 0; i < series.Values.Count; i++)
            {
                if (!series.Values[i].IsOmitted)
                {
                    long time = i * command.IntervalMs;
                    if (!times.TryGetValue(time, out ClassicHistogramBuilder? builder))
                    {
                        times[time] = builder = new ClassicHistogramBuilder();
                    }

                    set(builder, series.Values[i].Value);
                }
            }
        }

        foreach ((LabelSet labels, SortedDictionary<long, ClassicHistogramBuilder> times) in histograms)
        {
            foreach ((long time, ClassicHistogramBuilder builder) in times)
            {
                var histogram = new FloatHistogram();
                ClassicHistogramFault fault = builder.Build(histogram);
                if (fault != ClassicHistogramFault.None)
                {
                    throw new ScriptException(command.Line, $"{labels} is no histogram at {time} ms: {fault}");
                }

                storage.Add(labels, time, histogram.ToNative());
            }
        }
    }

    private static (string Suffix, Action<ClassicHistogramBuilder, double>? Set) Role(string name, string bound)
    {
        if (name.EndsWith("_bucket", StringComparison.Ordinal) && bound.Length > 0)
        {
            double? upper = string.Equals(bound.TrimStart('+'), "Inf", StringComparison.OrdinalIgnoreCase) ? double.PositiveInfinity
                : double.TryParse(bound, NumberStyles.Float, CultureInfo.InvariantCulture, out double parsed) ? parsed : null;
            return ("_bucket", upper is { } value ? (builder, count) => builder.SetBucket(value, count) : null);
        }

        return name.EndsWith("_count", StringComparison.Ordinal) ? ("_count", static (builder, count) => builder.SetCount(count))
            : name.EndsWith("_sum", StringComparison.Ordinal) ? ("_sum", static (builder, sum) => builder.SetSum(sum))
            : ("", null);
    }
}
