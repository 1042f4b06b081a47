using RemoteStore.Model;
using RemoteStore.Model.Labels;
using RemoteStore.PromQL.Results;
using RemoteStore.PromQL.Testing;
using Shouldly;
using Xunit;

namespace RemoteStore.PromQL.Tests.Execution;

/// <summary>Series that become equal are one series when they have values at different steps, and an error when they meet.</summary>
public sealed class SeriesPiecesTests
{
    private const long Minute = 60_000;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Names_Dropped_JoinSeriesThatDoNotMeet(bool delayed)
    {
        TestStorage storage = Storage(("a", "", 0, 4, 1), ("b", "", 10, 14, 2));
        ResultSeries only = (await Query(storage, "-{job=\"x\"}", delayed)).ShouldHaveSingleItem();
        only.Labels.ShouldBe(LabelSet.From("job", "x"));
        only.Values.ToArray().ShouldBe([-1, -1, -1, -1, -1, -2, -2, -2, -2, -2]);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Names_Dropped_RefuseSeriesThatMeet(bool delayed)
    {
        TestStorage storage = Storage(("a", "", 0, 4, 1), ("b", "", 4, 14, 2));
        (await Should.ThrowAsync<QueryException>(async () => await Query(storage, "-{job=\"x\"}", delayed)))
            .Message.ShouldBe("vector cannot contain metrics with the same labelset");
    }

    [Fact]
    public async Task Names_OfOneMetricWithTwoTypes_JoinWhereTheyDoNotMeet()
    {
        TestStorage storage = Storage(("a", "gauge", 0, 4, 1), ("a", "counter", 10, 14, 2));
        ResultSeries only = (await Query(storage, "-a", delayed: false)).ShouldHaveSingleItem();
        only.Labels.ShouldBe(LabelSet.From("job", "x"));
        only.Values.Length.ShouldBe(10);
        (await Query(storage, "sum(-a)", delayed: false)).ShouldHaveSingleItem().Values.Length.ShouldBe(10);
    }

    [Fact]
    public async Task Names_OfOneMetricWithTwoTypes_RefuseWhatMeets()
    {
        TestStorage storage = Storage(("a", "gauge", 0, 14, 1), ("a", "counter", 10, 14, 2));
        foreach (string query in (string[])["-a", "sum(-a)", "rate(a[5m])"])
        {
            (await Should.ThrowAsync<QueryException>(async () => await Query(storage, query, delayed: false)))
                .Message.ShouldBe("vector cannot contain metrics with the same labelset");
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Subquery_OverPieces_SeesWholeSeries(bool delayed)
    {
        // Each operand has values at other steps; a window over the border sees both.
        TestStorage storage = Storage(("a", "", 0, 14, 1));
        const string Split = "(a and on () (vector(time()) < 420)) or (a * 3 and on () (vector(time()) >= 420))";
        ResultSeries only = (await Query(storage, $"sum_over_time(label_replace({Split}, \"__name__\", \"a\", \"\", \"\")[5m:1m] @ 540)", delayed)).ShouldHaveSingleItem();
        only.Values.Span[^1].ShouldBe(1 + 1 + 3 + 3 + 3); // 5, 6 | 7, 8, 9 minutes
    }

    [Fact]
    public async Task Join_WithAOneSideThatChanges_YieldsOneSeries()
    {
        TestStorage storage = Storage(("many", "", 0, 14, 5), ("one", "first", 0, 4, 10), ("one", "second", 10, 14, 100));
        ResultSeries only = (await Query(storage, "many * on (job) one", delayed: false)).ShouldHaveSingleItem();
        only.Values.ToArray().ShouldBe([50, 50, 50, 50, 50, 500, 500, 500, 500, 500]);
        IReadOnlyList<ResultSeries> both = await Query(storage, "many * on (job) group_left (__type__) one", delayed: false);
        both.Select(static series => series.Values.Length).ShouldBe([5, 5]);
    }

    [Fact]
    public async Task Join_WithBothSidesAtDifferentSteps_DoesNotMindDuplicates()
    {
        TestStorage storage = Storage(("many", "", 10, 14, 5), ("one", "first", 0, 3, 10), ("one", "second", 0, 3, 100));
        (await Query(storage, "many * on (job) one", delayed: false)).ShouldBeEmpty();
        storage = Storage(("many", "", 3, 14, 5), ("one", "first", 0, 3, 10), ("one", "second", 0, 3, 100));
        (await Should.ThrowAsync<QueryException>(async () => await Query(storage, "many * on (job) one", delayed: false))).Message.ShouldBe(
            "found duplicate series for the match group {job=\"x\"} on the right hand-side of the operation: [{__name__=\"one\", __type__=\"first\", job=\"x\"}, "
            + "{__name__=\"one\", __type__=\"second\", job=\"x\"}];many-to-many matching not allowed: matching labels must be unique on one side");
    }

    /// <summary>Series of one label set but for name and type, with a value at each minute from first to last.</summary>
    private static TestStorage Storage(params (string Name, string Type, int First, int Last, double Value)[] series)
    {
        var storage = new TestStorage();
        foreach ((string name, string type, int first, int last, double value) in series)
        {
            LabelSet labels = type.Length == 0 ? LabelSet.From("__name__", name, "job", "x") : LabelSet.From("__name__", name, "__type__", type, "job", "x");
            for (int minute = first; minute <= last; minute++)
            {
                storage.Add(labels, minute * Minute, BitConverter.DoubleToInt64Bits(value));
            }

            storage.Add(labels, (last + 1) * Minute, Model.Samples.SampleBits.StaleMarker);
        }

        return storage;
    }

    private static async Task<IReadOnlyList<ResultSeries>> Query(TestStorage storage, string query, bool delayed)
    {
        var engine = new QueryEngine(new EngineOptions { DelayedNameRemoval = delayed }, TimeProvider.System);
        QueryResult result = await engine.QueryAsync(TenantId.Anonymous, storage, new QueryRequest(query, 0, 14 * Minute, Minute), CancellationToken.None);
        engine.Pools.Outstanding.ShouldBe(0);
        return result.Series;
    }
}
