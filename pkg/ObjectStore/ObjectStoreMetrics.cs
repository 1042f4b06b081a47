using System.Collections.Concurrent;
using Prometheus;
using RemoteStore.Telemetry;

namespace RemoteStore.ObjectStore;

/// <summary>Instruments of buckets: what is asked of them, by operation, by role and by whose objects they are, because each request is paid for.</summary>
public sealed class ObjectStoreMetrics
{
    private readonly Counter _operations;
    private readonly Counter _failures;
    private readonly Counter _bytes;
    private readonly Counter _retries;
    private readonly Histogram _seconds;
    private readonly ConcurrentDictionary<(string Operation, string Role, string Owner), Operation> _byKind = new();

    /// <summary>Creates the instruments in a registry.</summary>
    public ObjectStoreMetrics(MetricsRegistry registry)
    {
        ArgumentNullException.ThrowIfNull(registry);
        _operations = registry.Counter(
            "remotestore_object_store_operations_total",
            "Requests to object storage, repeated attempts included; a listing is one per 1,000 objects. The tenant is empty for what belongs to none and for objects that are not there.",
            "operation", "role", "tenant");
        _failures = registry.Counter(
            "remotestore_object_store_operation_failures_total", "Operations on object storage that failed, by reason.", "operation", "role", "reason");
        _bytes = registry.Counter(
            "remotestore_object_store_transferred_bytes_total", "Bytes read from and written to object storage.", "operation", "role", "tenant");
        _retries = registry.Counter("remotestore_object_store_retries_total", "Attempts after one that failed.", "operation");
        _seconds = registry.Latency("remotestore_object_store_operation_duration_seconds", "Time of an operation on object storage.", "operation");
    }

    /// <summary>What was asked since the start of the process, in no order.</summary>
    public IReadOnlyList<ObjectStoreUsage> Usage => [.. _byKind.Values.Select(static operation => operation.Usage)];

    /// <summary>An operation is tried again.</summary>
    public void Retried(string operation) => _retries.WithLabels(operation).Inc();

    internal Operation For(string operation, string role, string owner) =>
        _byKind.GetOrAdd((operation, role, owner), static (kind, metrics) => new Operation(metrics, kind.Operation, kind.Role, kind.Owner), this);

    /// <summary>One kind of operation of one role on one owner's objects, its counters resolved.</summary>
    internal sealed class Operation(ObjectStoreMetrics metrics, string operation, string role, string owner)
    {
        private readonly Counter.Child _operations = metrics._operations.WithLabels(operation, role, owner);
        private readonly Counter.Child _bytes = metrics._bytes.WithLabels(operation, role, owner);
        private readonly Histogram.Child _seconds = metrics._seconds.WithLabels(operation);
        private long _requests;
        private long _failed;
        private long _transferred;

        public ObjectStoreUsage Usage =>
            new(operation, role, owner, Interlocked.Read(ref _requests), Interlocked.Read(ref _failed), Interlocked.Read(ref _transferred));

        public void Succeeded(TimeSpan elapsed, long requests, long bytes)
        {
            Count(elapsed, requests);
            _bytes.Inc(bytes);
            _ = Interlocked.Add(ref _transferred, bytes);
        }

        public void Failed(TimeSpan elapsed, Exception cause)
        {
            Count(elapsed, 1);
            _ = Interlocked.Increment(ref _failed);
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

        private void Count(TimeSpan elapsed, long requests)
        {
            _operations.Inc(requests);
            _ = Interlocked.Add(ref _requests, requests);
            _seconds.Observe(elapsed.TotalSeconds);
        }
    }
}
