using CsCheck;
using RemoteStore.PromQL.Execution;
using Shouldly;
using Xunit;

namespace RemoteStore.PromQL.Tests.Execution;

public sealed class StableSortTests
{
    [Fact]
    public void Sort_OfAnyKeys_KeepsTheOrderOfEqualOnes() => Gen.Int[0, 20].Array[0, 200].Sample(keys =>
    {
        using var query = new QueryContext(new EngineOptions(), new ColumnPools(), isRange: false);
        int[] rows = [.. Enumerable.Range(0, keys.Length)];
        StableSort.Sort(query, rows, (a, b) => keys[a].CompareTo(keys[b]));
        rows.ShouldBe(Enumerable.Range(0, keys.Length).OrderBy(row => keys[row]));
        query.Memory.Bytes.ShouldBe(0);
    });

    [Fact]
    public void Sort_Cancelled_Ends()
    {
        using var query = new QueryContext(new EngineOptions(), new ColumnPools(), isRange: false) { CancellationToken = new CancellationToken(canceled: true) };
        Should.Throw<OperationCanceledException>(() => StableSort.Sort(query, new int[] { 2, 1 }, static (a, b) => a.CompareTo(b)));
        query.Memory.Bytes.ShouldBe(0);
    }
}
