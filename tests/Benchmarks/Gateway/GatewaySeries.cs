using System.Globalization;
using RemoteStore.Model.Labels;

namespace RemoteStore.Benchmarks.Gateway;

/// <summary>
/// Label sets that do not compress better than those of real targets do: each target has a random tenth of 1,000 metrics, some with a path and a code, and names
/// and addresses that are random.
/// </summary>
internal static class GatewaySeries
{
    private const int Metrics = 1000;
    private const int PerTarget = 100;
    private const int MetricsWithPaths = 200;

    /// <summary>The metric that every target has: one series of each.</summary>
    public const string Everywhere = "up";

    /// <summary>Makes them, in label order.</summary>
    public static LabelSet[] Make(int count)
    {
        var random = new Random(11);
        var sets = new LabelSet[count];
        for (int i = 0; i < count;)
        {
            int target = i / PerTarget;
            string pod = string.Create(CultureInfo.InvariantCulture, $"service-{target % 40:D2}-{random.NextInt64() & 0xfffffffff:x9}-{random.Next(1 << 20):x5}");
            string instance = string.Create(CultureInfo.InvariantCulture, $"10.{random.Next(256)}.{random.Next(256)}.{random.Next(256)}:{8000 + (target % 9)}");
            int[] metrics = [.. Enumerable.Range(0, Metrics)];
            random.Shuffle(metrics);
            for (int m = 0; m < PerTarget && i < count; m++)
            {
                sets[i++] = Labels(m == 0 ? -1 : metrics[m], target, pod, instance, random);
            }
        }

        Array.Sort(sets);
        return sets;
    }

    private static LabelSet Labels(int metric, int target, string pod, string instance, Random random)
    {
        string name = metric < 0 ? Everywhere : string.Create(CultureInfo.InvariantCulture, $"application_{metric % 7}_metric_{metric:D4}_total");
        string job = string.Create(CultureInfo.InvariantCulture, $"service-{target % 40:D2}");
        string space = string.Create(CultureInfo.InvariantCulture, $"namespace-{target % 13}");
        return metric is >= 0 and < MetricsWithPaths
            ? LabelSet.From(
                "__name__", name, "code", random.Next(5) == 0 ? "500" : "200", "instance", instance, "job", job, "namespace", space,
                "path", string.Create(CultureInfo.InvariantCulture, $"/api/v1/resource/{random.Next(300)}"), "pod", pod)
            : LabelSet.From("__name__", name, "instance", instance, "job", job, "namespace", space, "pod", pod);
    }
}
