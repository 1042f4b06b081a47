using CsCheck;
using RemoteStore.PromQL.Results;
using Shouldly;
using Xunit;

namespace RemoteStore.PromQL.Tests.Planning;

/// <summary>Laws that hold for every query, over generated ones. A failing seed is printed.</summary>
public sealed class GeneratedQueryTests
{
    private const int QueriesPerSeed = 10;

    private static readonly Gen<int> s_seed = Gen.Int[0, int.MaxValue];

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Answer_Optimised_HasTheBitsOfTheQueryAsWritten(bool delayedNameRemoval) => await s_seed.SampleAsync(
        async seed =>
        {
            var world = new GeneratedWorld(seed);
            var options = new EngineOptions { DelayedNameRemoval = delayedNameRemoval };
            for (int i = 0; i < QueriesPerSeed; i++)
            {
                QueryRequest request = world.Over(world.Next());
                string written = await DescribeAsync(request, options with { Optimise = false });
                foreach (long shared in (long[])[1 << 30, 3_000])
                {
                    string optimised = await DescribeAsync(request, options with { MaxSharedBytes = shared });
                    optimised.ShouldBe(written, $"seed {seed}: {request}");
                }
            }
        },
        iter: 40,
        threads: 1);

    [Fact]
    public async Task Answer_OfARangeSplitInTwo_IsThatOfTheRange() => await s_seed.SampleAsync(
        async seed =>
        {
            var world = new GeneratedWorld(seed);
            for (int i = 0; i < QueriesPerSeed; i++)
            {
                QueryRequest whole = world.Over(world.NextAnytime());
                long middle = whole.StartMs + ((whole.EndMs - whole.StartMs) / whole.StepMs / 2 * whole.StepMs);
                if (await TryAsync(whole) is { } expected)
                {
                    QueryResult first = (await TryAsync(whole with { EndMs = middle })).ShouldNotBeNull();
                    QueryResult second = (await TryAsync(whole with { StartMs = middle + whole.StepMs })).ShouldNotBeNull();
                    Points([first, second]).ShouldBe(Points([expected]), $"seed {seed}: {whole}");
                }
            }
        },
        iter: 40,
        threads: 1);

    [Fact]
    public async Task Answer_OfAnInstant_IsThatOfARangeOfOneStep() => await s_seed.SampleAsync(
        async seed =>
        {
            var world = new GeneratedWorld(seed);
            for (int i = 0; i < QueriesPerSeed; i++)
            {
                QueryRequest request = world.Over(world.Next());
                request = request with { EndMs = request.StartMs };
                QueryResult? step = await TryAsync(request);
                QueryResult? instant = await TryAsync(request with { StepMs = 0 });
                (instant is null).ShouldBe(step is null, $"seed {seed}: {request}");
                if (step is not null)
                {
                    Points([instant!]).ShouldBe(Points([step]), $"seed {seed}: {request}");
                }
            }
        },
        iter: 40,
        threads: 1);

    [Fact]
    public async Task Answer_OfStorageThatReadsOnlyWhatIsHinted_IsTheSame() => await s_seed.SampleAsync(
        async seed =>
        {
            var world = new GeneratedWorld(seed);
            for (int i = 0; i < QueriesPerSeed; i++)
            {
                QueryRequest request = world.Over(world.Next());
                string expected = await Planned.DescribeAsync(GeneratedWorld.Store, request, new EngineOptions());
                string actual = await Planned.DescribeAsync(new HintedStore(GeneratedWorld.Store), request, new EngineOptions());
                actual.ShouldBe(expected, $"seed {seed}: {request}");
            }
        },
        iter: 20,
        threads: 1);

    /// <summary>The answer or the error. Whatever it was, nothing is held afterwards.</summary>
    private static async Task<string> DescribeAsync(QueryRequest request, EngineOptions options)
    {
        var engine = new QueryEngine(options, TimeProvider.System);
        string text;
        try
        {
            text = Planned.Describe(await engine.QueryAsync(Model.TenantId.Anonymous, GeneratedWorld.Store, request, CancellationToken.None));
        }
        catch (QueryException e)
        {
            text = $"{e.Kind}: {e.Message}";
        }

        engine.UnreturnedBytes.ShouldBe(0, request.ToString());
        return text;
    }

    private static async Task<QueryResult?> TryAsync(QueryRequest request)
    {
        try
        {
            return await Planned.RunAsync(GeneratedWorld.Store, request, new EngineOptions());
        }
        catch (QueryException)
        {
            return null;
        }
    }

    /// <summary>All points by series and time.</summary>
    private static List<string> Points(IEnumerable<QueryResult> results) =>
    [
        .. results.SelectMany(static result => result.Series).SelectMany(static series => Enumerable.Range(0, series.Times.Length).Select(i =>
            $"{series.Labels} {series.Times.Span[i]:0000000000} {Planned.Value(series, i)}")).Order(StringComparer.Ordinal),
    ];
}
