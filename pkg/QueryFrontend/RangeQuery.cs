using RemoteStore.PromQL;
using RemoteStore.PromQL.Results;
using RemoteStore.PromQL.Service;
using RemoteStore.QueryFrontend.Analysis;
using RemoteStore.QueryFrontend.Caching;
using RemoteStore.QueryFrontend.Splitting;
using RemoteStore.Storage.Querying;

namespace RemoteStore.QueryFrontend;

/// <summary>One range query whose steps do not depend on each other: answered from kept answers and pieces of its range.</summary>
/// <param name="parts">What range queries share.</param>
/// <param name="call">The query.</param>
/// <param name="budget">What it may cost.</param>
/// <param name="shape">What it looks at.</param>
/// <param name="lookbackMs">Lookback delta that holds for it.</param>
internal sealed class RangeQuery(RangeQueryParts parts, QueryCall call, QueryBudget budget, QueryShape shape, long lookbackMs)
{
    private const long CoarseMs = 60_000;

    private readonly CachedRequest _request = Describe(call, shape, lookbackMs);
    private readonly long _nowMs = parts.Time.GetUtcNow().ToUnixTimeMilliseconds();
    private CachedResults _known = CachedResults.Empty;
    private List<ResultExtent> _valid = [];
    private List<RangePiece> _pieces = [];
    private WriteVersion _version;
    private long _points;

    /// <summary>Steps that look at samples from here on are computed each time. On a grid, so that watching does not move with every query.</summary>
    private long SettledMs => (_nowMs - (long)parts.Options.CacheMinAge.TotalMilliseconds) / CoarseMs * CoarseMs;

    /// <summary>Finds what is kept, and holds.</summary>
    public async ValueTask LookUpAsync(CancellationToken cancellationToken)
    {
        _version = parts.Versions.Watch(call.Tenant, SettledMs);
        _pieces = [new RangePiece(_request.Steps, null)];
        if (!UsesCache)
        {
            return;
        }

        _known = await parts.Cache!.GetAsync(_request.Key, cancellationToken).ConfigureAwait(false) ?? CachedResults.Empty;
        var lookup = new CacheLookup(parts.Versions, _request, _version);
        _valid = lookup.Valid(_known.Extents);
        _pieces = lookup.Cover(_valid);
        parts.Metrics.Invalidated(lookup.Invalid);
    }

    /// <summary>The answer when it needs no computing, else null.</summary>
    public QueryResult? FromCache()
    {
        QueryResult? result = _pieces.TrueForAll(static piece => piece.Cached is not null)
            ? PieceResults.Join(_request, budget, call.Request.Trace, [.. _pieces.Select(static piece => (piece, (QueryResult?)null))])
            : null;
        if (result is not null)
        {
            parts.Metrics.LookedUp(CacheOutcome.Hit);
        }

        return result;
    }

    /// <summary>Computes what is missing and keeps what may be kept. The caller holds a slot.</summary>
    public async ValueTask<QueryResult> ComputeAsync(CancellationToken cancellationToken)
    {
        List<RangePiece> pieces = [.. _pieces.SelectMany(Cut)];
        List<StepRange> missing = [.. pieces.Where(static piece => piece.Cached is null).Select(static piece => piece.Steps)];
        if (UsesCache)
        {
            parts.Metrics.LookedUp(missing.Count == pieces.Count ? CacheOutcome.Miss : CacheOutcome.Partial);
        }

        parts.Metrics.Computes(missing.Count);
        QueryResult[]? computed = await TryComputeAsync(missing, isWhole: pieces.Count == 1 && missing.Count == 1, cancellationToken).ConfigureAwait(false);
        QueryResult? result = computed is null ? null : await JoinAsync(pieces, missing, computed, cancellationToken).ConfigureAwait(false);
        if (result is null)
        {
            parts.Metrics.ComputesWhole();
            return await parts.Querier.QueryAsync(call, cancellationToken).ConfigureAwait(false);
        }

        return result;
    }

    // A count by step is not kept; an answer with gaps is not kept, nor is it known to be made without them.
    private bool UsesCache =>
        parts.Cache is not null && call is { UseCache: true, AllowPartial: false } && !call.Request.StatisticsPerStep && _version.IsWatched;

