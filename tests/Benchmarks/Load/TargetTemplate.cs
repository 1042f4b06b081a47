using System.Globalization;

namespace RemoteStore.Benchmarks.Load;

/// <summary>One series of a target, without the labels that the whole target shares.</summary>
/// <param name="Name">Metric name.</param>
/// <param name="Labels">Further labels in any order.</param>
/// <param name="Kind">How its value moves.</param>
internal sealed record SeriesTemplate(string Name, (string Name, string Value)[] Labels, ValueKind Kind);

/// <summary>The 500 series that every virtual target exposes, made after the usual exporters: machine, runtime, HTTP server, container.</summary>
internal static class TargetTemplate
{
    /// <summary>Series per target.</summary>
    public const int SeriesCount = 500;

    private static readonly string[] s_bounds = ["0.005", "0.01", "0.025", "0.05", "0.1", "0.25", "0.5", "1", "2.5", "5", "10", "+Inf"];

    /// <summary>All series; buckets of one histogram follow each other in order of their bounds.</summary>
    public static SeriesTemplate[] Create()
    {
        var all = new List<SeriesTemplate>();
        AddHistograms(all);
        AddMachine(all);
        AddRuntime(all);
        AddContainers(all);
        for (int i = 0; all.Count < SeriesCount; i++)
        {
            all.Add(new("app_feature_enabled", [("feature", "feature_" + Number(i))], ValueKind.Constant));
        }

        return [.. all.Take(SeriesCount)];
    }

    private static void AddHistograms(List<SeriesTemplate> all)
    {
        string[] handlers = ["/api/v1/orders", "/api/v1/users", "/api/v1/carts", "/api/v1/items", "/healthz", "/metrics", "/login", "/search"];
        for (int h = 0; h < handlers.Length; h++)
        {
            foreach (string code in (string[])["200", "500"])
            {
                bool idle = code == "500" || h >= 5;
                (string, string)[] labels = [("handler", handlers[h]), ("code", code), ("method", "GET")];
                for (int b = 0; b < s_bounds.Length; b++)
                {
                    ValueKind kind = idle ? ValueKind.Constant : b == 0 ? ValueKind.FirstBucket : ValueKind.NextBucket;
                    all.Add(new("http_request_duration_seconds_bucket", [.. labels, ("le", s_bounds[b])], kind));
                }

                all.Add(new("http_request_duration_seconds_count", labels, idle ? ValueKind.Constant : ValueKind.NextBucket));
                all.Add(new("http_request_duration_seconds_sum", labels, idle ? ValueKind.Constant : ValueKind.DurationSum));
            }
        }
    }

    private static void AddMachine(List<SeriesTemplate> all)
    {
        foreach (string cpu in (string[])["0", "1", "2", "3"])
        {
            foreach (string mode in (string[])["idle", "iowait", "irq", "nice", "softirq", "steal", "system", "user"])
            {
                ValueKind kind = mode is "irq" or "nice" or "steal" ? ValueKind.Constant : ValueKind.Seconds;
                all.Add(new("node_cpu_seconds_total", [("cpu", cpu), ("mode", mode)], kind));
            }
        }

        string[] disk = ["reads_completed_total", "reads_merged_total", "read_bytes_total", "writes_completed_total", "writes_merged_total", "written_bytes_total"];
        foreach (string device in (string[])["nvme0n1", "nvme1n1", "sda"])
        {
            foreach (string metric in disk)
            {
                all.Add(new("node_disk_" + metric, [("device", device)], device == "nvme0n1" ? ValueKind.Counter : ValueKind.SlowCounter));
            }

            all.Add(new("node_disk_io_time_seconds_total", [("device", device)], device == "sda" ? ValueKind.Constant : ValueKind.Seconds));
        }

        string[] network = ["bytes", "packets", "errs", "drop", "fifo", "frame", "compressed", "multicast"];
        foreach (string device in (string[])["eth0", "lo", "cni0"])
        {
            foreach (string metric in network)
            {
                ValueKind kind = metric is "bytes" or "packets" ? ValueKind.Counter : ValueKind.Constant;
                all.Add(new($"node_network_receive_{metric}_total", [("device", device)], kind));
                all.Add(new($"node_network_transmit_{metric}_total", [("device", device)], kind));
            }
        }

        foreach (string mount in (string[])["/", "/boot", "/var/lib/data"])
        {
            (string, string)[] labels = [("device", "/dev/nvme0n1p" + Number(mount.Length)), ("fstype", "ext4"), ("mountpoint", mount)];
            all.Add(new("node_filesystem_avail_bytes", labels, mount == "/boot" ? ValueKind.Constant : ValueKind.Bytes));
            all.Add(new("node_filesystem_free_bytes", labels, mount == "/boot" ? ValueKind.Constant : ValueKind.Bytes));
            all.Add(new("node_filesystem_size_bytes", labels, ValueKind.Constant));
            all.Add(new("node_filesystem_files", labels, ValueKind.Constant));
            all.Add(new("node_filesystem_files_free", labels, mount == "/" ? ValueKind.WholeGauge : ValueKind.Constant));
        }

        foreach (string metric in (string[])["Active", "AnonPages", "Buffers", "Cached", "Dirty", "MemAvailable", "MemFree", "Slab"])
        {
            all.Add(new($"node_memory_{metric}_bytes", [], ValueKind.Bytes));
        }

        foreach (string metric in (string[])["MemTotal", "SwapTotal", "SwapFree", "HugePages_Total", "VmallocTotal", "CommitLimit", "HardwareCorrupted"])
        {
            all.Add(new($"node_memory_{metric}_bytes", [], ValueKind.Constant));
        }

        foreach (string metric in (string[])["load1", "load5", "load15"])
        {
            all.Add(new("node_" + metric, [], ValueKind.Decimal));
        }
    }

