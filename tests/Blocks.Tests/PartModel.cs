using RemoteStore.Blocks.Parts;
using RemoteStore.Model;
using RemoteStore.Model.Samples;
using RemoteStore.Primitives.Files;
using RemoteStore.Storage.Querying;

namespace RemoteStore.Blocks.Tests;

/// <summary>The naive twin of a part: a dictionary of samples, with the rule for conflicts spelled out.</summary>
internal sealed class PartModel
{
    public SortedDictionary<(TenantId Tenant, uint Ref, long Time), (long Bits, long Start)> Floats { get; } = [];

    public SortedDictionary<(TenantId Tenant, uint Ref, long Time), (byte[] Payload, long Start)> Histograms { get; } = [];

    public IEnumerable<TenantId> Tenants => Floats.Keys.Select(k => k.Tenant).Concat(Histograms.Keys.Select(k => k.Tenant)).Distinct().Order();

    public void AddFloat(TenantId tenant, uint seriesRef, long time, long bits, long start = 0)
    {
        var key = (tenant, seriesRef, time);
        if (Floats.TryGetValue(key, out var old))
        {
            int priority = SampleBits.ComparePriority(bits, old.Bits);
            if (priority < 0 || (priority == 0 && start <= old.Start))
            {
                return;
            }
        }

        Floats[key] = (bits, start);
    }

    public void AddHistogram(TenantId tenant, uint seriesRef, long time, byte[] payload, long start = 0)
    {
        var key = (tenant, seriesRef, time);
        if (Histograms.TryGetValue(key, out var old))
        {
            int order = payload.AsSpan().SequenceCompareTo(old.Payload);
            if (order < 0 || (order == 0 && start <= old.Start))
            {
                return;
            }
        }

        Histograms[key] = (payload, start);
    }

    /// <summary>All samples of the models, one per series and time, a histogram over a float.</summary>
    public static PartModel Merge(IEnumerable<PartModel> models, Func<TenantId, long>? floor = null)
    {
        var merged = new PartModel();
        foreach (PartModel model in models)
        {
            foreach (var (key, value) in model.Floats.Where(p => p.Key.Time >= (floor?.Invoke(p.Key.Tenant) ?? long.MinValue)))
            {
                merged.AddFloat(key.Tenant, key.Ref, key.Time, value.Bits, value.Start);
            }

            foreach (var (key, value) in model.Histograms.Where(p => p.Key.Time >= (floor?.Invoke(p.Key.Tenant) ?? long.MinValue)))
            {
                merged.AddHistogram(key.Tenant, key.Ref, key.Time, value.Payload, value.Start);
            }
        }

        foreach (var key in merged.Histograms.Keys)
        {
            merged.Floats.Remove(key);
        }

        return merged;
    }

    public PartInfo Write(string directory, PartId id, int level, PartWriterOptions? options = null)
    {
        using PartWriter writer = PartWriter.Create(
            LocalFileSystem.Instance, Path.Combine(directory, id.FileName), id, level, options ?? PartWriterOptions.Default);
        foreach (TenantId tenant in Tenants)
        {
            writer.BeginTenant(tenant);
            var rows = Floats.Where(p => p.Key.Tenant == tenant).ToArray();
            bool starts = rows.Any(r => r.Value.Start != 0);
            for (int from = 0; from < rows.Length; from += 1000)
            {
                var some = rows.AsSpan(from, Math.Min(1000, rows.Length - from)).ToArray();
                writer.AddFloats(
                    [.. some.Select(r => r.Key.Ref)],
                    [.. some.Select(r => r.Key.Time)],
                    [.. some.Select(r => r.Value.Bits)],
                    starts ? [.. some.Select(r => r.Value.Start)] : []);
            }

            foreach (var (key, value) in Histograms.Where(p => p.Key.Tenant == tenant))
            {
                writer.AddHistogram(key.Ref, key.Time, value.Start, value.Payload);
            }
        }

        return writer.Finish();
    }

    /// <summary>Reads everything that the part has of the series that this model or <paramref name="seriesCount"/> name.</summary>
    public static PartModel Read(PartReader part, QueryRange range, uint seriesCount)
    {
        var model = new PartModel();
        var samples = new SampleBuffer();
        foreach (TenantId tenant in part.Tenants)
        {
            using PartCursor cursor = part.OpenCursor(tenant, range);
            for (uint seriesRef = 0; seriesRef < seriesCount; seriesRef++)
            {
                samples.Clear();
                cursor.ReadSeries(seriesRef, samples);
                model.Take(tenant, seriesRef, samples);
            }
        }

        return model;
    }

    public void Take(TenantId tenant, uint seriesRef, SampleBuffer samples)
    {
        for (int i = 0; i < samples.Count; i++)
        {
            Floats.Add((tenant, seriesRef, samples.Timestamps[i]), (samples.ValueBits[i], samples.StartTimestamps.IsEmpty ? 0 : samples.StartTimestamps[i]));
        }

        foreach (HistogramSample sample in samples.Histograms)
        {
            Histograms.Add((tenant, seriesRef, sample.TimestampMs), (samples.Payload(sample).ToArray(), sample.StartTimestampMs));
        }
    }

    /// <summary>The first difference in words; empty when there is none.</summary>
    public string Difference(PartModel actual)
    {
        foreach (var (key, value) in Floats)
        {
            if (!actual.Floats.TryGetValue(key, out var other) || other != value)
            {
                return $"float {key}: {value} expected, {(other == default ? "other or none" : other)} found";
            }
        }

        foreach (var (key, value) in Histograms)
        {
            if (!actual.Histograms.TryGetValue(key, out var other) || other.Start != value.Start || !other.Payload.AsSpan().SequenceEqual(value.Payload))
            {
                return $"histogram {key} is missing or different";
            }
        }

        return actual.Floats.Count != Floats.Count || actual.Histograms.Count != Histograms.Count
            ? $"{actual.Floats.Count}+{actual.Histograms.Count} samples instead of {Floats.Count}+{Histograms.Count}"
            : "";
    }
}
