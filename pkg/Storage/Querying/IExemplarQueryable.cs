using RemoteStore.Model;
using RemoteStore.Model.Labels;
using RemoteStore.Model.Samples;

namespace RemoteStore.Storage.Querying;

/// <summary>Exemplars of recent samples.</summary>
public interface IExemplarQueryable
{
    /// <summary>Exemplars in the range of series that satisfy any of the matcher sets, grouped by series in label order, each group by time.</summary>
    ValueTask<IReadOnlyList<SeriesExemplars>> SelectExemplarsAsync(
        TenantId tenant, QueryRange range, IReadOnlyList<IReadOnlyList<LabelMatcher>> matcherSets, CancellationToken cancellationToken);
}

/// <summary>Exemplars of one series.</summary>
public sealed record SeriesExemplars(LabelSet SeriesLabels, IReadOnlyList<Exemplar> Exemplars);

/// <summary>One exemplar.</summary>
public sealed record Exemplar(LabelSet Labels, long ValueBits, long TimestampMs);

/// <summary>Metadata of metric families.</summary>
public interface IMetadataQueryable
{
    /// <summary>Metadata by metric family name, names in ordinal order.</summary>
    /// <param name="tenant">Whose.</param>
    /// <param name="metric">Only this family; null or empty for all.</param>
    /// <param name="limit">Most families, 0 or below = all.</param>
    /// <param name="limitPerMetric">Most entries of one family, 0 or below = all.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    ValueTask<IReadOnlyList<MetricFamilyMetadata>> SelectMetadataAsync(
        TenantId tenant, string? metric, int limit, int limitPerMetric, CancellationToken cancellationToken);
}

/// <summary>All distinct metadata seen for one family.</summary>
public sealed record MetricFamilyMetadata(string Name, IReadOnlyList<MetricMetadata> Entries);

/// <summary>Type, help text and unit of a metric family.</summary>
public sealed record MetricMetadata(MetricType Type, string Help, string Unit);
