using System.Buffers;
using RemoteStore.Model;
using RemoteStore.Model.Labels;
using RemoteStore.Model.Writes;
using RemoteStore.Storage.Querying;
using RemoteStore.Tsdb.Exemplars;
using Shouldly;
using Xunit;

namespace RemoteStore.Tsdb.Tests.Exemplars;

public class ExemplarStoreTests
{
    private static readonly byte[] s_trace = LabelSet.From("trace_id", "a").Bytes.ToArray();

    [Fact]
    public void Add_SameExemplarsAgain_SucceedsAndChangesNothing()
    {
        var store = new ExemplarStore(10);
        for (int time = 1; time <= 3; time++)
        {
            store.Add(new SeriesRef(7), s_trace, time, time, out bool added).ShouldBe(AppendStatus.Ok);
            added.ShouldBeTrue();
        }

        for (int time = 1; time <= 3; time++)
        {
            store.Add(new SeriesRef(7), s_trace, time, time, out bool added).ShouldBe(AppendStatus.Ok);
            added.ShouldBeFalse();
        }

        store.Add(new SeriesRef(7), s_trace, 99, 2, out _).ShouldBe(AppendStatus.OutOfOrder);
        Times(store, 7).ShouldBe([1, 2, 3]);
    }

    [Fact]
    public void Add_LabelsTooLong_IsRefused() =>
        new ExemplarStore(10).Add(new SeriesRef(1), LabelSet.From("trace_id", new string('x', 121)).Bytes.Span, 1, 1, out _)
            .ShouldBe(AppendStatus.InvalidExemplar);

    [Fact]
    public void Add_MoreThanCapacity_OldestMakeRoom()
    {
        var store = new ExemplarStore(4);
        for (int time = 0; time < 10; time++)
        {
            store.Add(new SeriesRef((uint)(time % 2)), s_trace, time, time, out _).ShouldBe(AppendStatus.Ok);
        }

        store.Count.ShouldBe(4);
        Times(store, 0).ShouldBe([6, 8]);
        Times(store, 1).ShouldBe([7, 9]);
    }

    [Fact]
    public void Snapshot_LoadedAgain_HoldsTheSameAndEveryFlippedByteIsNoticed()
    {
        var store = new ExemplarStore(8);
        for (int time = 0; time < 5; time++)
        {
            store.Add(new SeriesRef(3), s_trace, time, time, out _);
        }

        var bytes = new ArrayBufferWriter<byte>();
        store.WriteSnapshot(bytes);
        var loaded = new ExemplarStore(8);
        loaded.TryLoadSnapshot(bytes.WrittenSpan).ShouldBeTrue();
        Times(loaded, 3).ShouldBe(Times(store, 3));
        for (int i = 0; i < bytes.WrittenCount; i++)
        {
            byte[] damaged = bytes.WrittenSpan.ToArray();
            damaged[i] ^= 1;
            new ExemplarStore(8).TryLoadSnapshot(damaged).ShouldBeFalse($"byte {i}");
        }
    }

    private static long[] Times(ExemplarStore store, uint series) =>
        [.. store.Select(new SeriesRef(series), QueryRange.All).Select(static (Exemplar e) => e.TimestampMs)];
}
