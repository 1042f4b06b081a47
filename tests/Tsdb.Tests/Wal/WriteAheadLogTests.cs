using Microsoft.Extensions.Time.Testing;
using RemoteStore.Storage.Appending;
using RemoteStore.Tsdb.Wal;
using Shouldly;
using Xunit;

namespace RemoteStore.Tsdb.Tests.Wal;

public sealed class WriteAheadLogTests : IDisposable
{
    private readonly WalTestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Append_EntriesOfEveryTypeAndSize_ReplayReturnsThemInOrder()
    {
        var appended = new List<WalTestFolder.Entry>();
        await using (WriteAheadLog log = _folder.Open())
        {
            int[] sizes = [0, 1, 2, 3, 4, 5, 31, 32, 33, 511, 512, 513, 4096, 20_000, _folder.Options.MaxPayloadBytes];
            for (int i = 0; i < sizes.Length; i++)
            {
                byte[] payload = WalTestFolder.Payload(i, sizes[i]);
                var type = (WalEntryType)(1 + (i % 3));
                log.TryAppend(type, payload, out WalPosition position).ShouldBeTrue();
                appended.Add(new(type, payload, position));
            }

            await log.WaitDurableAsync(appended[^1].Position);
            _folder.Replay().Entries.ShouldBe(appended);
        }

        (List<WalTestFolder.Entry> entries, WalReplayReport report) = _folder.Replay();
        entries.ShouldBe(appended);
        report.IsWhole.ShouldBeTrue();
        report.TornTailBytes.ShouldBe(0);
    }

    [Fact]
    public async Task Append_MoreThanMemoryAndManySegments_ReplayReturnsAll()
    {
        List<WalTestFolder.Entry> appended;
        await using (WriteAheadLog log = _folder.Open())
        {
            appended = await WalTestFolder.AppendAsync(log, 400, i => (i * 37) % 9000);
            log.SizeBytes.ShouldBeGreaterThan(appended.Sum(e => (long)e.Payload.Length));
        }

        Directory.GetFiles(Path.Combine(_folder.WalDirectory, "00000001"), "*.seg").Length.ShouldBeGreaterThan(4);
        (List<WalTestFolder.Entry> entries, WalReplayReport report) = _folder.Replay();
        entries.ShouldBe(appended);
        report.IsWhole.ShouldBeTrue();
        report.TornTailBytes.ShouldBe(0);
    }

    [Fact]
    public async Task Append_EntriesThatJustFitAPage_LieInConsecutivePages()
    {
        await using WriteAheadLog log = _folder.Open();
        int size = _folder.Options.MaxPayloadBytes - 32; // with frame and FasterLog's header: half a page exactly
        List<WalTestFolder.Entry> appended = await WalTestFolder.AppendAsync(log, 8, _ => size);

        appended.Skip(1).Select(e => e.Position.Address % (32 << 10)).ShouldAllBe(offset => offset == 0);
        _folder.Replay().Entries.ShouldBe(appended);
    }

    [Fact]
    public async Task Append_PayloadAboveTheLimit_Throws()
    {
        await using WriteAheadLog log = _folder.Open();
        byte[] payload = new byte[_folder.Options.MaxPayloadBytes + 1];
        Should.Throw<ArgumentOutOfRangeException>(() => log.TryAppend(WalEntryType.Rows, payload, out _));
    }

    [Fact]
    public async Task Append_MemoryFullWhileACommitHangs_ReturnsFalseAndRecovers()
    {
        using var gate = new ManualResetEventSlim();
        await using WriteAheadLog log = _folder.Open(beforeCommit: gate.Wait);
        byte[] payload = WalTestFolder.Payload(1, 10_000);
        WalPosition last = default;
        int count = 0;
        while (log.TryAppend(WalEntryType.Rows, payload, out WalPosition position))
        {
            (last, count) = (position, count + 1);
        }

        log.IsFailed.ShouldBeFalse();
        count.ShouldBeInRange(40, 55); // 512 KiB of memory
        Task flushed = log.FlushAsync();
        gate.Set();
        await flushed;
        log.WaitDurableAsync(last).IsCompletedSuccessfully.ShouldBeTrue();
        log.TryAppend(WalEntryType.Rows, payload, out WalPosition again).ShouldBeTrue();
        await log.WaitDurableAsync(again);
        _folder.Replay().Entries.Count.ShouldBe(count + 1);
    }

