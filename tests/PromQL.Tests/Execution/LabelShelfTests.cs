using CsCheck;
using RemoteStore.PromQL.Execution;
using Shouldly;
using Xunit;

namespace RemoteStore.PromQL.Tests.Execution;

public sealed class LabelShelfTests
{
    [Fact]
    public void Shelf_UnderAnyUse_IsADictionaryOfWhatIsReferenced() =>
        Gen.Select(Gen.Int[0, 400], Gen.Int[0, 40]).Array[0, 300].Sample(actions =>
        {
            var pools = new ColumnPools();
            var memory = new QueryMemory(pools, long.MaxValue);
            var model = new Dictionary<int, byte[]>();
            using (var shelf = new LabelShelf(memory))
            {
                foreach ((int length, int index) in actions)
                {
                    if (length % 3 == 0 && model.Count > 0)
                    {
                        int gone = model.Keys.Order().ElementAt(index % model.Count);
                        model.Remove(gone);
                        shelf.LetGo(gone);
                    }
                    else
                    {
                        byte[] labels = [.. Enumerable.Repeat((byte)index, length)];
                        int number = shelf.Add(labels, dropName: index % 2 == 0);
                        shelf.Hold(number);
                        model.ContainsKey(number).ShouldBeFalse();
                        model[number] = labels;
                        shelf.DropName(number).ShouldBe(index % 2 == 0);
                    }
                }

                foreach ((int number, byte[] labels) in model)
                {
                    shelf.Labels(number).ToArray().ShouldBe(labels);
                }
            }

            memory.Bytes.ShouldBe(0);
            pools.Outstanding.ShouldBe(0);
        });

    [Fact]
    public void Shelf_WhoseLabelsComeAndGo_DoesNotGrow()
    {
        var memory = new QueryMemory(new ColumnPools(), long.MaxValue);
        using var shelf = new LabelShelf(memory);
        byte[] labels = new byte[100];
        for (int i = 0; i < 10_000; i++)
        {
            int number = shelf.Add(labels, dropName: false);
            shelf.Hold(number);
            shelf.LetGo(number);
        }

        memory.PeakBytes.ShouldBeLessThan(64 << 10);
    }
}
