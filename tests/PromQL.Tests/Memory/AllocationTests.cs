using System.Text;
using RemoteStore.Model.Labels;
using RemoteStore.PromQL.Aggregations;
using RemoteStore.PromQL.Annotations;
using RemoteStore.PromQL.Execution;
using RemoteStore.PromQL.Operators;
using RemoteStore.PromQL.Parser.Syntax;
using Shouldly;
using Xunit;

namespace RemoteStore.PromQL.Tests.Memory;

/// <summary>Warm operators allocate nothing per series or step: twice the series cost no more managed memory than a few longer lists.</summary>
public sealed class AllocationTests
{
    private const int Few = 300;
    private const int Many = 600;
    private const int Tolerance = 4_096;

    private static readonly StepGrid s_grid = new(60_000, 60_000, 200);

    [Theory]
    [InlineData("sum")]
    [InlineData("topk")]
    [InlineData("limitk")]
    [InlineData("limit_ratio")]
    [InlineData("quantile")]
    [InlineData("count_values")]
    [InlineData("and")]
    [InlineData("or")]
    [InlineData("join")]
    [InlineData("group_left")]
    [InlineData("label_replace")]
    [InlineData("label_join")]
    [InlineData("drop name")]
    [InlineData("sort")]
    public async Task Operator_WhenWarm_AllocatesNothingPerSeries(string name)
    {
        var pools = new ColumnPools();
        await AllocatedAsync(name, Many, pools);
        await AllocatedAsync(name, Few, pools);
        long few = await AllocatedAsync(name, Few, pools);
        long many = await AllocatedAsync(name, Many, pools);
        (many - few).ShouldBeLessThan(Tolerance, $"{few} bytes for {Few} series, {many} for {Many}");
    }

    private static async Task<long> AllocatedAsync(string name, int series, ColumnPools pools)
    {
        using var query = new QueryContext(new EngineOptions(), pools, isRange: true);
        var left = new ReplayOperator(query, series, "m");
        var right = new ReplayOperator(query, series, "n");
        SeriesOperator tested = Create(name, query, left, right);
        using var row = new StepSeries(query.Memory, s_grid.Count);
        long before = GC.GetAllocatedBytesForCurrentThread();
        int rows = 0;
        while (await tested.LoadAsync(CancellationToken.None))
        {
            while (tested.TryNext(row))
            {
                rows++;
            }
        }

        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        rows.ShouldBeGreaterThan(0);
        await tested.DisposeAsync();
        return allocated;
    }

    private static SeriesOperator Create(string name, QueryContext query, ReplayOperator left, ReplayOperator right)
    {
        ScalarArguments Arguments(double value) => new(query, s_grid, [new ConstantScalar(s_grid, value)]);
        Grouping ByJob() => new(query, ["job"], without: false);
        VectorMatching matching = VectorMatching.Default with { On = true, Labels = ["instance"] };
        ElementOperator add = new(BinaryOperator.Add, new AnnotationSet(), 0);
        return name switch
        {
            "sum" => new FoldOperator(query, left, ByJob(), new SumFold(query, s_grid, 0, average: false)),
            "topk" => new TopOperator(query, left, ByJob(), AggregateOperator.TopK, Arguments(3), 0),
            "limitk" => new LimitOperator(query, left, ByJob(), Arguments(3)),
            "limit_ratio" => new LimitRatioOperator(query, left, Arguments(0.5), 0),
            "quantile" => new QuantileOperator(query, left, ByJob(), Arguments(0.5), 0, 0),
            "count_values" => new CountValuesOperator(query, left, "v", ["job"], without: false),
            "and" => new FilterOperator(query, left, right, matching, keepPresent: true),
            "or" => new UnionOperator(query, left, right, matching with { Labels = ["path"] }),
            "join" => new JoinOperator(query, left, right, add, matching, returnBool: false),
            "group_left" => new JoinOperator(
                query, left, right, add, matching with { Cardinality = MatchCardinality.ManyToOne, Include = ["path"] }, returnBool: false),
            "label_replace" => new LabelFunctionOperator(query, left, new LabelReplacement("x"u8, "$1"u8, "instance"u8, "host-(.*)")),
            "label_join" => new LabelFunctionOperator(query, left, new LabelJoin("x"u8, "/"u8, [Encoding.UTF8.GetBytes("job")])),
            "drop name" => new DropNameOperator(query, new UnaryMinusOperator(query, left), merge: true),
            _ => new SortOperator(query, left, null, descending: false, 0),
        };
    }

    /// <summary>Yields prepared series, without allocating.</summary>
    private sealed class ReplayOperator(QueryContext query, int series, string name) : SeriesOperator(query, s_grid)
    {
        private readonly LabelSet[] _labels =
        [
            .. Enumerable.Range(0, series).Select(
                i => LabelSet.From("__name__", name, "instance", $"host-{i}", "job", $"job-{i % 4}", "path", name == "m" ? "/a" : "/b")),
        ];

        private int _next;

        public override ValueTask<bool> LoadAsync(CancellationToken cancellationToken) => ValueTask.FromResult(_next < _labels.Length);

        public override bool TryNext(StepSeries row)
        {
            if (_next >= _labels.Length)
            {
                return false;
            }

            row.Begin(_labels[_next].Bytes.Span, dropName: false);
            for (int step = 0; step < row.Steps; step++)
            {
                row.Set(step, ((_next * 31) + step) % 7);
            }

            _next++;
            return true;
        }
    }
}
