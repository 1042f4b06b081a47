using System.Text;
using CsCheck;
using Microsoft.Extensions.Time.Testing;
using RemoteStore.ObjectStore.Buckets;
using RemoteStore.ObjectStore.Decorators;
using RemoteStore.Testing.Buckets;
using Shouldly;
using Xunit;

namespace RemoteStore.ObjectStore.Tests;

public sealed class RetryingBucketTests
{
    private static readonly RetryOptions s_options = new() { FirstPause = TimeSpan.Zero, LongestPause = TimeSpan.Zero };

    private readonly MemoryBucket _memory = new(TimeProvider.System);

    [Fact]
    public async Task Read_AfterPassingFaults_Succeeds()
    {
        await PutAsync("a", "x");
        (FaultyBucket faulty, RetryingBucket bucket) = Open(Fault.Before, Fault.Before, Fault.None);
        (await bucket.ReadAllAsync("a", 10, CancellationToken.None)).ShouldBe("x"u8.ToArray());
        faulty.Operations.ShouldBe(3);
    }

    [Fact]
    public async Task Read_WithoutEndOfFaults_ThrowsAfterTheLastAttempt()
    {
        (FaultyBucket faulty, RetryingBucket bucket) = Open(Enumerable.Repeat(Fault.Before, 100).ToArray());
        BucketException thrown = await Should.ThrowAsync<BucketException>(async () => await bucket.ReadAllAsync("a", 10, CancellationToken.None));
        thrown.IsTransient.ShouldBeTrue();
        thrown.Message.ShouldContain("5 attempts");
        faulty.Operations.ShouldBe(5);
    }

    [Fact]
    public async Task Read_WithLastingFault_IsNotRepeated()
    {
        (FaultyBucket faulty, RetryingBucket bucket) = Open(Fault.Permanent, Fault.None);
        await Should.ThrowAsync<BucketException>(async () => await bucket.ReadAllAsync("a", 10, CancellationToken.None));
        faulty.Operations.ShouldBe(1);
    }

    [Fact]
    public async Task Write_CreateOnlyWhoseAnswerWasLost_CountsAsWritten()
    {
        (_, RetryingBucket bucket) = Open(Fault.After, Fault.None);
        await bucket.WriteAsync("a", new MemoryContent("mine"u8.ToArray()), WriteMode.CreateOnly, CancellationToken.None);
        (await _memory.ReadAllAsync("a", 10, CancellationToken.None)).ShouldBe("mine"u8.ToArray());
    }

    [Fact]
    public async Task Write_CreateOnlyThatLost_IsRefusedAlsoWhenRepeated()
    {
        await PutAsync("a", "theirs");
        (_, RetryingBucket bucket) = Open(Fault.Before, Fault.None);
        await Should.ThrowAsync<ObjectExistsException>(async () =>
            await bucket.WriteAsync("a", new MemoryContent("mine!!"u8.ToArray()), WriteMode.CreateOnly, CancellationToken.None));
    }

    [Fact]
    public async Task Read_ThatHangs_IsTriedAgainAfterTheTimeout()
    {
        await PutAsync("a", "x");
        var time = new FakeTimeProvider();
        var faults = new Queue<Fault>([Fault.Hang, Fault.None]);
        var bucket = new RetryingBucket(new FaultyBucket(_memory, _ => faults.Dequeue()), s_options, time, new Random(1));
        Task<byte[]> read = bucket.ReadAllAsync("a", 10, CancellationToken.None).AsTask();
        read.IsCompleted.ShouldBeFalse();
        time.Advance(s_options.AttemptTimeout + TimeSpan.FromSeconds(1));
        (await read.WaitAsync(TimeSpan.FromSeconds(30))).ShouldBe("x"u8.ToArray());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task Listing_ThatHangs_IsTriedAgainAfterTheTimeout(int hangsAt)
    {
        foreach (string key in (string[])["a", "b", "c"])
        {
            await PutAsync(key, "x");
        }

        var time = new FakeTimeProvider();
        int entries = 0;
        var hangs = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Fault Next()
        {
            if (++entries != hangsAt)
            {
                return Fault.None;
            }

            hangs.SetResult();
            return Fault.Hang;
        }

        var bucket = new RetryingBucket(new FaultyBucket(_memory, _ => Next()), s_options, time, new Random(1));
        Task<List<string>> listing = bucket.ListAsync("", CancellationToken.None).Select(static one => one.Key).ToListAsync().AsTask();
        await hangs.Task;
        time.Advance(s_options.AttemptTimeout + TimeSpan.FromSeconds(1));
        time.Advance(s_options.LongestPause);
        (await listing.WaitAsync(TimeSpan.FromSeconds(30))).ShouldBe(["a", "b", "c"]);
    }

    [Fact]
    public async Task Read_CancelledByTheCaller_IsNotRepeated()
    {
        (FaultyBucket faulty, RetryingBucket bucket) = Open(Fault.Hang, Fault.None);
        using var source = new CancellationTokenSource();
        Task<byte[]> read = bucket.ReadAllAsync("a", 10, source.Token).AsTask();
        await source.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(async () => await read);
        faulty.Operations.ShouldBe(1);
    }

    [Fact]
    public void Listing_WithFaultsAnywhere_YieldsEachKeyOnce()
    {
        string[] keys = [.. Enumerable.Range(0, 20).Select(static i => $"{(i % 3 == 0 ? "t-1" : "t")}/{i:00}/x")];
        Gen.Int[0, 9].Array[60].Sample(
            rolls =>
            {
                var memory = new MemoryBucket(TimeProvider.System);
                foreach (string key in keys)
                {
                    memory.WriteAsync(key, new MemoryContent(new byte[1]), WriteMode.Replace, CancellationToken.None).AsTask().GetAwaiter().GetResult();
                }

                int next = 0;
                var bucket = new RetryingBucket(
                    new FaultyBucket(memory, _ => next < rolls.Length && rolls[next++] == 0 ? Fault.Before : Fault.None),
                    s_options with { MaxAttempts = 60 },
                    TimeProvider.System,
                    new Random(1));
                bucket.ListAsync("", CancellationToken.None).ToBlockingEnumerable().Select(static one => one.Key)
                    .ShouldBe(keys.Order(StringComparer.Ordinal));
                bucket.ListFoldersAsync("", CancellationToken.None).ToBlockingEnumerable().ShouldBe(["t-1", "t"]);
            },
            iter: 200,
            threads: 1);
    }

    private (FaultyBucket Faulty, RetryingBucket Bucket) Open(params Fault[] faults)
    {
        int next = 0;
        var faulty = new FaultyBucket(_memory, _ => next < faults.Length ? faults[next++] : Fault.None);
        return (faulty, new RetryingBucket(faulty, s_options, TimeProvider.System, new Random(1)));
    }

    private ValueTask PutAsync(string key, string text) =>
        _memory.WriteAsync(key, new MemoryContent(Encoding.ASCII.GetBytes(text)), WriteMode.Replace, CancellationToken.None);
}