    [Fact]
    public async Task WaitDurable_ManyConcurrentWriters_EveryAcknowledgedEntryIsOnDisk()
    {
        var appended = new List<WalTestFolder.Entry>[16];
        await using WriteAheadLog log = _folder.Open();
        await Parallel.ForAsync(0, 16, async (writer, _) =>
        {
            appended[writer] = [];
            for (int i = 0; i < 50; i++)
            {
                appended[writer].AddRange(await WalTestFolder.AppendAsync(log, 1, n => 100 + n, (writer * 1000) + i));
            }
        });

        List<WalTestFolder.Entry> expected = [.. appended.SelectMany(e => e).OrderBy(e => e.Position)];
        _folder.Replay().Entries.ShouldBe(expected);
    }

    [Fact]
    public async Task WaitDurable_EntriesAppendedWhileACommitIsInFlight_AreCoveredByTheNextOne()
    {
        using var entered = new SemaphoreSlim(0);
        using var release = new SemaphoreSlim(0);
        int commits = 0;
        WriteAheadLog log = _folder.Open(beforeCommit: () =>
        {
            Interlocked.Increment(ref commits);
            entered.Release();
            release.Wait();
        });
        log.TryAppend(WalEntryType.Rows, [1], out WalPosition first).ShouldBeTrue();
        Task firstDone = log.WaitDurableAsync(first);
        await entered.WaitAsync();
        Task[] next = [.. Enumerable.Range(0, 100).Select(i =>
        {
            log.TryAppend(WalEntryType.Rows, [(byte)i], out WalPosition position).ShouldBeTrue();
            return log.WaitDurableAsync(position);
        })];
        next.ShouldAllBe(t => !t.IsCompleted);
        release.Release(2);
        await firstDone;
        await Task.WhenAll(next);

        commits.ShouldBe(2);
        release.Release(10);
        await log.DisposeAsync();
    }

    [Fact]
    public async Task BeforeCommit_PagesFullWithoutAnyWaiter_RunsBeforeAnyByteOfThemIsWritten()
    {
        var steps = new List<string>();
        FaultyFileSystem files = FaultyFileSystem.Local();
        files.Before = (step, path) =>
        {
            if (step == FaultyFileSystem.Step.Write && path.EndsWith(".seg", StringComparison.Ordinal))
            {
                steps.Add("write");
            }
        };
        await using (WriteAheadLog log = _folder.Open(files, () => steps.Add("before")))
        {
            for (int i = 0; i < 10; i++)
            {
                log.TryAppend(WalEntryType.Rows, WalTestFolder.Payload(i, 20_000), out _).ShouldBeTrue();
            }
        }

        steps[0].ShouldBe("before");
        steps.ShouldContain("write");
        _folder.Replay().Entries.Count.ShouldBe(10);
    }

    [Fact]
    public async Task Truncate_WithinAGeneration_DeletesWholeSegmentsBelow()
    {
        await using WriteAheadLog log = _folder.Open();
        List<WalTestFolder.Entry> appended = await WalTestFolder.AppendAsync(log, 300, _ => 5000);
        WalTestFolder.Entry keep = appended[200];
        long sizeBefore = log.SizeBytes;

        log.Truncate(keep.Position);

        log.SizeBytes.ShouldBe(sizeBefore - (keep.Position.Address / _folder.Options.SegmentSizeBytes * _folder.Options.SegmentSizeBytes));
        File.Exists(_folder.Segment(1, 0)).ShouldBeFalse();
        (List<WalTestFolder.Entry> entries, WalReplayReport report) = _folder.Replay();
        entries.ShouldBe(appended.Skip(300 - entries.Count));
        entries.ShouldContain(keep);
        entries.Count.ShouldBeLessThan(300);
        report.IsWhole.ShouldBeTrue();
    }

