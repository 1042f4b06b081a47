using System.Globalization;
using Prometheus;
using RemoteStore.Blocks.Windows;
using RemoteStore.Telemetry;

namespace RemoteStore.Downsampler;

/// <summary>Instruments of the downsampler.</summary>
public sealed class DownsamplerMetrics
{
    private readonly Counter _blocks;
    private readonly Counter _samples;
    private readonly Counter _bytes;
    private readonly Histogram _seconds;
    private readonly Counter _failures;
    private readonly Counter _setAside;
    private readonly Counter _lost;
    private readonly Counter _leftOut;
    private readonly Counter _unreadable;
    private readonly Gauge _lastSuccess;

    /// <summary>Creates the instruments in a registry.</summary>
    public DownsamplerMetrics(MetricsRegistry registry)
    {
        ArgumentNullException.ThrowIfNull(registry);
        _blocks = registry.Counter("remotestore_downsampler_blocks_written_total", "Downsampled blocks made, by the length of their windows in seconds.", "resolution");
        _samples = registry.Counter("remotestore_downsampler_samples_read_total", "Samples, and finer windows, that downsampled blocks were made of.");
        _bytes = registry.Counter("remotestore_downsampler_written_bytes_total", "Bytes of the downsampled blocks made.");
        _seconds = registry.Histogram(
            "remotestore_downsampler_block_duration_seconds", "Time to make a downsampled block, from the first read until the bucket has it.", [0.1, 0.5, 1, 5, 15, 60, 300, 900, 3600]);
        _failures = registry.Counter("remotestore_downsampler_failures_total", "Downsampled blocks that could not be made and are tried again.");
        _setAside = registry.Counter("remotestore_downsampler_blocks_set_aside_total", "Damaged blocks that were met when windows were to be made of them, and set aside.");
        _lost = registry.Counter("remotestore_downsampler_samples_lost_total", "Samples of damaged blocks that were set aside that could not be saved.");
        _leftOut = registry.Counter(
            "remotestore_downsampler_series_left_out_total", "Series that are in no downsampled block because a label of theirs has the name that columns of windows need.");
        _unreadable = registry.Counter("remotestore_downsampler_histograms_unreadable_total", "Native histograms that are in no window because they could not be read.");
        _lastSuccess = registry.Gauge("remotestore_downsampler_last_success_timestamp_seconds", "When all work on all tenants last succeeded; 0 = not yet.");
    }

    internal void Written(long resolutionMs, WindowBuild build, TimeSpan elapsed)
    {
        _blocks.WithLabels((resolutionMs / 1000.0).ToString(CultureInfo.InvariantCulture)).Inc();
        _samples.Inc(build.InputSamples);
        _bytes.Inc(build.Block?.SizeBytes ?? 0);
        _seconds.Observe(elapsed.TotalSeconds);
        _leftOut.Inc(build.LeftOutCount);
        _unreadable.Inc(build.UnreadableHistograms);
    }

    internal void Failed() => _failures.Inc();

    internal void SetAside(long lostSamples)
    {
        _setAside.Inc();
        _lost.Inc(lostSamples);
    }

    internal void RoundSucceeded(DateTimeOffset now) => _lastSuccess.Set(now.ToUnixTimeMilliseconds() / 1000.0);
}
