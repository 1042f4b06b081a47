using Microsoft.Extensions.Logging.Abstractions;
using RemoteStore.Model;
using RemoteStore.Model.Labels;
using RemoteStore.Testing;
using RemoteStore.Tsdb.Registry;
using Shouldly;
using Xunit;

namespace RemoteStore.Tsdb.Tests.Registry;

public sealed class TenantRegistryStoreTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("remotestore-registry").FullName;
    private readonly FaultyFileSystem _files = new();

    private string Folder => Path.Combine(_root, "tenants", "a", "series");

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public void Open_AfterAppends_FindsAllSeries()
    {
        List<byte[]> written = Write(0, 500, appendEvery: 7);

        using TenantRegistryStore store = Open();

        SeriesLabels.All(store.Registry).ShouldBe(written);
        store.Report.RefEnd.ShouldBe(500u);
        store.Report.Damages.ShouldBeEmpty();
        store.Registry.Index.Select([new(Model.Labels.MatchType.Equal, "status", "203")], 500, store.Registry, CancellationToken.None).Length.ShouldBe(100);
    }

    [Fact]
    public void AppendPending_NothingNew_TouchesNoFile()
    {
        using TenantRegistryStore store = Open();
        int before = _files.Calls.Count;

        store.AppendPending().ShouldBe(0);

        _files.Calls.Count.ShouldBe(before);
    }

    [Fact]
    public void AppendPending_Returned_ContentAndNameAreSynced()
    {
        using TenantRegistryStore store = Open();
        SeriesLabels.Add(store.Registry, SeriesLabels.Typical(0));
        store.AppendPending().ShouldBe(1);

        List<FaultyCall> calls = [.. _files.Calls.Select(c => c.Operation)];
        calls.LastIndexOf(FaultyCall.Sync).ShouldBeGreaterThan(calls.LastIndexOf(FaultyCall.Write));
        calls.LastIndexOf(FaultyCall.SyncDirectory).ShouldBeGreaterThan(calls.LastIndexOf(FaultyCall.Create));
        store.DurableCount.ShouldBe(1u);
    }

    [Theory]
    [InlineData(FaultyCall.Create)]
    [InlineData(FaultyCall.Write)]
    [InlineData(FaultyCall.Sync)]
    [InlineData(FaultyCall.SyncDirectory)]
    public void AppendPending_Fails_IsCompletedByTheNextCall(FaultyCall failing)
    {
        using (TenantRegistryStore store = Open())
        {
            for (int i = 0; i < 10; i++)
            {
                SeriesLabels.Add(store.Registry, SeriesLabels.Typical(i));
            }

            _files.FailNext(failing);
            Should.Throw<IOException>(() => { store.AppendPending(); });
            store.DurableCount.ShouldBe(0u);
            SeriesLabels.Add(store.Registry, SeriesLabels.Typical(10));
            store.AppendPending().ShouldBe(11);
        }

        using TenantRegistryStore reopened = Open();
        reopened.Registry.SeriesCount.ShouldBe(11);
        reopened.Report.Damages.ShouldBeEmpty();
    }

    [Fact]
    public void AppendPending_DiskFullAtAnyByte_LosesNothingOnceSpaceReturns()
    {
        for (int space = 0; space < 1200; space += 13)
        {
            string folder = Path.Combine(_root, $"full-{space}");
            using (TenantRegistryStore store = Open(folder))
            {
                SeriesLabels.Add(store.Registry, SeriesLabels.Typical(0));
                store.AppendPending();
                for (int i = 1; i < 40; i++)
                {
                    SeriesLabels.Add(store.Registry, SeriesLabels.Typical(i * 10));
                }

                _files.FreeBytes = space;
                Should.Throw<IOException>(() => { store.AppendPending(); });
                Should.Throw<IOException>(() => { store.AppendPending(); });
                _files.FreeBytes = long.MaxValue;
                store.AppendPending().ShouldBe(39);
            }

            using TenantRegistryStore reopened = Open(folder);
            reopened.Registry.SeriesCount.ShouldBe(40);
            reopened.Report.Damages.ShouldBeEmpty();
        }
    }

    [Fact]
    public void Open_LogCutAtEachByteOfTheLastFrames_KeepsAllFramesBefore()
    {
        Write(0, 30, appendEvery: 10);
        string log = Directory.GetFiles(Folder, "log-*").ShouldHaveSingleItem();
        byte[] whole = File.ReadAllBytes(log);
        int[] ends = FrameEnds(whole);
        ends.Length.ShouldBe(3);
        for (int length = whole.Length - 1; length >= 0; length--)
        {
            string folder = Path.Combine(_root, $"cut-{length}");
            Directory.CreateDirectory(folder);
            File.WriteAllBytes(Path.Combine(folder, Path.GetFileName(log)), whole[..length]);

            using (TenantRegistryStore store = Open(folder))
            {
                int frames = ends.Count(e => e <= length);
                List<byte[]> labels = SeriesLabels.All(store.Registry);
                labels.Take(frames * 10).ShouldBe(Enumerable.Range(0, frames * 10).Select(SeriesLabels.Typical));
                labels.Skip(frames * 10).ShouldAllBe(static l => l.Length == 0); // refs of a frame whose header is whole stay taken
                (store.Report.Damages.Count == 0).ShouldBe(length == 0 || ends.Contains(length));

                if (length % 32 != 0)
                {
                    continue;
                }

                // What was lost is written again and found next time.
                SeriesLabels.Add(store.Registry, SeriesLabels.Typical(1000));
                store.AppendPending();
            }

            using TenantRegistryStore again = Open(folder);
            SeriesLabels.All(again.Registry)[^1].ShouldBe(SeriesLabels.Typical(1000));
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void Open_AnyFlippedBit_LosesOneFrameAndShiftsNoRef()
    {
        Write(0, 30, appendEvery: 10);
        string log = Directory.GetFiles(Folder, "log-*").ShouldHaveSingleItem();
        byte[] whole = File.ReadAllBytes(log);
        int[] ends = FrameEnds(whole);
        for (int offset = 0; offset < whole.Length; offset += 3)
        {
            string folder = Path.Combine(_root, $"flip-{offset}");
            Directory.CreateDirectory(folder);
            byte[] damaged = [.. whole];
            damaged[offset] ^= (byte)(1 << (offset % 8));
            File.WriteAllBytes(Path.Combine(folder, Path.GetFileName(log)), damaged);

            using TenantRegistryStore store = Open(folder);
            int broken = ends.Count(e => e <= offset);
            for (int i = 0; i < (int)store.Registry.RefEnd; i++)
            {
                byte[] expected = i / 10 == broken ? [] : SeriesLabels.Typical(i);
                store.Registry.GetLabels(new SeriesRef((uint)i)).SequenceEqual(expected).ShouldBeTrue();
            }

            store.Registry.RefEnd.ShouldBeGreaterThanOrEqualTo(broken == 2 ? 20u : 30u);
            RegistryDamage damage = store.Report.Damages.ShouldHaveSingleItem();
            int start = broken == 0 ? 0 : ends[broken - 1];
            damage.Offset.ShouldBe(start);
            File.ReadAllBytes(damage.Copy!).ShouldBe(damaged[start..ends[broken]]);
        }
    }

    [Fact]
    public async Task SaveSnapshot_ThenOpen_RestoresSeriesStatesAndIndex()
    {
        List<byte[]> written = Write(0, 3000, appendEvery: 1000);
        using (TenantRegistryStore store = Open())
        {
            for (uint i = 0; i < 3000; i += 3)
            {
                ref SeriesState state = ref store.Registry.State(new SeriesRef(i));
                state.LastTimestamp = 1000 + i;
                state.LastValueBits = BitConverter.DoubleToInt64Bits(i);
                state.FirstTimestamp = i;
                state.Flags = (byte)i;
                state.HeadRow = 77;
            }

            store.Registry.ReserveThrough(new SeriesRef(3004));
            await store.SaveSnapshotAsync(static _ => default, CancellationToken.None);
            store.SeriesSinceSnapshot.ShouldBe(0);
            SeriesLabels.Add(store.Registry, SeriesLabels.Typical(9999));
            store.AppendPending();
        }

        using TenantRegistryStore reopened = Open();
        reopened.Report.FromSnapshot.ShouldBe(3005u);
        reopened.Report.UnknownCount.ShouldBe(5);
        reopened.Registry.RefEnd.ShouldBe(3006u);
        reopened.Registry.SeriesCount.ShouldBe(3001);
        SeriesLabels.All(reopened.Registry).Take(3000).ShouldBe(written);
        for (uint i = 0; i < 3000; i++)
        {
            SeriesState state = reopened.Registry.State(new SeriesRef(i));
            (state.LastTimestamp, state.LastValueBits, state.FirstTimestamp, state.Flags).ShouldBe(i % 3 == 0
                ? (1000 + i, BitConverter.DoubleToInt64Bits(i), i, (byte)i)
                : (long.MinValue, 0, long.MaxValue, (byte)0));
            state.HeadRow.ShouldBe(-1);
        }

        SeriesLabels.Add(reopened.Registry, SeriesLabels.Typical(5)).ShouldBe(new SeriesRef(5));
        reopened.Registry.Index.Select([new(Model.Labels.MatchType.Equal, "pod", "api-server-00000007")], 3006, reopened.Registry, CancellationToken.None)
            .ShouldBe([.. Enumerable.Range(70, 10).Select(i => (uint)i)]);
    }

    [Fact]
    public async Task SaveSnapshot_ManyTimes_KeepsTwoAndDropsTheLogTheyCover()
    {
        using (TenantRegistryStore store = Open())
        {
            for (int round = 0; round < 5; round++)
            {
                for (int i = 0; i < 100; i++)
                {
                    SeriesLabels.Add(store.Registry, SeriesLabels.Typical((round * 100) + i));
                }

                store.AppendPending();
                await store.SaveSnapshotAsync(static _ => default, CancellationToken.None);
            }
        }

        Directory.GetFiles(Folder, "snapshot-*").Length.ShouldBe(2);
        Directory.GetFiles(Folder, "log-*").Length.ShouldBe(1);
        using TenantRegistryStore reopened = Open();
        SeriesLabels.All(reopened.Registry).ShouldBe(Enumerable.Range(0, 500).Select(SeriesLabels.Typical));
    }

    [Fact]
    public async Task Open_NewestSnapshotDamagedAnywhere_LoadsTheOneBeforeAndTheLog()
    {
        using (TenantRegistryStore store = Open())
        {
            for (int round = 0; round < 3; round++)
            {
                for (int i = 0; i < 20; i++)
                {
                    SeriesLabels.Add(store.Registry, SeriesLabels.Typical((round * 20) + i));
                }

                store.AppendPending();
                await store.SaveSnapshotAsync(static _ => default, CancellationToken.None);
            }

            SeriesLabels.Add(store.Registry, SeriesLabels.Typical(60));
            store.AppendPending();
        }

        string newest = Directory.GetFiles(Folder, "snapshot-*").Order().Last();
        byte[] whole = File.ReadAllBytes(newest);
        for (int offset = 0; offset < whole.Length; offset += 11)
        {
            string folder = Path.Combine(_root, $"damaged-{offset}");
            Directory.CreateDirectory(folder);
            foreach (string file in Directory.GetFiles(Folder))
            {
                File.Copy(file, Path.Combine(folder, Path.GetFileName(file)));
            }

            byte[] damaged = offset % 2 == 0 ? whole[..offset] : [.. whole];
            if (damaged.Length == whole.Length)
            {
                damaged[offset] ^= 0x10;
            }

            File.WriteAllBytes(Path.Combine(folder, Path.GetFileName(newest)), damaged);
            using TenantRegistryStore store = Open(folder);
            SeriesLabels.All(store.Registry).ShouldBe(Enumerable.Range(0, 61).Select(SeriesLabels.Typical));
            store.Report.Damages.ShouldHaveSingleItem().File.ShouldEndWith(Path.GetFileName(newest));
            await store.SaveSnapshotAsync(static _ => default, CancellationToken.None);
        }
    }

    [Theory]
    [InlineData(FaultyCall.Create)]
    [InlineData(FaultyCall.Write)]
    [InlineData(FaultyCall.Sync)]
    [InlineData(FaultyCall.Move)]
    public async Task SaveSnapshot_Fails_ChangesNothing(FaultyCall failing)
    {
        List<byte[]> written = Write(0, 50, appendEvery: 50);
        using (TenantRegistryStore store = Open())
        {
            await store.SaveSnapshotAsync(static _ => default, CancellationToken.None);
            _files.FailNext(failing);
            await Should.ThrowAsync<IOException>(async () => await store.SaveSnapshotAsync(static _ => default, CancellationToken.None));
            Directory.GetFiles(Folder, "*.tmp").ShouldBeEmpty();
        }

        using (TenantRegistryStore reopened = Open())
        {
            SeriesLabels.All(reopened.Registry).ShouldBe(written);
            await reopened.SaveSnapshotAsync(static _ => default, CancellationToken.None);
        }
    }

    [Fact]
    public async Task SaveSnapshot_SamplesCannotBeMadeDurable_IsAbandoned()
    {
        using TenantRegistryStore store = Open();
        SeriesLabels.Add(store.Registry, SeriesLabels.Typical(0));

        await Should.ThrowAsync<InvalidOperationException>(
            async () => await store.SaveSnapshotAsync(static _ => throw new InvalidOperationException("log is poisoned"), CancellationToken.None));

        Directory.GetFiles(Folder).ShouldBeEmpty();
    }

    [Fact]
    public async Task SaveSnapshot_WhileSeriesAreAdded_IsConsistent()
    {
        const int Total = 20_000;
        using (TenantRegistryStore store = Open())
        {
            Task snapshots = Task.Run(async () =>
            {
                while (store.Registry.SeriesCount < Total)
                {
                    store.AppendPending();
                    await store.SaveSnapshotAsync(static _ => default, CancellationToken.None);
                }
            });
            for (int i = 0; i < Total; i++)
            {
                SeriesLabels.Add(store.Registry, SeriesLabels.Typical(i));
            }

            await snapshots.WaitAsync(TimeSpan.FromSeconds(60));
            store.AppendPending();
        }

        using TenantRegistryStore reopened = Open();
        SeriesLabels.All(reopened.Registry).ShouldBe(Enumerable.Range(0, Total).Select(SeriesLabels.Typical));
        reopened.Report.Damages.ShouldBeEmpty();
    }

    [Fact]
    public void Open_LabelSetsOfVeryDifferentShape_RoundTrip()
    {
        byte[] huge = SeriesLabels.Raw("__name__", "m", "x", new string('v', 600_000));
        byte[] many = LabelSet.FromPairs(
            [new("__name__", "m"), .. Enumerable.Range(0, 300).Select(i => new KeyValuePair<string, string>($"l{i:d3}", $"{i}"))]).Bytes.ToArray();
        byte[][] keys = [SeriesLabels.Typical(1), SeriesLabels.Raw("__name__", "m"), SeriesLabels.Typical(2), many, SeriesLabels.Typical(3), huge,
            SeriesLabels.Raw("__name__", "n")];
        using (TenantRegistryStore store = Open(limits: new LabelLimits(0, 0, 0)))
        {
            foreach (byte[] key in keys)
            {
                SeriesLabels.Add(store.Registry, key);
            }

            store.AppendPending();
        }

        using TenantRegistryStore reopened = Open();
        SeriesLabels.All(reopened.Registry).ShouldBe(keys);
    }

    private static int[] FrameEnds(byte[] log)
    {
        var ends = new List<int>();
        for (int position = 0; position < log.Length;)
        {
            RegistryFrame.TryParse(log.AsSpan(position), out RegistryFrame frame).ShouldBeTrue();
            position += RegistryFrame.HeaderBytes + frame.PayloadLength;
            ends.Add(position);
        }

        return [.. ends];
    }

    private TenantRegistryStore Open(string? folder = null, LabelLimits? limits = null) =>
        TenantRegistryStore.Open(_files, folder ?? Folder, limits ?? LabelLimits.Default, NullLogger.Instance);

    private List<byte[]> Write(int from, int to, int appendEvery)
    {
        using TenantRegistryStore store = Open();
        for (int i = from; i < to; i++)
        {
            SeriesLabels.Add(store.Registry, SeriesLabels.Typical(i));
            if ((i + 1) % appendEvery == 0)
            {
                store.AppendPending();
            }
        }

        store.AppendPending();
        return SeriesLabels.All(store.Registry);
    }
}
