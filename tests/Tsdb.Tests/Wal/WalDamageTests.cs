using RemoteStore.Tsdb.Wal;
using Shouldly;
using Xunit;

namespace RemoteStore.Tsdb.Tests.Wal;

/// <summary>Damaged files: what is whole is delivered, what is missing is named, nothing altered is ever delivered.</summary>
public sealed class WalDamageTests : IAsyncLifetime, IDisposable
{
    private const int Count = 340;
    private readonly WalTestFolder _folder = new();
    private List<WalTestFolder.Entry> _entries = [];

    public async Task InitializeAsync()
    {
        await using WriteAheadLog log = _folder.Open();
        _entries = await WalTestFolder.AppendAsync(log, Count, i => i < 180 ? i * 90 % 7000 : i % 200);
    }

    public Task DisposeAsync() => Task.CompletedTask;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Replay_TailCutAtEveryByteOfTheLastKibibyte_DeliversEveryEntryBeforeTheCut()
    {
        string last = Directory.GetFiles(Path.GetDirectoryName(_folder.Segment(1, 0))!, "*.seg").Max()!;
        byte[] content = File.ReadAllBytes(last);
        int segment = Convert.ToInt32(Path.GetFileNameWithoutExtension(last), 16);
        long start = segment * _folder.Options.SegmentSizeBytes;
        int written = (int)(_entries[^1].Position.Address + 32 + _entries[^1].Payload.Length - start); // zeros follow up to the next page
        for (int cut = 1; cut <= 1024; cut++)
        {
            using (FileStream file = File.OpenWrite(last))
            {
                file.SetLength(written - cut);
            }

            long end = start + written - cut;
            (List<WalTestFolder.Entry> found, WalReplayReport report) = _folder.Replay();
            List<WalTestFolder.Entry> whole = [.. _entries.Where(e => e.Position.Address + 32 + e.Payload.Length <= end)];
            found.ShouldBe(whole);
            report.IsWhole.ShouldBeTrue();
            report.TornTailBytes.ShouldBeLessThanOrEqualTo(Math.Max(0, end - (whole[^1].Position.Address + 32 + whole[^1].Payload.Length)));
        }

        File.WriteAllBytes(last, content);
        _folder.Replay().Entries.ShouldBe(_entries);
    }

    [Fact]
    public void Replay_AnyBitFlipped_DeliversAllButTheEntryItLiesInAndNamesIt()
    {
        string path = _folder.Segment(1, 0);
        byte[] content = File.ReadAllBytes(path);
        var random = new Random(7);
        for (int sample = 0; sample < 400; sample++)
        {
            // Each bit of the first entries' frames, then anywhere.
            int bit = sample < 250 ? (64 * 8) + sample : random.Next(64 * 8, content.Length * 8);
            byte[] damaged = [.. content];
            damaged[bit / 8] ^= (byte)(1 << (bit % 8));
            File.WriteAllBytes(path, damaged);
            CheckDamage(bit / 8, bit / 8 + 1);
        }
    }

    [Fact]
    public async Task Replay_DamageInFrontOfWhereItBegins_IsNoLoss()
    {
        using var folder = new WalTestFolder();
        List<WalTestFolder.Entry> entries;
        await using (WriteAheadLog log = folder.Open())
        {
            entries = await WalTestFolder.AppendAsync(log, 60, _ => 500);
            log.Truncate(entries[40].Position);
        }

        byte[] content = File.ReadAllBytes(folder.Segment(1, 0));
        content[(int)entries[39].Position.Address + 100] ^= 1;
        File.WriteAllBytes(folder.Segment(1, 0), content);
        (List<WalTestFolder.Entry> found, WalReplayReport report) = folder.Replay();
        found.ShouldBe(entries.Skip(40));
        report.IsWhole.ShouldBeTrue();

        content[(int)entries[40].Position.Address + 100] ^= 1;
        File.WriteAllBytes(folder.Segment(1, 0), content);
        (found, report) = folder.Replay();
        found.ShouldBe(entries.Skip(41));
        report.BadStretches.ShouldHaveSingleItem().To.ShouldBe(entries[41].Position);
    }

    [Fact]
    public async Task Replay_AnyBitOfWhereItBeginsFlipped_BeginsThereAllTheSame()
    {
        using var folder = new WalTestFolder();
        List<WalTestFolder.Entry> entries;
        await using (WriteAheadLog log = folder.Open())
        {
            entries = await WalTestFolder.AppendAsync(log, 60, _ => 500);
            log.Truncate(entries[40].Position);
        }

        string path = Path.Combine(folder.WalDirectory, "00000001", "begin");
        byte[] content = File.ReadAllBytes(path);
        for (int bit = 0; bit < content.Length * 8; bit += bit is < 32 * 8 or >= 4096 * 8 ? 1 : 1009)
        {
            byte[] damaged = [.. content];
            damaged[bit / 8] ^= (byte)(1 << (bit % 8));
            File.WriteAllBytes(path, damaged);
            folder.Replay().Entries.ShouldBe(entries.Skip(40));
        }

        File.WriteAllBytes(path, new byte[content.Length]);
        (List<WalTestFolder.Entry> found, WalReplayReport report) = folder.Replay();
        found.ShouldBe(entries);
        report.DamagedBegins.ShouldHaveSingleItem().ShouldContain(path);
    }

