using RemoteStore.Primitives.Files;
using RemoteStore.Testing;
using RemoteStore.Tsdb.Wal;
using Shouldly;
using Xunit;

namespace RemoteStore.Tsdb.Tests.Wal;

/// <summary>Power goes off at any moment; the disk keeps what was synced and whatever it likes of the rest.</summary>
public sealed class WalPowerLossTests : IDisposable
{
    private readonly WalTestFolder _folder = new();
    private readonly List<string> _images = [];

    public void Dispose()
    {
        _folder.Dispose();
        _images.ForEach(i => Directory.Delete(i, recursive: true));
    }

    [Fact]
    public async Task PowerLoss_AfterAnyOperation_EveryAcknowledgedEntryIsFound()
    {
        var recording = new RecordingFileSystem(_folder.Root);
        var acknowledged = new List<(int Operations, WalTestFolder.Entry Entry)>();
        await using (WriteAheadLog log = _folder.Open(recording))
        {
            for (int i = 0; i < 60; i++)
            {
                List<WalTestFolder.Entry> group = await WalTestFolder.AppendAsync(log, 1 + (i % 4), n => 10 + (n * 977 % 15_000), i * 10);
                acknowledged.AddRange(group.Select(e => (recording.Count, e)));
            }
        }

        acknowledged[^1].Entry.Position.Address.ShouldBeGreaterThan(_folder.Options.SegmentSizeBytes);
        for (int count = 0; count <= recording.Count; count++)
        {
            foreach (CrashImageChoice choice in (CrashImageChoice[])[CrashImageChoice.Nothing, CrashImageChoice.Everything, CrashImageChoice.Random(count)])
            {
                HashSet<WalTestFolder.Entry> found = [.. ReplayImage(recording, count, choice)];
                acknowledged.Where(a => a.Operations <= count).Select(a => a.Entry).ShouldAllBe(e => found.Contains(e));
                found.IsSubsetOf(acknowledged.Select(a => a.Entry)).ShouldBeTrue();
            }
        }
    }

    [Fact]
    public async Task PowerLoss_DuringTruncationAndDeletion_EntriesAboveAreFoundAndNoGapIsReported()
    {
        await using (WriteAheadLog before = _folder.Open())
        {
            await WalTestFolder.AppendAsync(before, 150, _ => 5000);
        }

        var recording = new RecordingFileSystem(_folder.Root);
        List<WalTestFolder.Entry> entries;
        int kept;
        int quiet;
        await using (WriteAheadLog log = _folder.Open(recording))
        {
            entries = await WalTestFolder.AppendAsync(log, 300, _ => 5000, 1000);
            quiet = recording.Count;
            kept = 220;
            log.Truncate(entries[kept].Position);
        }

        for (int count = quiet; count <= recording.Count; count++)
        {
            for (int seed = 0; seed < 6; seed++)
            {
                HashSet<WalTestFolder.Entry> found = [.. ReplayImage(recording, count, CrashImageChoice.Random(seed), mustBeWhole: true)];
                entries.Skip(kept).ShouldAllBe(e => found.Contains(e));
            }
        }

        recording.Count.ShouldBeGreaterThan(quiet + 5);
    }

    [Fact]
    public async Task PowerLoss_EntriesNeverNameWhatTheHookHasNotMadeDurable()
    {
        // The hook stands for the series log: every entry names a series number that must be durable before the entry can be found.
        var recording = new RecordingFileSystem(_folder.Root);
        string seriesLog = Path.Combine(_folder.Root, "series");
        using IWritableFile series = recording.Create(seriesLog);
        recording.SyncDirectory(_folder.Root);
        long logged = 0;
        long synced = 0;
        void MakeDurable()
        {
            long now = Interlocked.Read(ref logged);
            if (now > synced)
            {
                series.Sync();
                synced = now;
            }
        }

        await using (WriteAheadLog log = _folder.Open(recording, MakeDurable))
        {
            await Parallel.ForAsync(0, 4, async (writer, _) =>
            {
                for (int i = 0; i < 40; i++)
                {
                    byte[] payload = new byte[8 + (i * 331 % 9000)];
                    lock (recording)
                    {
                        series.Write(logged * 8, BitConverter.GetBytes(logged + 1));
                        logged++;
                        BitConverter.TryWriteBytes(payload, logged);
                    }

                    log.TryAppend(WalEntryType.Rows, payload, out WalPosition position).ShouldBeTrue();
                    if (i % 3 == 0)
                    {
                        await log.WaitDurableAsync(position);
                    }
                }
            });
        }

        for (int count = 0; count <= recording.Count; count += 2)
        {
            // The log's bytes all arrive, the series' only when synced.
            string image = NewImage();
            CrashImage.Write(recording, count, CrashImageChoice.Random(count), image);
            long durableSeries = File.Exists(Path.Combine(image, "series")) ? DurableSeries(recording, count) : 0;
            _folder.Replay(Path.Combine(image, "wal")).Entries.ShouldAllBe(e => BitConverter.ToInt64(e.Payload) <= durableSeries);
        }
    }

    private static long DurableSeries(RecordingFileSystem recording, int count)
    {
        long written = 0;
        long durable = 0;
        int file = ((FileOperation.Create)recording.Operations[recording.BaselineCount]).FileId;
        foreach (FileOperation operation in recording.Operations.Take(count))
        {
            switch (operation)
            {
                case FileOperation.Write write when write.FileId == file:
                    written++;
                    break;
                case FileOperation.Sync sync when sync.FileId == file:
                    durable = written;
                    break;
            }
        }

        return durable;
    }

    private List<WalTestFolder.Entry> ReplayImage(RecordingFileSystem recording, int count, CrashImageChoice choice, bool mustBeWhole = false)
    {
        string image = NewImage();
        CrashImage.Write(recording, count, choice, image);
        (List<WalTestFolder.Entry> entries, WalReplayReport report) = _folder.Replay(Path.Combine(image, "wal"));
        if (mustBeWhole)
        {
            report.BadStretches.ShouldBeEmpty();
        }

        Directory.Delete(image, recursive: true);
        _images.Remove(image);
        return entries;
    }

    private string NewImage()
    {
        string image = Directory.CreateTempSubdirectory("rswalcrash").FullName;
        _images.Add(image);
        return image;
    }
}