    private static CachedRequest Describe(QueryCall call, QueryShape shape, long lookbackMs)
    {
        QueryRequest request = call.Request;
        long stepMs = request.StepMs;
        var key = new ResultsCacheKey(call.Tenant, shape.Text, stepMs, RangeSplitter.Modulo(request.StartMs, stepMs), lookbackMs, request.MaxSourceResolution ?? default);
        var steps = new StepRange(request.StartMs, request.StartMs + ((request.EndMs - request.StartMs) / stepMs * stepMs));
        return new CachedRequest(key, request.Query, shape, steps);
    }

    /// <summary>
    /// Cuts what is missing by the interval. Of queries whose answers carry annotations in small pieces besides, and where the kept part ends, so that each
    /// piece can be kept with its own.
    /// </summary>
    private IEnumerable<RangePiece> Cut(RangePiece piece)
    {
        if (piece.Cached is not null)
        {
            return [piece];
        }

        long stepMs = _request.Key.StepMs;
        IEnumerable<StepRange> ranges =
            RangeSplitter.Cut(piece.Steps, stepMs, RangeSplitter.Interval((long)parts.Options.SplitInterval.TotalMilliseconds, _request.Steps, stepMs, shape));
        if (UsesCache && _known.IsAnnotated)
        {
            long settled = ExtentMerge.LastSettled(_request, SettledMs);
            ranges = ranges.SelectMany(range => range.StartMs > settled || range.EndMs <= settled
                ? [range]
                : new[] { range with { EndMs = settled }, range with { StartMs = settled + stepMs } });
            ranges = ranges.SelectMany(range =>
                range.StartMs > settled ? [range] : RangeSplitter.Cut(range, stepMs, SmallPieceMs(), _request.Key.OffsetMs));
        }

        return ranges.Select(static range => new RangePiece(range, null));
    }

    /// <summary>A power of two of steps, the same for ranges of about the same length.</summary>
    private long SmallPieceMs()
    {
        const long LeastSteps = 16;
        const long Pieces = 8;
        long steps = Math.Max(LeastSteps, _request.Steps.Count(_request.Key.StepMs) / Pieces);
        return (long)System.Numerics.BitOperations.RoundUpToPowerOf2((ulong)steps) * _request.Key.StepMs;
    }

    /// <summary>Computes pieces; null when they fail where it is for the whole query to say how.</summary>
    private async ValueTask<QueryResult[]?> TryComputeAsync(List<StepRange> missing, bool isWhole, CancellationToken cancellationToken)
    {
        try
        {
            return await parts.Runner.RunAsync(
                call.Tenant, missing, (piece, token) => isWhole ? parts.Querier.QueryAsync(call, token) : ComputeAsync(piece, token), cancellationToken)
                .ConfigureAwait(false);
        }
        catch (QueryException e) when (!isWhole && e.Kind is (QueryErrorKind.Execution or QueryErrorKind.Limit))
        {
            return null;
        }
    }

    /// <summary>Pieces that are computed at once share what the whole may hold, and so do the answers that wait for the last one.</summary>
    private async ValueTask<QueryResult> ComputeAsync(StepRange piece, CancellationToken cancellationToken)
    {
        QueryRequest request = call.Request with
        {
            StartMs = piece.StartMs,
            EndMs = piece.EndMs,
            Limits = budget.Lower(call.Request.Limits, parts.Options.SplitConcurrency),
        };
        QueryResult result = await parts.Querier.QueryAsync(call with { Request = request }, cancellationToken).ConfigureAwait(false);
        long points = Interlocked.Add(ref _points, result.Series.Sum(static series => (long)series.Times.Length));
        return PieceResults.Fits(points, result.Series.Count, budget) ? result : throw PieceResults.TooLarge();
    }

    private async ValueTask<QueryResult?> JoinAsync(
        List<RangePiece> pieces, List<StepRange> missing, QueryResult[] computed, CancellationToken cancellationToken)
    {
        if (UsesCache)
        {
            var merge = new ExtentMerge(_request, _version, SettledMs);
            if (merge.Merge(_known, _valid, missing.Zip(computed), _nowMs) is { } kept)
            {
                await parts.Cache!.SetAsync(_request.Key, kept, cancellationToken).ConfigureAwait(false);
            }
        }

        if (pieces.Count == 1 && computed.Length == 1)
        {
            return computed[0];
        }

        var answers = new List<(RangePiece, QueryResult?)>(pieces.Count);
        int next = 0;
        foreach (RangePiece piece in pieces)
        {
            answers.Add((piece, piece.Cached is null ? computed[next++] : null));
        }

        return PieceResults.Join(_request, budget, call.Request.Trace, answers);
    }
}
