using CsCheck;
using RemoteStore.Primitives.Memory;
using Shouldly;
using Xunit;

namespace RemoteStore.Primitives.Tests.Memory;

public sealed class NativeMemoryTests
{
    [Fact]
    public void NativeArena_AnySizes_KeepsContentAndNeverHandsOutZero() =>
        Gen.Frequency((8, Gen.Int[0, 400]), (1, Gen.Int[400, 700_000])).Array[1, 60].Sample(
            sizes =>
            {
                using var arena = new NativeArena();
                var handles = new List<(uint Handle, int Size, byte Mark)>();
                foreach (int size in sizes)
                {
                    uint handle = arena.Allocate(size);
                    handle.ShouldNotBe(0u);
                    arena.Bytes(handle, 0, size).IndexOfAnyExcept((byte)0).ShouldBe(-1);
                    byte mark = (byte)(handles.Count + 1);
                    arena.Bytes(handle, 0, size).Fill(mark);
                    handles.Add((handle, size, mark));
                }

                foreach ((uint handle, int size, byte mark) in handles)
                {
                    arena.Bytes(handle, 0, size).IndexOfAnyExcept(mark).ShouldBe(-1);
                    arena.Memory(handle, 0, size).Span.SequenceEqual(arena.Bytes(handle, 0, size)).ShouldBeTrue();
                    (arena.Address(handle) % 8).ShouldBe(0);
                }
            },
            iter: 50);

    [Fact]
    public void NativeArena_FewSmallAllocations_TakesOneSmallChunk()
    {
        using var arena = new NativeArena();
        arena.AllocatedBytes.ShouldBe(0);
        arena.Allocate(100);
        arena.Allocate(100);

        arena.AllocatedBytes.ShouldBe(4096);
    }

    [Fact]
    public void NativeArena_MemoryAfterDispose_Throws()
    {
        var arena = new NativeArena();
        ReadOnlyMemory<byte> memory = arena.Memory(arena.Allocate(8), 0, 8);
        arena.Dispose();

        Should.Throw<ObjectDisposedException>(() => memory.Span.Length);
        Should.Throw<ObjectDisposedException>(() => arena.Allocate(1));
    }

    [Fact]
    public void NativeArena_MemoryOfAnAllocation_AllocatesNothing()
    {
        using var arena = new NativeArena();
        uint handle = arena.Allocate(100);
        _ = arena.Memory(handle, 0, 100);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1000; i++)
        {
            _ = arena.Memory(handle, i % 50, 50);
        }

        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBe(0);
    }

    [Fact]
    public void SegmentedArray_ManyElements_StayWhereTheyAre()
    {
        using var array = new SegmentedArray<long>();
        array.Append(-1);
        ref long first = ref array[0];
        for (int i = 1; i < 100_000; i++)
        {
            array.Append(i).ShouldBe(i);
        }

        first = -2;
        array[0].ShouldBe(-2);
        for (int i = 1; i < array.Count; i++)
        {
            if (array[i] != i)
            {
                array[i].ShouldBe(i);
            }
        }
    }

    [Fact]
    public async Task SegmentedArray_ReadWhileAppending_PublishesWholeElements()
    {
        using var array = new SegmentedArray<(long A, long B)>();
        const int Total = 200_000;
        Task reader = Task.Run(() =>
        {
            for (int seen = 0; seen < Total;)
            {
                int count = array.Count;
                for (; seen < count; seen++)
                {
                    (long a, long b) = array[seen];
                    if (a != seen + 1 || b != -a)
                    {
                        throw new InvalidOperationException($"element {seen} is ({a}, {b})");
                    }
                }
            }
        });
        for (int i = 1; i <= Total; i++)
        {
            array.Append((i, -i));
        }

        await reader.WaitAsync(TimeSpan.FromSeconds(30));
    }

    [Fact]
    public void SlotTable_AnyEntries_BehavesAsMultimap() =>
        Gen.Select(Gen.UInt[0, 500], Gen.UInt[1, uint.MaxValue]).Array[0, 2000].Sample(
            entries =>
            {
                using var table = new SlotTable();
                foreach ((uint hash, uint value) in entries)
                {
                    table.Insert(hash * 8_000_011, value);
                }

                table.Count.ShouldBe(entries.Length);
                foreach (IGrouping<uint, (uint Hash, uint Value)> group in entries.GroupBy(e => e.Item1))
                {
                    ValuesOf(table, group.Key * 8_000_011).Order().ShouldBe(group.Select(e => e.Value).Order());
                }

                ValuesOf(table, 501u * 8_000_011).ShouldBeEmpty();
            },
            iter: 50);

    [Fact]
    public void SlotTable_Cleared_GivesMemoryBackAndWorksAgain()
    {
        using var table = new SlotTable();
        table.Insert(7, 1);
        table.Clear();
        table.AllocatedBytes.ShouldBe(0);
        ValuesOf(table, 7).ShouldBeEmpty();
        table.Insert(7, 2);
        ValuesOf(table, 7).ShouldBe([2u]);
    }

    private static List<uint> ValuesOf(SlotTable table, uint hash)
    {
        var values = new List<uint>();
        uint position = table.Start(hash);
        for (uint value; (value = table.Next(hash, ref position)) != 0;)
        {
            values.Add(value);
        }

        return values;
    }
}
