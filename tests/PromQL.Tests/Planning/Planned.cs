using RemoteStore.Model;
using RemoteStore.PromQL.Results;
using IQueryable = RemoteStore.Storage.Querying.IQueryable;

namespace RemoteStore.PromQL.Tests.Planning;

/// <summary>Evaluates queries as they are written and optimised.</summary>
internal static class Planned
{
    /// <summary>The answer as written, then the optimised one.</summary>
    public static async Task<QueryResult[]> BothAsync(IQueryable storage, QueryRequest request, EngineOptions? options = null)
    {
        options ??= new EngineOptions();
        return [await RunAsync(storage, request, options with { Optimise = false }), await RunAsync(storage, request, options with { Optimise = true })];
    }

    /// <summary>One answer.</summary>
    public static async Task<QueryResult> RunAsync(IQueryable storage, QueryRequest request, EngineOptions options) =>
        await new QueryEngine(options, TimeProvider.System).QueryAsync(TenantId.Anonymous, storage, request, CancellationToken.None);

    /// <summary>An answer, or the error, with every bit of it, as a text.</summary>
    public static async Task<string> DescribeAsync(IQueryable storage, QueryRequest request, EngineOptions options)
    {
        try
        {
            return Describe(await RunAsync(storage, request, options));
        }
        catch (QueryException e)
        {
            return $"{e.Kind}: {e.Message}";
        }
    }

    /// <summary>All of an answer but its cost; annotations come in no particular order.</summary>
    public static string Describe(QueryResult result)
    {
        var lines = new List<string> { $"{result.Type} {result.Text}" };
        foreach (ResultSeries series in result.Series)
        {
            IEnumerable<string> points = Enumerable.Range(0, series.Times.Length).Select(i =>
                $"{series.Times.Span[i]}:{Value(series, i)}");
            lines.Add($"{series.Labels} {string.Join(' ', points)}");
        }

        lines.AddRange(result.Warnings.Concat(result.Infos).Order(StringComparer.Ordinal));
        return string.Join('\n', lines);
    }

    /// <summary>A value with every bit of it.</summary>
    public static string Value(ResultSeries series, int index) => series.Histograms?[index] is { } histogram
        ? PromQL.Functions.HistogramDescription.Of(histogram)
        : BitConverter.DoubleToInt64Bits(series.Values.Span[index]).ToString("x", System.Globalization.CultureInfo.InvariantCulture);
}
