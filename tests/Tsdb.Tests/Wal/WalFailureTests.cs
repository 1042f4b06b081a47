using RemoteStore.Tsdb.Wal;
using Shouldly;
using Xunit;

namespace RemoteStore.Tsdb.Tests.Wal;

/// <summary>What a disk that fails does to the log: nothing acknowledged is lost, nobody waits for ever.</summary>
public sealed class WalFailureTests : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);
    private readonly WalTestFolder _folder = new();
    private readonly FaultyFileSystem _files = FaultyFileSystem.Local();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("Write")]
    [InlineData("Sync")]
    public async Task Commit_DeviceFails_WaitersAreToldAndNothingIsTakenUntilANewGeneration(string step)
    {
        await using WriteAheadLog log = _folder.Open(_files);
        List<WalTestFolder.Entry> acknowledged = await WalTestFolder.AppendAsync(log, 30, _ => 3000);
        Task<Exception> failure = log.Failure;

        _files.FailOn(Enum.Parse<FaultyFileSystem.Step>(step));
        log.TryAppend(WalEntryType.Rows, new byte[3000], out WalPosition lost).ShouldBeTrue();
        await Should.ThrowAsync<WalFailedException>(() => log.WaitDurableAsync(lost).WaitAsync(s_patience));

        (await failure.WaitAsync(s_patience)).Message.ShouldContain(step);
        log.IsFailed.ShouldBeTrue();
        log.TryAppend(WalEntryType.Rows, [1], out _).ShouldBeFalse();
        await log.WaitDurableAsync(acknowledged[^1].Position);

        _files.Heal();
        log.StartNewGeneration().Generation.ShouldBe(2u);
        log.IsFailed.ShouldBeFalse();
        await Should.ThrowAsync<WalFailedException>(() => log.WaitDurableAsync(lost));
        await log.WaitDurableAsync(acknowledged[^1].Position);
        List<WalTestFolder.Entry> after = await WalTestFolder.AppendAsync(log, 30, _ => 3000, 1000);

        List<WalTestFolder.Entry> found = _folder.Replay().Entries;
        found.Take(30).ShouldBe(acknowledged);
        found.TakeLast(30).ShouldBe(after);
        log.DeleteGenerationsBefore(2);
        _folder.Replay().Entries.ShouldBe(after);
    }

    [Theory]
    [InlineData("Create")]
    [InlineData("SyncDirectory")]
    public async Task Commit_NewSegmentCannotBeMade_NothingAcknowledgedIsLost(string step)
    {
        await using WriteAheadLog log = _folder.Open(_files);
        List<WalTestFolder.Entry> acknowledged = await WalTestFolder.AppendAsync(log, 10, _ => 3000);
        _files.FailOn(Enum.Parse<FaultyFileSystem.Step>(step));
        int taken = 10;
        try
        {
            for (; taken < 1000; taken++)
            {
                acknowledged.AddRange(await WalTestFolder.AppendAsync(log, 1, _ => 3000, taken));
            }
        }
        catch (WalFailedException)
        {
            taken.ShouldBeInRange(70, 90); // the second segment begins at 256 KiB
        }

        log.IsFailed.ShouldBeTrue();
        Should.Throw<IOException>(() => log.StartNewGeneration());
        log.IsFailed.ShouldBeTrue();
        log.TryAppend(WalEntryType.Rows, [1], out _).ShouldBeFalse();

        _files.Heal();
        log.StartNewGeneration();
        List<WalTestFolder.Entry> after = await WalTestFolder.AppendAsync(log, 1, _ => 100, 5000);
        (List<WalTestFolder.Entry> found, WalReplayReport report) = _folder.Replay();
        found.Take(acknowledged.Count).ShouldBe(acknowledged);
        found[^1].ShouldBe(after[0]);
        report.IsWhole.ShouldBeTrue();
    }

    [Fact]
    public async Task Commit_HookThrows_FailsTheRoundAndWritesNothing()
    {
        bool failing = false;
        await using WriteAheadLog log = _folder.Open(_files, () =>
        {
            if (failing)
            {
                throw new InvalidOperationException("series log");
            }
        });
        List<WalTestFolder.Entry> acknowledged = await WalTestFolder.AppendAsync(log, 3, _ => 100);
        failing = true;
        log.TryAppend(WalEntryType.Rows, [1], out WalPosition lost).ShouldBeTrue();
        WalFailedException failure = await Should.ThrowAsync<WalFailedException>(() => log.WaitDurableAsync(lost).WaitAsync(s_patience));

        failure.InnerException!.Message.ShouldBe("series log");
        _folder.Replay().Entries.ShouldBe(acknowledged);
    }

    [Fact]
    public async Task Commit_DeviceFailsUnderConcurrentLoad_NobodyHangsAndEveryAcknowledgedEntryIsThere()
    {
        await using WriteAheadLog log = _folder.Open(_files);
        var acknowledged = new List<WalTestFolder.Entry>();
        for (int round = 0; round < 12; round++)
        {
            int left = 20 + (round * 7);
            _files.Before = (step, path) =>
            {
                if (path.EndsWith(".seg", StringComparison.Ordinal) && step != FaultyFileSystem.Step.Create && Interlocked.Decrement(ref left) <= 0)
                {
                    throw new IOException("no space left");
                }
            };
            int first = round * 1_000_000;
            await Parallel.ForAsync(0, 8, async (writer, _) =>
            {
                for (int i = 0; ; i++)
                {
                    byte[] payload = WalTestFolder.Payload(first + (writer * 10_000) + i, 50 + (i * 211 % 12_000));
                    if (!log.TryAppend(WalEntryType.Rows, payload, out WalPosition position))
                    {
                        if (log.IsFailed)
                        {
                            return;
                        }

                        await Task.Yield();
                        continue;
                    }

                    try
                    {
                        await log.WaitDurableAsync(position).WaitAsync(s_patience, CancellationToken.None);
                    }
                    catch (WalFailedException)
                    {
                        return;
                    }

                    lock (acknowledged)
                    {
                        acknowledged.Add(new(WalEntryType.Rows, payload, position));
                    }
                }
            });

            await log.Failure.WaitAsync(s_patience);
            _files.Heal();
            log.StartNewGeneration();
        }

        (List<WalTestFolder.Entry> found, WalReplayReport report) = _folder.Replay();
        found.ToHashSet().IsSupersetOf(acknowledged).ShouldBeTrue();
        acknowledged.Count.ShouldBeGreaterThan(100);
        report.IsWhole.ShouldBeTrue();
    }

    [Fact]
    public async Task Dispose_AfterAFailure_Completes()
    {
        WriteAheadLog log = _folder.Open(_files);
        _files.FailOn(FaultyFileSystem.Step.Write);
        log.TryAppend(WalEntryType.Rows, [1], out _).ShouldBeTrue();
        await log.DisposeAsync().AsTask().WaitAsync(s_patience);
        log.IsFailed.ShouldBeTrue();
    }
}
