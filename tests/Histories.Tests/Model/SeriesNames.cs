using System.Collections.Concurrent;
using System.Globalization;
using RemoteStore.Model.Labels;

namespace RemoteStore.Histories.Tests.Model;

/// <summary>Labels of the series that histories write, by number. Numbers from 100 on stand for pods that come and go.</summary>
internal static class SeriesNames
{
    private static readonly ConcurrentDictionary<int, LabelSet> s_labels = new();

    public static LabelSet Labels(int number) => s_labels.GetOrAdd(number, static n => n % 5 == 4
        ? LabelSet.From("__name__", Name(n), "job", "lone")
        : LabelSet.From("__name__", Name(n), "job", $"job-{n % 2}", "pod", $"pod-{n.ToString(CultureInfo.InvariantCulture)}"));

    /// <summary>Start timestamp of a sample: the same whenever it is sent.</summary>
    public static long StartOf(int number, long timestampMs) => number % 3 == 1 ? timestampMs - 1000 - (timestampMs % 7) : 0;

    private static string Name(int number) => number % 5 == 4 ? $"lone_{number}" : $"metric_{number % 3}";
}
