using Prometheus;
using RemoteStore.Telemetry;

namespace RemoteStore.Compactor;

/// <summary>Instruments of the compactor.</summary>
public sealed class CompactorMetrics
{
    private readonly Counter _compactions;
    private readonly Counter _samples;
    private readonly Histogram _seconds;
    private readonly Counter _failures;
    private readonly Counter _marked;
    private readonly Counter _removed;
    private readonly Counter _partial;
    private readonly Counter _broken;
    private readonly Counter _lost;
    private readonly Counter _rounds;
    private readonly Gauge _lastRound;
    private readonly Gauge _blocks;
    private readonly Gauge _setAside;

    /// <summary>Creates the instruments in a registry.</summary>
    public CompactorMetrics(MetricsRegistry registry)
    {
        ArgumentNullException.ThrowIfNull(registry);
        _compactions = registry.Counter("remotestore_compactor_blocks_written_total", "Blocks that were made of others, by reason.", "reason");
        _samples = registry.Counter("remotestore_compactor_samples_written_total", "Samples in the blocks that were made of others.");
        _seconds = registry.Histogram(
            "remotestore_compactor_block_duration_seconds", "Time to make a block of others, from the first read until its sources are marked.", [0.1, 0.5, 1, 5, 15, 60, 300, 900, 3600, 14_400]);
        _failures = registry.Counter("remotestore_compactor_failures_total", "Work on a tenant that did not succeed and is tried again.");
        _marked = registry.Counter("remotestore_compactor_blocks_marked_total", "Blocks marked for removal, by reason.", "reason");
        _removed = registry.Counter("remotestore_compactor_blocks_removed_total", "Marked blocks that were removed.");
        _partial = registry.Counter("remotestore_compactor_partial_uploads_removed_total", "Uploads without an end that were removed.");
        _broken = registry.Counter("remotestore_compactor_blocks_set_aside_total", "Damaged blocks that were set aside.");
        _lost = registry.Counter("remotestore_compactor_samples_lost_total", "Samples of damaged blocks that could be read nowhere.");
        _rounds = registry.Counter("remotestore_compactor_rounds_total", "Rounds over all tenants.");
        _lastRound = registry.Gauge("remotestore_compactor_last_success_timestamp_seconds", "When all work on all tenants last succeeded; 0 = not yet.");
        _blocks = registry.Gauge("remotestore_compactor_blocks", "Blocks in the bucket that are neither marked nor set aside, all tenants.");
        _setAside = registry.Gauge("remotestore_compactor_blocks_broken", "Blocks in the bucket that are set aside, all tenants.");
    }

    internal void Written(string reason, long samples, TimeSpan elapsed)
    {
        _compactions.WithLabels(reason).Inc();
        _samples.Inc(samples);
        _seconds.Observe(elapsed.TotalSeconds);
    }

    internal void Failed() => _failures.Inc();

    internal void Marked(string reason) => _marked.WithLabels(reason).Inc();

    internal void Removed() => _removed.Inc();

    internal void PartialRemoved() => _partial.Inc();

    internal void SetAside(long lostSamples)
    {
        _broken.Inc();
        _lost.Inc(lostSamples);
    }

    internal void RoundEnded(long blocks, long setAside)
    {
        _rounds.Inc();
        _blocks.Set(blocks);
        _setAside.Set(setAside);
    }

    internal void RoundSucceeded(DateTimeOffset now) => _lastRound.Set(now.ToUnixTimeMilliseconds() / 1000.0);
}
