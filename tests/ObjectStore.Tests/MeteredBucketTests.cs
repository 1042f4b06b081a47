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
        var bucket = new MeteredBucket(new MemoryBucket(TimeProvider.System), new ObjectStoreMetrics(registry), "compactor", TimeProvider.System, static key => key.Split('/')[0]);
        await bucket.WriteAsync("team/a", new MemoryContent(new byte[10]), WriteMode.Replace, CancellationToken.None);
        _ = await bucket.ReadAsync("team/a", 4, new byte[100], CancellationToken.None);
        await Should.ThrowAsync<ObjectNotFoundException>(async () => await bucket.ReadAllAsync("made-up/b", 1, CancellationToken.None));
        _ = bucket.ListAsync("team/", CancellationToken.None).ToBlockingEnumerable().Count();

        using var page = new MemoryStream();
        await registry.WriteTextAsync(page, CancellationToken.None);
        string text = Encoding.UTF8.GetString(page.ToArray());
        text.ShouldContain("remotestore_object_store_operations_total{operation=\"read\",role=\"compactor\",tenant=\"team\"} 1");
        text.ShouldContain("remotestore_object_store_operations_total{operation=\"list\",role=\"compactor\",tenant=\"team\"} 1");
        text.ShouldContain("remotestore_object_store_transferred_bytes_total{operation=\"write\",role=\"compactor\",tenant=\"team\"} 10");
        text.ShouldContain("remotestore_object_store_transferred_bytes_total{operation=\"read\",role=\"compactor\",tenant=\"team\"} 6");
        text.ShouldContain("remotestore_object_store_operations_total{operation=\"read\",role=\"compactor\",tenant=\"\"} 1");
        text.ShouldNotContain("made-up", Case.Sensitive, "names of requests must not become labels");
        text.ShouldContain("remotestore_object_store_operation_failures_total{operation=\"read\",role=\"compactor\",reason=\"not_found\"} 1");
    }

    [Fact]
    public async Task List_OfManyObjects_CountsItsRequests()
    {
        var metrics = new ObjectStoreMetrics(new MetricsRegistry());
        var memory = new MemoryBucket(TimeProvider.System);
        for (int i = 0; i < 2001; i++)
        {
            await memory.WriteAsync($"team/{i}", new MemoryContent(new byte[1]), WriteMode.Replace, CancellationToken.None);
        }

        var bucket = new MeteredBucket(memory, metrics, "compactor", TimeProvider.System, static key => key.Split('/')[0]);
        (await bucket.ListAsync("team/", CancellationToken.None).CountAsync()).ShouldBe(2001);
        metrics.Usage.ShouldBe([new ObjectStoreUsage("list", "compactor", "team", 3, 0, 0)]);
    }
}