    [Fact]
    public async Task Truncate_WithinASegment_ReplaysFromThatEntryOn()
    {
        await using WriteAheadLog log = _folder.Open();
        List<WalTestFolder.Entry> appended = await WalTestFolder.AppendAsync(log, 300, i => 100 + (i % 7 * 1000));
        for (int keep = 1; keep < 300; keep += 13)
        {
            log.Truncate(appended[keep].Position);

            (List<WalTestFolder.Entry> entries, WalReplayReport report) = _folder.Replay();
            entries.ShouldBe(appended.Skip(keep));
            report.IsWhole.ShouldBeTrue();
            report.TornTails.ShouldBeEmpty();
        }

        log.Truncate(log.Tail);
        _folder.Replay().Entries.ShouldBeEmpty();
        List<WalTestFolder.Entry> more = await WalTestFolder.AppendAsync(log, 300, _ => 5000, 300);
        (List<WalTestFolder.Entry> behind, WalReplayReport whole) = _folder.Replay();
        behind.ShouldBe(more);
        whole.IsWhole.ShouldBeTrue();
    }

    [Fact]
    public async Task Truncate_ToAnEarlierPosition_ChangesNothing()
    {
        await using WriteAheadLog log = _folder.Open();
        List<WalTestFolder.Entry> appended = await WalTestFolder.AppendAsync(log, 40, _ => 500);
        log.Truncate(appended[30].Position);
        log.Truncate(appended[10].Position);

        _folder.Replay().Entries.ShouldBe(appended.Skip(30));
    }

    [Fact]
    public async Task Truncate_ToTheTail_KeepsTheSegmentInUse()
    {
        await using WriteAheadLog log = _folder.Open();
        await WalTestFolder.AppendAsync(log, 300, _ => 5000);
        log.Truncate(log.Tail);
        List<WalTestFolder.Entry> more = await WalTestFolder.AppendAsync(log, 10, _ => 5000);

        (List<WalTestFolder.Entry> entries, WalReplayReport report) = _folder.Replay();
        entries.TakeLast(10).ShouldBe(more);
        report.IsWhole.ShouldBeTrue();
    }

    [Fact]
    public async Task Generations_OneForEachStart_AreReplayedInOrderUntilTruncated()
    {
        var appended = new List<WalTestFolder.Entry>();
        for (int start = 0; start < 3; start++)
        {
            await using WriteAheadLog log = _folder.Open();
            appended.AddRange(await WalTestFolder.AppendAsync(log, 20, _ => 100, start * 100));
        }

        _folder.Replay().Entries.ShouldBe(appended);
        appended.Select(e => e.Position.Generation).Distinct().ShouldBe([1u, 2u, 3u]);

        await using WriteAheadLog fourth = _folder.Open();
        fourth.Tail.Generation.ShouldBe(4u);
        fourth.Truncate(new WalPosition(3, appended[^1].Position.Address));
        _folder.Replay().Entries.ShouldBe(appended.Skip(40));
        fourth.DeleteGenerationsBefore(uint.MaxValue);
        _folder.Replay().Entries.ShouldBeEmpty();
        Directory.GetDirectories(_folder.WalDirectory).Select(Path.GetFileName).ShouldBe(["00000004"]);
        fourth.SizeBytes.ShouldBe(0);
    }

    [Fact]
    public async Task StartNewGeneration_OnAHealthyLog_LosesNothing()
    {
        await using WriteAheadLog log = _folder.Open();
        log.TryAppend(WalEntryType.Rows, [1], out WalPosition first).ShouldBeTrue();
        log.StartNewGeneration().Generation.ShouldBe(2u);
        log.TryAppend(WalEntryType.Rows, [2], out WalPosition second).ShouldBeTrue();
        await log.WaitDurableAsync(first);
        await log.WaitDurableAsync(second);

        _folder.Replay().Entries.Select(e => e.Payload[0]).ShouldBe([(byte)1, (byte)2]);
    }

