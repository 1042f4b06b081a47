using RemoteStore.Model;
using RemoteStore.Model.Labels;
using RemoteStore.Storage.Querying;
using RemoteStore.Tsdb.Heads;
using RemoteStore.Tsdb.Registry;

namespace RemoteStore.Tsdb.Querying;

/// <summary>Answers queries for exemplars and metadata of one tenant.</summary>
internal static class SideDataReader
{
    /// <summary>Exemplars in the range of series that satisfy any of the matcher sets, by series in label order.</summary>
    public static List<SeriesExemplars> Exemplars(
        TenantHead head, QueryRange range, IReadOnlyList<IReadOnlyList<LabelMatcher>> matcherSets, CancellationToken cancellationToken)
    {
        using SeriesRegistry registry = head.Series.RetainRegistry();
        var refs = new SortedSet<uint>();
        foreach (IReadOnlyList<LabelMatcher> matchers in matcherSets)
        {
            refs.UnionWith(registry.Index.Select(matchers, registry.RefEnd, registry, cancellationToken));
        }

        var found = new List<SeriesExemplars>();
        foreach (uint seriesRef in refs)
        {
            List<Exemplar> exemplars = head.Exemplars.Select(new SeriesRef(seriesRef), range);
            if (exemplars.Count > 0)
            {
                found.Add(new SeriesExemplars(new LabelSet(registry.GetLabels(new SeriesRef(seriesRef)).ToArray()), exemplars));
            }
        }

        found.Sort(static (a, b) => a.SeriesLabels.CompareTo(b.SeriesLabels));
        return found;
    }

    /// <summary>Metadata by family.</summary>
    public static List<MetricFamilyMetadata> Metadata(TenantHead head, string? metric, int limit, int limitPerMetric) =>
        head.Metadata.Select(metric, limit, limitPerMetric);
}