    [Fact]
    public void Replay_AnySectorZeroed_DeliversAllEntriesItDoesNotTouchAndNamesTheOthers()
    {
        string path = _folder.Segment(1, 0);
        byte[] content = File.ReadAllBytes(path);
        for (int sector = 0; sector < content.Length; sector += 512)
        {
            byte[] damaged = [.. content];
            damaged.AsSpan(sector, 512).Clear();
            File.WriteAllBytes(path, damaged);
            CheckDamage(sector, sector + 512);
        }
    }

    [Fact]
    public void Replay_DamagedStretch_IsCopiedAsideOnceAndDescribedExactly()
    {
        WalTestFolder.Entry victim = _entries[10];
        string path = _folder.Segment(1, 0);
        byte[] content = File.ReadAllBytes(path);
        content[victim.Position.Address + 40] ^= 1;
        File.WriteAllBytes(path, content);

        WalReplayReport report = _folder.Replay().Report;
        WalBadStretch bad = report.BadStretches.ShouldHaveSingleItem();
        bad.From.ShouldBe(victim.Position);
        bad.To.ShouldBe(_entries[11].Position);
        (bad.FirstSegment, bad.FromOffset, bad.ToOffset).ShouldBe(("00000000.seg", victim.Position.Address, _entries[11].Position.Address));
        (bad.FirstLostSequence, bad.LastLostSequence).ShouldBe((11UL, 11UL));
        string copy = bad.Copies.ShouldHaveSingleItem();
        Path.GetDirectoryName(copy).ShouldBe(_folder.Quarantine);
        File.ReadAllBytes(copy).ShouldBe(content[(int)bad.FromOffset..(int)bad.ToOffset]);

        _folder.Replay().Report.BadStretches.ShouldHaveSingleItem().Copies.ShouldBe([copy]);
        Directory.GetFiles(_folder.Quarantine).ShouldBe([copy]);
    }

    [Fact]
    public void Replay_SegmentMissing_DeliversBothSidesAndReportsTheGap()
    {
        File.Delete(_folder.Segment(1, 1));
        (List<WalTestFolder.Entry> found, WalReplayReport report) = _folder.Replay();
        long size = _folder.Options.SegmentSizeBytes;

        found.ShouldBe(_entries.Where(e => e.Position.Address / size != 1));
        WalBadStretch bad = report.BadStretches.ShouldHaveSingleItem();
        bad.FirstLostSequence.ShouldBe((ulong)_entries.FindIndex(e => e.Position.Address / size == 1) + 1);
        bad.LastLostSequence.ShouldBe((ulong)_entries.FindLastIndex(e => e.Position.Address / size == 1) + 1);
    }

    [Fact]
    public void Replay_LastEntryDamaged_ReportsATornTail()
    {
        WalTestFolder.Entry last = _entries[^1];
        string path = Directory.GetFiles(Path.GetDirectoryName(_folder.Segment(1, 0))!, "*.seg").Max()!;
        byte[] content = File.ReadAllBytes(path);
        content[(last.Position.Address % _folder.Options.SegmentSizeBytes) + 40] ^= 0x10;
        File.WriteAllBytes(path, content);

        (List<WalTestFolder.Entry> found, WalReplayReport report) = _folder.Replay();
        found.ShouldBe(_entries.SkipLast(1));
        report.BadStretches.ShouldBeEmpty();
        report.TornTails.ShouldHaveSingleItem().From.ShouldBe(last.Position);
        report.TornTailBytes.ShouldBeGreaterThan(0);
    }

    [Fact]
    public void Replay_PayloadImitatesAFrame_IsNotTakenForAnEntryWhenItsOwnFrameIsDamaged()
    {
        WalTestFolder.Entry stolen = _entries[20];
        byte[] frame = File.ReadAllBytes(_folder.Segment(1, 0))[((int)stolen.Position.Address + 4)..((int)_entries[21].Position.Address)];
        WalPosition position;
        using (WriteAheadLogHandle log = new(_folder))
        {
            position = log.Append(frame);
            log.Append([9]);
        }

        string path = _folder.Segment(position.Generation, 0);
        byte[] content = File.ReadAllBytes(path);
        content[position.Address + 5] ^= 1; // the length in the outer frame's header
        File.WriteAllBytes(path, content);

        (List<WalTestFolder.Entry> found, WalReplayReport report) = _folder.Replay();
        found.Where(e => e.Position.Generation == position.Generation).ShouldHaveSingleItem().Payload.ShouldBe([9]);
        report.BadStretches.ShouldHaveSingleItem();
    }