    [Fact]
    public async Task MemoryDurability_WaitDurable_CompletesAtOnceAndTheTimerWrites()
    {
        var time = new FakeTimeProvider();
        using var synced = new SemaphoreSlim(0);
        FaultyFileSystem files = FaultyFileSystem.Local();
        using var written = new SemaphoreSlim(0);
        files.Before = (step, path) =>
        {
            if (path.EndsWith(".seg", StringComparison.Ordinal))
            {
                (step == FaultyFileSystem.Step.Sync ? synced : written).Release();
            }
        };
        WriteAheadLog log = _folder.Open(files, options: _folder.Options with { Durability = Durability.Memory }, time: time);
        log.TryAppend(WalEntryType.Rows, [1], out WalPosition position).ShouldBeTrue();
        log.WaitDurableAsync(position).IsCompletedSuccessfully.ShouldBeTrue();

        time.Advance(TimeSpan.FromSeconds(1));
        await written.WaitAsync(TimeSpan.FromSeconds(20)); // create
        await written.WaitAsync(TimeSpan.FromSeconds(20)); // write
        await log.DisposeAsync();

        synced.CurrentCount.ShouldBe(0);
        _folder.Replay().Entries.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Commit_SmallOnes_FillInZerosSoThatTheFileGrowsOncePerPage()
    {
        var lengths = new HashSet<long>();
        await using WriteAheadLog log = _folder.Open();
        for (int i = 0; i < 60; i++)
        {
            await WalTestFolder.AppendAsync(log, 1, _ => 1000, i);
            lengths.Add(new FileInfo(_folder.Segment(1, 0)).Length);
        }

        lengths.ShouldBe([64 << 10]);
        log.SizeBytes.ShouldBeLessThan(64 << 10);
        (List<WalTestFolder.Entry> entries, WalReplayReport report) = _folder.Replay();
        entries.Count.ShouldBe(60);
        report.TornTailBytes.ShouldBe(0);
    }

    [Fact]
    public async Task Commit_NoRoomForTheZeros_SucceedsWithoutThem()
    {
        FaultyFileSystem files = FaultyFileSystem.Local();
        int writes = 0;
        files.Before = (step, path) =>
        {
            if (step == FaultyFileSystem.Step.Write && path.EndsWith(".seg", StringComparison.Ordinal) && ++writes == 2)
            {
                throw new IOException("no space left");
            }
        };
        await using WriteAheadLog log = _folder.Open(files);
        List<WalTestFolder.Entry> appended = await WalTestFolder.AppendAsync(log, 5, _ => 1000);
        appended.AddRange(await WalTestFolder.AppendAsync(log, 5, _ => 1000, 10));

        writes.ShouldBe(3);
        _folder.Replay().Entries.ShouldBe(appended);
    }

    [Fact]
    public async Task Append_SteadyState_AllocatesNothingOnTheCaller()
    {
        await using WriteAheadLog log = _folder.Open();
        byte[] payload = WalTestFolder.Payload(1, 200);
        await AppendTwentyAsync(log, payload); // warm
        await AppendTwentyAsync(log, payload);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 100; i++)
        {
            log.TryAppend(WalEntryType.Rows, payload, out _);
        }

        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBe(0);

        static async Task AppendTwentyAsync(WriteAheadLog log, byte[] payload)
        {
            WalPosition last = default;
            for (int i = 0; i < 20; i++)
            {
                log.TryAppend(WalEntryType.Rows, payload, out last).ShouldBeTrue();
            }

            await log.WaitDurableAsync(last);
        }
    }

    [Fact]
    public void Options_Unusable_NamesEveryFault()
    {
        var options = new WalOptions { Directory = "", PageSizeBytes = 1000, MemoryBytes = 7, SegmentSizeBytes = 5, MemoryFlushInterval = TimeSpan.Zero };
        options.Validate().Count.ShouldBe(5);
        new WalOptions { Directory = "x" }.Validate().ShouldBeEmpty();
    }

    [Fact]
    public void EntryType_Numbers_AreAsOnDisk()
    {
        Enum.GetValues<WalEntryType>().Select(t => $"{t}={(byte)t}").ShouldBe(["Rows=1", "Exemplars=2", "Metadata=3"]);
    }
}
