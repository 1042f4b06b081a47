using System.Text;
using RemoteStore.ObjectStore.Buckets;
using RemoteStore.ObjectStore.Decorators;
using RemoteStore.Telemetry;
using Shouldly;
using Xunit;

namespace RemoteStore.ObjectStore.Tests;

public sealed class MeteredBucketTests
{
    [Fact]
    public async Task Operations_AreCountedByRoleWithTheirBytes()
    {
        var registry = new MetricsRegistry();
        var bucket = new MeteredBucket(new MemoryBucket(TimeProvider.System), new ObjectStoreMetrics(registry), "compactor", TimeProvider.System);
        await bucket.WriteAsync("a", new MemoryContent(new byte[10]), WriteMode.Replace, CancellationToken.None);
        _ = await bucket.ReadAsync("a", 4, new byte[100], CancellationToken.None);
        await Should.ThrowAsync<ObjectNotFoundException>(async () => await bucket.ReadAllAsync("b", 1, CancellationToken.None));
        _ = bucket.ListAsync("", CancellationToken.None).ToBlockingEnumerable().Count();

        using var page = new MemoryStream();
        await registry.WriteTextAsync(page, CancellationToken.None);
        string text = Encoding.UTF8.GetString(page.ToArray());
        text.ShouldContain("remotestore_object_store_operations_total{operation=\"read\",role=\"compactor\"} 2");
        text.ShouldContain("remotestore_object_store_operations_total{operation=\"list\",role=\"compactor\"} 1");
        text.ShouldContain("remotestore_object_store_transferred_bytes_total{operation=\"write\",role=\"compactor\"} 10");
        text.ShouldContain("remotestore_object_store_transferred_bytes_total{operation=\"read\",role=\"compactor\"} 6");
        text.ShouldContain("remotestore_object_store_operation_failures_total{operation=\"read\",role=\"compactor\",reason=\"not_found\"} 1");
    }
}