    [Fact]
    public void Replay_SegmentOfAnOlderGenerationInTheFolder_DeliversNothingOfIt()
    {
        using (WriteAheadLogHandle log = new(_folder))
        {
            log.Append([1]);
        }

        File.Copy(_folder.Segment(1, 1), _folder.Segment(2, 1));
        _folder.Replay().Entries.Where(e => e.Position.Generation == 2).ShouldHaveSingleItem().Payload.ShouldBe([1]);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(4096)]
    public void Replay_OneCopyOfTheHeaderDamaged_ReadsTheOther(int copy)
    {
        string header = Path.Combine(_folder.WalDirectory, "00000001", "generation");
        byte[] content = File.ReadAllBytes(header);
        content.AsSpan(copy, Math.Min(512, content.Length - copy)).Clear();
        File.WriteAllBytes(header, content);
        _folder.Replay().Entries.ShouldBe(_entries);
    }

    [Fact]
    public void Replay_HeaderLost_ReportsTheGenerationAndCopiesIt()
    {
        File.WriteAllBytes(Path.Combine(_folder.WalDirectory, "00000001", "generation"), []);
        (List<WalTestFolder.Entry> found, WalReplayReport report) = _folder.Replay();
        found.ShouldBeEmpty();
        report.BadStretches.ShouldHaveSingleItem().Copies.Count.ShouldBe(Directory.GetFiles(Path.GetDirectoryName(_folder.Segment(1, 0))!, "*.seg").Length);
    }

    [Fact]
    public void Replay_FolderWhoseCreationWasInterrupted_IsIgnored()
    {
        Directory.CreateDirectory(Path.Combine(_folder.WalDirectory, "00000002"));
        (List<WalTestFolder.Entry> found, WalReplayReport report) = _folder.Replay();
        found.ShouldBe(_entries);
        report.IsWhole.ShouldBeTrue();
    }

    [Fact]
    public void Replay_ArbitraryBytes_DeliversNothingAndDoesNotThrow()
    {
        string path = _folder.Segment(1, 0);
        int magic = BitConverter.ToInt32("RSWE"u8);
        for (int seed = 0; seed < 20; seed++)
        {
            byte[] content = WalTestFolder.Payload(seed, 200_003);
            for (int at = 0; seed % 2 == 0 && at < content.Length - 8; at += 8)
            {
                BitConverter.TryWriteBytes(content.AsSpan(at), magic);
            }

            File.WriteAllBytes(path, content);
            _folder.Replay().Entries.ShouldAllBe(e => e.Position.Address >= _folder.Options.SegmentSizeBytes);
        }
    }

    [Fact]
    public void Replay_Cancelled_StopsAndCanBeRepeated()
    {
        using var source = new CancellationTokenSource();
        Should.Throw<OperationCanceledException>(() => WalReplay.Run(_folder.WalDirectory, new CancelAfterOne(source), source.Token));
        _folder.Replay().Entries.ShouldBe(_entries);
    }

    private void CheckDamage(long from, long to)
    {
        (List<WalTestFolder.Entry> found, WalReplayReport report) = _folder.Replay();
        List<int> touched = [.. Enumerable.Range(0, Count).Where(i => _entries[i].Position.Address + 4 < to && _entries[i].Position.Address + 32 + _entries[i].Payload.Length > from)];
        found.ShouldBe(_entries.Where((_, i) => !touched.Contains(i)));
        if (touched.Count == 0)
        {
            report.IsWhole.ShouldBeTrue();
        }
        else
        {
            WalBadStretch bad = report.BadStretches.ShouldHaveSingleItem();
            (bad.FirstLostSequence, bad.LastLostSequence).ShouldBe(((ulong)touched[0] + 1, (ulong)touched[^1] + 1));
        }
    }

    private sealed class CancelAfterOne(CancellationTokenSource source) : IWalReplayHandler
    {
        public void OnEntry(WalEntryType type, ReadOnlySpan<byte> payload, WalPosition position) => source.Cancel();

        public void OnProgress(long bytesDone, long bytesTotal)
        {
        }
    }

    private sealed class WriteAheadLogHandle(WalTestFolder folder) : IDisposable
    {
        private readonly WriteAheadLog _log = folder.Open();

        public WalPosition Append(byte[] payload)
        {
            _log.TryAppend(WalEntryType.Rows, payload, out WalPosition position).ShouldBeTrue();
            return position;
        }

        // Ending the generation writes it.
        public void Dispose() => _log.StartNewGeneration();
    }
}