    private static void AddRuntime(List<SeriesTemplate> all)
    {
        foreach (string quantile in (string[])["0", "0.25", "0.5", "0.75", "1"])
        {
            all.Add(new("go_gc_duration_seconds", [("quantile", quantile)], ValueKind.Constant));
        }

        foreach (string metric in (string[])["alloc_bytes", "heap_alloc_bytes", "heap_idle_bytes", "heap_inuse_bytes", "heap_released_bytes", "stack_inuse_bytes"])
        {
            all.Add(new("go_memstats_" + metric, [], ValueKind.Bytes));
        }

        foreach (string metric in (string[])["buck_hash_sys_bytes", "gc_sys_bytes", "mcache_inuse_bytes", "mspan_sys_bytes", "other_sys_bytes", "sys_bytes"])
        {
            all.Add(new("go_memstats_" + metric, [], ValueKind.Constant));
        }

        all.Add(new("go_memstats_mallocs_total", [], ValueKind.Counter));
        all.Add(new("go_memstats_frees_total", [], ValueKind.Counter));
        all.Add(new("go_goroutines", [], ValueKind.WholeGauge));
        all.Add(new("go_threads", [], ValueKind.Constant));
        all.Add(new("process_cpu_seconds_total", [], ValueKind.Seconds));
        all.Add(new("process_resident_memory_bytes", [], ValueKind.Bytes));
        all.Add(new("process_open_fds", [], ValueKind.WholeGauge));
        all.Add(new("process_max_fds", [], ValueKind.Constant));
        all.Add(new("process_start_time_seconds", [], ValueKind.Constant));
        all.Add(new("up", [], ValueKind.Constant));
        all.Add(new("scrape_duration_seconds", [], ValueKind.Decimal));
        all.Add(new("scrape_samples_scraped", [], ValueKind.Constant));
    }

    private static void AddContainers(List<SeriesTemplate> all)
    {
        for (int i = 0; i < 6; i++)
        {
            (string, string)[] labels = [("id", $"/kubepods/burstable/pod{Number(i)}"), ("name", "k8s_app_" + Number(i))];
            all.Add(new("container_cpu_usage_seconds_total", labels, ValueKind.DurationSum));
            all.Add(new("container_memory_working_set_bytes", labels, ValueKind.Bytes));
            all.Add(new("container_network_receive_bytes_total", labels, ValueKind.Counter));
            all.Add(new("container_fs_writes_bytes_total", labels, ValueKind.SlowCounter));
            all.Add(new("container_cpu_load_average", labels, ValueKind.Decimal));
            all.Add(new("container_spec_memory_limit_bytes", labels, ValueKind.Constant));
            all.Add(new("container_spec_cpu_shares", labels, ValueKind.Constant));
            all.Add(new("container_start_time_seconds", labels, ValueKind.Constant));
        }
    }

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);
}
