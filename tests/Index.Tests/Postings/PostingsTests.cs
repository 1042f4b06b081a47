using CsCheck;
using RemoteStore.Index.Postings;
using RemoteStore.Primitives.Memory;
using Shouldly;
using Xunit;

namespace RemoteStore.Index.Tests.Postings;

public sealed class PostingsTests
{
    // Runs and gaps of all sizes, so that every kind of token and many chunks occur.
    private static readonly Gen<uint[]> s_refs =
        Gen.Select(
            Gen.Frequency((3, Gen.UInt[1, 1]), (3, Gen.UInt[2, 70]), (1, Gen.UInt[70, 100_000])),
            Gen.Frequency((3, Gen.Int[1, 2]), (1, Gen.Int[3, 300]))).Array[0, 300].Select(steps =>
        {
            var refs = new List<uint>();
            uint next = 0;
            foreach ((uint gap, int run) in steps)
            {
                next += gap - 1;
                for (int i = 0; i < run; i++)
                {
                    refs.Add(next++);
                }
            }

            return refs.ToArray();
        });

    [Fact]
    public void List_AnyRefs_ReadsBackAtEveryBound() =>
        Gen.Select(s_refs, Gen.UInt[0, 200_000]).Sample(
            (refs, upTo) =>
            {
                using var arena = new NativeArena();
                PostingsList list = Build(arena, refs);
                list.Count.ShouldBe((uint)refs.Length);
                RefSets.Decode(list, uint.MaxValue).ShouldBe(refs);
                RefSets.Decode(list, upTo).ShouldBe(refs.Where(r => r < upTo));
            },
            iter: 200);

    [Fact]
    public void List_SnapshotWhileGrowing_StaysAsItWas()
    {
        using var arena = new NativeArena();
        var store = new PostingsStore(arena);
        var head = default(PostingsHead);
        var snapshots = new List<(PostingsList List, uint[] Refs)>();
        var refs = new List<uint>();
        var random = new Random(7);
        uint next = 3;
        for (int i = 0; i < 2000; i++)
        {
            store.Append(ref head, next);
            refs.Add(next);
            next += random.Next(3) == 0 ? (uint)random.Next(1, 5000) : 1;
            if (i % 37 == 0)
            {
                snapshots.Add((store.Snapshot(head), refs.ToArray()));
            }
        }

        foreach ((PostingsList list, uint[] expected) in snapshots)
        {
            RefSets.Decode(list, uint.MaxValue).ShouldBe(expected);
        }
    }

    [Fact]
    public void List_ConsecutiveRefs_TakesNoMemoryBesideItsHead()
    {
        using var arena = new NativeArena();
        Build(arena, [.. Enumerable.Range(5, 10_000).Select(i => (uint)i)]).Count.ShouldBe(10_000u);

        arena.AllocatedBytes.ShouldBe(0);
    }

    [Fact]
    public void SetOperations_AnyRefs_AgreeWithSortedSet() =>
        Gen.Select(s_refs, s_refs).Sample(
            (left, right) =>
            {
                using var arena = new NativeArena();
                PostingsList list = Build(arena, right);
                var both = new SortedSet<uint>(left);
                both.IntersectWith(right);
                var rest = new SortedSet<uint>(left);
                rest.ExceptWith(right);
                var union = new SortedSet<uint>(left);
                union.UnionWith(right);

                uint[] scratch = [.. left];
                scratch[..RefSets.Intersect(scratch, list.Runs(uint.MaxValue))].ShouldBe(both);
                scratch = [.. left];
                scratch[..RefSets.Subtract(scratch, list.Runs(uint.MaxValue))].ShouldBe(rest);
                RefSets.Intersects(left, list.Runs(uint.MaxValue)).ShouldBe(both.Count > 0);

                uint bound = union.Count == 0 ? 0 : union.Max + 1;
                var bitmap = new RefBitmap(bound);
                bitmap.Add(list);
                scratch = [.. left];
                scratch[..bitmap.Filter(scratch, member: true)].ShouldBe(both);
                scratch = [.. left];
                scratch[..bitmap.Filter(scratch, member: false)].ShouldBe(rest);
                bitmap.Add(Build(arena, left));
                bitmap.ToArray().ShouldBe(union);
            },
            iter: 200);

    private static PostingsList Build(NativeArena arena, uint[] refs)
    {
        var store = new PostingsStore(arena);
        var head = default(PostingsHead);
        foreach (uint r in refs)
        {
            store.Append(ref head, r);
        }

        return store.Snapshot(head);
    }
}
