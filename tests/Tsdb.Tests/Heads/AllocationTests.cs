using RemoteStore.Model;
using RemoteStore.Model.Labels;
using RemoteStore.Model.Writes;
using RemoteStore.Storage.Appending;
using RemoteStore.Testing;
using RemoteStore.Tsdb.Heads;
using Shouldly;
using Xunit;

namespace RemoteStore.Tsdb.Tests.Heads;

public class AllocationTests
{
    private const int Series = 2000;
    private const int SamplesPerSeries = 20;

    [Fact]
    public async Task Append_KnownSeries_AllocatesNothingPerSample()
    {
        await using StoreHarness store = await StoreHarness.StartAsync();
        TenantHead head = store.Store.State!.Heads.GetOrCreate(TenantId.Anonymous);
        for (int round = 0; round < 25; round++)
        {
            // More than the log's memory in all: FasterLog allocates its pages when it first comes to them.
            await AppendAsync(store, head, round);
        }

        await store.Store.FlushAsync(merge: false, CancellationToken.None); // returns the row chunks that the measured appends take
        await AppendAsync(store, head, 25);

        long allocated = 0;
        for (int round = 26; round < 31; round++)
        {
            allocated += await AppendAsync(store, head, round);
        }

        // What is left is per append and per chunk of rows, not per sample: a byte a sample would be 200,000.
        allocated.ShouldBeLessThan(20_000, "bytes for 200,000 samples");
    }

    private static async Task<long> AppendAsync(StoreHarness store, TenantHead head, int round)
    {
        WriteBatch batch = Round(store, round);
        var result = new AppendResult();
        long allocated = Append(head, batch, result);
        await store.Store.State!.Log.Current.FlushAsync();
        result.SamplesWritten.ShouldBe(Series * SamplesPerSeries);
        return allocated;
    }

    private static long Append(TenantHead head, WriteBatch batch, AppendResult result)
    {
        var ages = new AgeRules(long.MinValue, long.MaxValue, 7_200_000);
        var cursor = new AppendCursor();
        lock (head.Lock)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            bool logged = head.Appender.Append(batch, ref cursor, ages, result, out _);
            long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            logged.ShouldBeTrue();
            return allocated;
        }
    }

    private static WriteBatch Round(StoreHarness store, int round)
    {
        var batch = new BatchBuilder();
        long start = store.NowMs - 20_000_000 + (round * SamplesPerSeries * 15_000L);
        (long T, double V)[] samples = new (long, double)[SamplesPerSeries];
        for (int i = 0; i < Series; i++)
        {
            for (int s = 0; s < SamplesPerSeries; s++)
            {
                samples[s] = (start + (s * 15_000L), round + s);
            }

            batch.Add(LabelSet.From("__name__", "metric", "i", i.ToString(System.Globalization.CultureInfo.InvariantCulture)), samples);
        }

        return batch.Build();
    }
}
