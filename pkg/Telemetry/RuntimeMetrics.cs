using Prometheus;

namespace RemoteStore.Telemetry;

/// <summary>Process and runtime metrics: CPU, memory and handles of the process; heap, collections and pauses of the garbage collector.</summary>
public static class RuntimeMetrics
{
    /// <summary>Adds the metrics to a registry. The pause observer lives as long as the returned object is not disposed.</summary>
    public static IDisposable AddTo(MetricsRegistry registry)
    {
        ArgumentNullException.ThrowIfNull(registry);
        DotNetStats.Register(registry.Collectors);

        Counter paused = registry.Counter("remotestore_runtime_gc_pause_seconds_total", "Time all threads stood still for garbage collection.");
        Counter allocated = registry.Counter("remotestore_runtime_allocated_bytes_total", "Bytes allocated on the managed heap since the process started.");
        Gauge heap = registry.Gauge("remotestore_runtime_heap_committed_bytes", "Memory the garbage collector has committed.");
        Gauge fragmented = registry.Gauge("remotestore_runtime_heap_fragmented_bytes", "Free space inside the heap after the last collection.");
        Gauge threads = registry.Gauge("remotestore_runtime_threadpool_threads", "Threads of the thread pool.");
        Gauge queued = registry.Gauge("remotestore_runtime_threadpool_queue_items", "Work items that wait for a thread of the pool.");
        registry.BeforeCollect(() =>
        {
            paused.IncTo(GC.GetTotalPauseDuration().TotalSeconds);
            allocated.IncTo(GC.GetTotalAllocatedBytes());
            GCMemoryInfo last = GC.GetGCMemoryInfo(GCKind.Any);
            heap.Set(last.TotalCommittedBytes);
            fragmented.Set(last.FragmentedBytes);
            threads.Set(ThreadPool.ThreadCount);
            queued.Set(ThreadPool.PendingWorkItemCount);
        });

        return new GcPauseObserver(registry.Histogram(
            "remotestore_runtime_gc_pause_seconds",
            "Pauses for garbage collection.",
            [0.0005, 0.001, 0.002, 0.005, 0.01, 0.015, 0.02, 0.03, 0.05, 0.1, 0.2, 0.5, 1]));
    }
}
