using CsCheck;
using RemoteStore.PromQL.Results;
using RemoteStore.PromQL.Tests.Planning;
using RemoteStore.Testing.Windows;
using Shouldly;
using Xunit;

namespace RemoteStore.PromQL.Tests.Windowed;

/// <summary>Laws that hold for every query, over generated ones and data of which coarse windows, fine ones and samples follow each other.</summary>
public sealed class GeneratedWindowQueryTests
{
    private const int QueriesPerSeed = 10;
    private const long Fine = 60_000;
    private const long Coarse = 300_000;

    private static readonly Gen<int> s_seed = Gen.Int[0, int.MaxValue];

    [Fact]
    public void Answer_Optimised_HasTheBitsOfTheQueryAsWritten() => s_seed.Sample(
        static seed =>
        {
            var world = new GeneratedWorld(seed);
            for (int i = 0; i < QueriesPerSeed; i++)
            {
                QueryRequest request = world.Over(world.Next());
                Describe(request, new EngineOptions()).ShouldBe(Describe(request, new EngineOptions { Optimise = false }), $"seed {seed}: {request}");
            }
        },
        iter: 40,
        threads: 1);

    [Fact]
    public void Answer_OfARangeSplitInTwo_IsThatOfTheRange() => s_seed.Sample(
        static seed =>
        {
            var world = new GeneratedWorld(seed);
            for (int i = 0; i < QueriesPerSeed; i++)
            {
                QueryRequest whole = world.Over(world.NextAnytime());
                long middle = whole.StartMs + ((whole.EndMs - whole.StartMs) / whole.StepMs / 2 * whole.StepMs);
                if (Points(whole) is { } expected)
                {
                    List<string> halves = [.. Points(whole with { EndMs = middle }).ShouldNotBeNull(), .. Points(whole with { StartMs = middle + whole.StepMs }).ShouldNotBeNull()];
                    halves.Order(StringComparer.Ordinal).ShouldBe(expected.Order(StringComparer.Ordinal), $"seed {seed}: {whole}");
                }
            }
        },
        iter: 40,
        threads: 1);

    private static DownsampledStore Store() =>
        new(GeneratedWorld.Store, Coarse, static time => time <= 2_100_000 ? Coarse : time <= 3_900_000 ? Fine : 0);

    private static List<string>? Points(QueryRequest request)
    {
        try
        {
            return [.. WindowedWorld.Evaluate(Store(), request).Points.Select(static point => $"{point.Key} {point.Value}")];
        }
        catch (QueryException)
        {
            return null;
        }
    }

    /// <summary>Infos that do not speak of windows: those do of the series that were read, which are fewer in an optimised query.</summary>
    private static IEnumerable<string> Others(QueryResult result) => result.Infos.Except(WindowedWorld.WindowInfos(result)).Order(StringComparer.Ordinal);

    private static string Describe(QueryRequest request, EngineOptions options)
    {
        try
        {
            (SortedDictionary<string, Point> points, QueryResult result) = WindowedWorld.Evaluate(Store(), request, options);
            return string.Join('\n', [.. points.Select(static point => $"{point.Key} {point.Value}"), .. result.Warnings.Order(StringComparer.Ordinal), .. Others(result)]);
        }
        catch (QueryException e)
        {
            return $"{e.Kind}: {e.Message}";
        }
    }
}
