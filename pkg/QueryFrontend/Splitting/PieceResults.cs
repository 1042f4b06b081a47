using RemoteStore.PromQL;
using RemoteStore.PromQL.Results;
using RemoteStore.QueryFrontend.Caching;

namespace RemoteStore.QueryFrontend.Splitting;

/// <summary>Makes the answer to a range query of the answers to its pieces.</summary>
internal static class PieceResults
{
    /// <summary>The whole answer; null when it cannot be told from the pieces what one evaluation would answer.</summary>
    /// <param name="request">The query.</param>
    /// <param name="budget">What one evaluation may hold.</param>
    /// <param name="traces">True to tell what was done for each piece.</param>
    /// <param name="pieces">All pieces in order of time, with the answers to those that were computed.</param>
    public static QueryResult? Join(
        CachedRequest request, QueryBudget budget, bool traces, IReadOnlyList<(RangePiece Piece, QueryResult? Computed)> pieces)
    {
        var warnings = new AnnotationMerge();
        var infos = new AnnotationMerge();
        var series = new List<IReadOnlyList<ResultSeries>>(pieces.Count);
        long points = 0;
        foreach ((RangePiece piece, QueryResult? computed) in pieces)
        {
            warnings.Add(computed?.Warnings ?? piece.Cached!.Warnings);
            infos.Add(computed?.Infos ?? piece.Cached!.Infos);
            series.Add(computed?.Series ?? ResultSlices.Slice(piece.Cached!.Series, piece.Steps));
            points += series[^1].Sum(static one => (long)one.Times.Length);
        }

        IReadOnlyList<ResultSeries> joined = SeriesConcatenation.Join(series);
        if (warnings.IsAmbiguous || infos.IsAmbiguous || !Fits(points, joined.Count, budget))
        {
            return null;
        }

        return new QueryResult(
            request.Shape.Type,
            joined,
            Text: null,
            request.Steps.StartMs,
            warnings.Texts,
            infos.Texts,
            Statistics([.. pieces.Select(static piece => piece.Computed?.Statistics).OfType<QueryStatistics>()]))
        {
            Trace = traces ? Trace(pieces, request.Key.StepMs) : null,
        };
    }

    /// <summary>True when one evaluation may hold an answer of that size. What it needs besides is bounded for each piece.</summary>
    public static bool Fits(long points, long series, QueryBudget budget) => points <= budget.MaxSamples && series <= budget.MaxSeries
        && points <= budget.MaxMemoryBytes / (sizeof(double) + sizeof(long));

    /// <summary>Tells that the query is to be evaluated as a whole, which fails in the engine's words.</summary>
    public static QueryException TooLarge() => new(QueryErrorKind.Limit, "the answers to the pieces of a query are larger than the query may be");

    /// <summary>Sums, and the highest of peaks. What came from the cache cost nothing.</summary>
    private static QueryStatistics Statistics(IReadOnlyList<QueryStatistics> parts) => new(
        parts.Sum(static part => part.TotalQueryableSamples),
        parts.Select(static part => part.PeakSamples).DefaultIfEmpty().Max(),
        parts.Sum(static part => part.SamplesRead),
        parts.Sum(static part => part.SeriesRead),
        parts.Select(static part => part.PeakMemoryBytes).DefaultIfEmpty().Max(),
        [.. parts.SelectMany(static part => part.TotalQueryableSamplesPerStep)],
        TimeSpan.FromTicks(parts.Sum(static part => part.PreparationTime.Ticks)),
        TimeSpan.FromTicks(parts.Sum(static part => part.EvaluationTime.Ticks)));

    private static QueryTrace Trace(IReadOnlyList<(RangePiece Piece, QueryResult? Computed)> pieces, long stepMs)
    {
        List<QueryTrace> inputs = [.. pieces.Select(static piece => piece.Computed?.Trace).OfType<QueryTrace>()];
        long cached = pieces.Where(static piece => piece.Computed is null).Sum(piece => piece.Piece.Steps.Count(stepMs));
        long all = pieces.Sum(piece => piece.Piece.Steps.Count(stepMs));
        return new QueryTrace(
            "pieces of the range",
            TimeSpan.FromTicks(inputs.Sum(static input => input.Elapsed.Ticks)),
            inputs.Sum(static input => input.Series),
            inputs.Sum(static input => input.Samples),
            inputs.Select(static input => input.PeakBytes).DefaultIfEmpty().Max(),
            string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{cached} of {all} steps from the results cache"),
            inputs);
    }
}
