using System.Text;
using RemoteStore.Model;
using RemoteStore.Model.Labels;
using RemoteStore.Model.Writes;
using RemoteStore.Storage.Appending;
using RemoteStore.Storage.Querying;
using IQueryable = RemoteStore.Storage.Querying.IQueryable;

namespace RemoteStore.Testing;

/// <summary>
/// The smallest store that keeps the contracts of writing and reading: sorted dictionaries under one lock. Tests of the HTTP surface run against it, and
/// tests of the real store compare with it. It has no age rules.
/// </summary>
public sealed class InMemoryStore : IAppender, IQueryable, IExemplarQueryable, IMetadataQueryable
{
    private readonly Lock _lock = new(); // guards everything below
    private readonly Dictionary<TenantId, InMemoryTenant> _tenants = [];
    private readonly LabelCanonicalizer _canonicalizer;

    public InMemoryStore(LabelLimits? limits = null) => _canonicalizer = new LabelCanonicalizer(limits ?? LabelLimits.Default);

    /// <summary>Thrown by the next appends while set.</summary>
    public Exception? AppendFailure { get; set; }

    /// <summary>Thrown by opening queriers while set.</summary>
    public Exception? QueryFailure { get; set; }

    /// <summary>What acknowledgements say.</summary>
    public Durability Durability { get; set; }

    /// <summary>Most series in one batch of a series set.</summary>
    public int SeriesPerBatch { get; set; } = 100;

    /// <summary>Appends so far, failed ones included.</summary>
    public int Appends { get; private set; }

    /// <inheritdoc/>
    public ValueTask<AppendResult> AppendAsync(TenantId tenant, WriteBatch batch, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (_lock)
        {
            Appends++;
            if (AppendFailure is not null)
            {
                throw AppendFailure;
            }

            var result = new AppendResult { Durability = Durability };
            InMemoryTenant data = GetOrAdd(tenant);
            foreach (WriteSeries series in batch.Series)
            {
                Append(data, batch, series, result);
            }

            foreach (WriteMetadata metadata in batch.Metadata)
            {
                data.AddMetadata(
                    Text(batch, metadata.NameOffset, metadata.NameLength),
                    new(metadata.Type, Text(batch, metadata.HelpOffset, metadata.HelpLength), Text(batch, metadata.UnitOffset, metadata.UnitLength)));
            }

            return ValueTask.FromResult(result);
        }
    }

    /// <inheritdoc/>
    public ValueTask<IQuerier> OpenQuerierAsync(TenantId tenant, QueryRange range, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            if (QueryFailure is not null)
            {
                throw QueryFailure;
            }

            return ValueTask.FromResult<IQuerier>(new InMemoryQuerier(Find(tenant).Snapshot(), range, SeriesPerBatch));
        }
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<SeriesExemplars>> SelectExemplarsAsync(
        TenantId tenant, QueryRange range, IReadOnlyList<IReadOnlyList<LabelMatcher>> matcherSets, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            IReadOnlyList<SeriesExemplars> found =
            [
                .. Find(tenant).Series.Values
                    .Where(series => matcherSets.Any(set => InMemoryQuerier.Matches(series.Labels, set)))
                    .Select(series => new SeriesExemplars(series.Labels, [.. series.Exemplars.Where(e => range.Contains(e.TimestampMs)).OrderBy(e => e.TimestampMs)]))
                    .Where(series => series.Exemplars.Count > 0),
            ];
            return ValueTask.FromResult(found);
        }
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<MetricFamilyMetadata>> SelectMetadataAsync(
        TenantId tenant, string? metric, int limit, int limitPerMetric, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            IReadOnlyList<MetricFamilyMetadata> found =
            [
                .. Find(tenant).Metadata
                    .Where(family => string.IsNullOrEmpty(metric) || family.Key == metric)
                    .Take(limit > 0 ? limit : int.MaxValue)
                    .Select(family => new MetricFamilyMetadata(family.Key, [.. family.Value.Take(limitPerMetric > 0 ? limitPerMetric : int.MaxValue)])),
            ];
            return ValueTask.FromResult(found);
        }
    }

    private void Append(InMemoryTenant data, WriteBatch batch, WriteSeries entry, AppendResult result)
    {
        ReadOnlySpan<byte> raw = batch.Slice(entry.LabelsOffset, entry.LabelsLength);
        AppendStatus status = _canonicalizer.Canonicalize(raw, out ReadOnlySpan<byte> canonical);
        if (status != AppendStatus.Ok)
        {
            int count = entry.SampleCount + entry.HistogramCount + entry.ExemplarCount;
            result.Rejects.Add(status, count, result.Rejects.WantsDetail ? _canonicalizer.Describe(status, raw) : null);
            return;
        }

        InMemorySeries series = data.GetOrAdd(new LabelSet(canonical.ToArray()));
        for (int i = entry.SampleStart; i < entry.SampleStart + entry.SampleCount; i++)
        {
            long start = batch.StartTimestamps.IsEmpty ? 0 : batch.StartTimestamps[i];
            result.SamplesWritten += Tally(series, batch.Timestamps[i], series.TryAdd(batch.Timestamps[i], batch.ValueBits[i], start), result);
        }

        for (int i = entry.HistogramStart; i < entry.HistogramStart + entry.HistogramCount; i++)
        {
            WriteHistogram histogram = batch.Histograms[i];
            byte[] payload = batch.Slice(histogram.PayloadOffset, histogram.PayloadLength).ToArray();
            bool added = series.TryAddHistogram(histogram.TimestampMs, payload, histogram.StartTimestampMs);
            result.HistogramsWritten += Tally(series, histogram.TimestampMs, added, result);
        }

        for (int i = entry.ExemplarStart; i < entry.ExemplarStart + entry.ExemplarCount; i++)
        {
            WriteExemplar exemplar = batch.Exemplars[i];
            var labels = new LabelSet(batch.Slice(exemplar.LabelsOffset, exemplar.LabelsLength).ToArray());
            series.Exemplars.Add(new Exemplar(labels, exemplar.ValueBits, exemplar.TimestampMs));
            result.ExemplarsWritten++;
        }
    }

    private static int Tally(InMemorySeries series, long timestampMs, bool added, AppendResult result)
    {
        if (!added)
        {
            result.Rejects.Add(AppendStatus.DuplicateTimestamp, 1, $"another value is stored at {timestampMs} ms: {series.Labels}");
        }

        return added ? 1 : 0;
    }

    private static string Text(WriteBatch batch, int offset, int length) => Encoding.UTF8.GetString(batch.Slice(offset, length));

    private InMemoryTenant Find(TenantId tenant) => _tenants.GetValueOrDefault(tenant) ?? new InMemoryTenant();

    private InMemoryTenant GetOrAdd(TenantId tenant)
    {
        if (!_tenants.TryGetValue(tenant, out InMemoryTenant? data))
        {
            _tenants[tenant] = data = new InMemoryTenant();
        }

        return data;
    }
}
