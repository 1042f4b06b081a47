using Prometheus;
using RemoteStore.Telemetry;

namespace RemoteStore.ObjectStore;

/// <summary>Instruments of buckets: what is asked of them, by operation and by role, because each request is paid for.</summary>
public sealed class ObjectStoreMetrics
{
    private readonly Counter _operations;
    private readonly Counter _failures;
    private readonly Counter _bytes;
    private readonly Counter _retries;
    private readonly Histogram _seconds;

    /// <summary>Creates the instruments in a registry.</summary>
    public ObjectStoreMetrics(MetricsRegistry registry)
    {
        ArgumentNullException.ThrowIfNull(registry);
        _operations = registry.Counter(
            "remotestore_object_store_operations_total", "Operations on object storage, repeated attempts included.", "operation", "role");
        _failures = registry.Counter(
            "remotestore_object_store_operation_failures_total", "Operations on object storage that failed, by reason.", "operation", "role", "reason");
        _bytes = registry.Counter("remotestore_object_store_transferred_bytes_total", "Bytes read from and written to object storage.", "operation", "role");
        _retries = registry.Counter("remotestore_object_store_retries_total", "Attempts after one that failed.", "operation");
        _seconds = registry.Latency("remotestore_object_store_operation_duration_seconds", "Time of an operation on object storage.", "operation");
    }

    /// <summary>An operation is tried again.</summary>
    public void Retried(string operation) => _retries.WithLabels(operation).Inc();

    internal Operation For(string operation, string role) => new(this, operation, role);

    /// <summary>One kind of operation of one role, its counters resolved.</summary>
    internal sealed class Operation(ObjectStoreMetrics metrics, string operation, string role)
    {
        private readonly Counter.Child _operations = metrics._operations.WithLabels(operation, role);
        private readonly Counter.Child _bytes = metrics._bytes.WithLabels(operation, role);
        private readonly Histogram.Child _seconds = metrics._seconds.WithLabels(operation);

        public void Succeeded(TimeSpan elapsed, long bytes)
        {
            _operations.Inc();
            _bytes.Inc(bytes);
            _seconds.Observe(elapsed.TotalSeconds);
        }

        public void Failed(TimeSpan elapsed, Exception cause)
        {
            _operations.Inc();
            _seconds.Observe(elapsed.TotalSeconds);
            metrics._failures.WithLabels(operation, role, Reason(cause)).Inc();
        }

        private static string Reason(Exception cause) => cause switch
        {
            ObjectNotFoundException => "not_found",
            ObjectExistsException => "exists",
            BucketAccessException => "access",
            BucketException { IsTransient: true } => "transient",
            _ => "other",
        };
    }
}
