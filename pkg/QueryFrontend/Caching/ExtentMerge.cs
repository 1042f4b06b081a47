using RemoteStore.PromQL.Parser.Syntax;
using RemoteStore.PromQL.Results;
using RemoteStore.QueryFrontend.Analysis;
using RemoteStore.QueryFrontend.Splitting;
using RemoteStore.Storage.Querying;

namespace RemoteStore.QueryFrontend.Caching;

/// <summary>Adds what was computed to what is kept of a query.</summary>
/// <param name="request">The query.</param>
/// <param name="version">What was stored before anything was computed.</param>
/// <param name="settledMs">Steps that look at samples from this time on are not kept: those may still come in the usual order.</param>
internal sealed class ExtentMerge(CachedRequest request, WriteVersion version, long settledMs)
{
    // Of a key, more would be pieces that nobody has asked for in a row.
    private const int MaxExtents = 64;

    private const long WidestForMs = 3_600_000;

    private readonly List<(StepRange Steps, IReadOnlyList<ResultSeries> Series)> _run = [];
    private ExprType _type;
    private bool _changed;
    private bool _annotated;

    /// <summary>The last step that may be kept; <see cref="long.MinValue"/> when none may.</summary>
    public static long LastSettled(CachedRequest request, long settledMs)
    {
        TimeReach reach = request.Shape.Reach;
        if (reach.HasTimes && reach.MaxTimeMs >= settledMs)
        {
            return long.MinValue;
        }

        if (!reach.HasOffsets)
        {
            return request.Steps.EndMs;
        }

        long before = TimeReach.Add(settledMs, reach.MaxOffsetMs == long.MinValue ? long.MaxValue : -reach.MaxOffsetMs);
        return before <= request.Steps.StartMs
            ? long.MinValue
            : Math.Min(request.Steps.EndMs, RangeSplitter.LastBefore(before, request.Steps.StartMs, request.Key.StepMs));
    }

    /// <summary>What is to be kept from now on; null when nothing is new.</summary>
    /// <param name="before">What was kept.</param>
    /// <param name="valid">What of it holds.</param>
    /// <param name="computed">Answers to pieces of the range.</param>
    /// <param name="nowMs">The time, milliseconds since the Unix epoch.</param>
    public CachedResults? Merge(CachedResults before, IEnumerable<ResultExtent> valid, IEnumerable<(StepRange Steps, QueryResult Result)> computed, long nowMs)
    {
        long lengthMs = request.Steps.EndMs - request.Steps.StartMs;
        bool widens = lengthMs >= before.WidestMs || nowMs >= before.WidestUntilMs;
        long widestMs = widens ? lengthMs : before.WidestMs;
        List<ResultExtent> extents = [.. valid];
        long last = LastSettled(request, settledMs);
        foreach ((StepRange steps, QueryResult result) in computed)
        {
            Add(extents, steps, result, last);
        }

        JoinRun(extents);
        if (!_changed && (before.IsAnnotated || !_annotated))
        {
            return null;
        }

        IEnumerable<ResultExtent> kept = extents.OrderBy(static extent => extent.Steps.StartMs).TakeLast(MaxExtents).Select(extent => Shorten(extent, widestMs));
        return new CachedResults([.. kept])
        {
            IsAnnotated = _annotated || before.IsAnnotated,
            WidestMs = widestMs,
            WidestUntilMs = widens ? nowMs + WidestForMs : before.WidestUntilMs,
        };
    }

    private void Add(List<ResultExtent> extents, StepRange steps, QueryResult result, long last)
    {
        bool annotated = result.Warnings.Count + result.Infos.Count > 0;
        _annotated |= annotated;
        StepRange kept = steps with { EndMs = Math.Min(steps.EndMs, last) };
        if (kept.IsEmpty || (annotated && kept != steps))
        {
            return;
        }

        _changed = true;
        IReadOnlyList<ResultSeries> series = ResultSlices.Slice(result.Series, kept);
        if (!annotated)
        {
            if (_run.Count > 0 && kept.StartMs != _run[^1].Steps.EndMs + request.Key.StepMs)
            {
                JoinRun(extents);
            }

            _run.Add((kept, series));
            _type = result.Type;
            return;
        }

        extents.RemoveAll(other => other.IsAnnotated && kept.StartMs <= other.Steps.StartMs && kept.EndMs >= other.Steps.EndMs);
        extents.Add(new ResultExtent(kept, result.Type, ResultSlices.Compact(series), version, request.Shape.Reach.Samples(kept.StartMs, kept.EndMs))
        {
            Warnings = result.Warnings,
            Infos = result.Infos,
            Text = request.Text,
        });
    }

    /// <summary>Makes one extent of the pieces that follow each other and of the extents that touch them.</summary>
    private void JoinRun(List<ResultExtent> extents)
    {
        if (_run.Count == 0)
        {
            return;
        }

        long stepMs = request.Key.StepMs;
        var steps = new StepRange(_run[0].Steps.StartMs, _run[^1].Steps.EndMs);
        StepRange added = steps;
        List<ResultExtent> touching = extents.FindAll(other =>
            !other.IsAnnotated && other.Steps.StartMs <= added.EndMs + stepMs && other.Steps.EndMs >= added.StartMs - stepMs);
        extents.RemoveAll(touching.Contains);
        foreach (ResultExtent other in touching)
        {
            // Where they overlap both say the same; the new one is taken.
            AddPart(_run, other, other.Steps with { EndMs = Math.Min(other.Steps.EndMs, added.StartMs - stepMs) });
            AddPart(_run, other, other.Steps with { StartMs = Math.Max(other.Steps.StartMs, added.EndMs + stepMs) });
            steps = new StepRange(Math.Min(steps.StartMs, other.Steps.StartMs), Math.Max(steps.EndMs, other.Steps.EndMs));
        }

        _run.Sort(static (a, b) => a.Steps.StartMs.CompareTo(b.Steps.StartMs));
        IReadOnlyList<ResultSeries> series = ResultSlices.Compact(SeriesConcatenation.Join([.. _run.Select(static part => part.Series)]));
        extents.Add(new ResultExtent(steps, _type, series, version, request.Shape.Reach.Samples(steps.StartMs, steps.EndMs)));
        _run.Clear();
    }

    private static void AddPart(List<(StepRange Steps, IReadOnlyList<ResultSeries> Series)> parts, ResultExtent extent, StepRange steps)
    {
        if (!steps.IsEmpty)
        {
            parts.Add((steps, ResultSlices.Slice(extent.Series, steps)));
        }
    }

    /// <summary>
    /// Drops the beginning of an extent that lies behind a window which moves on: else it would grow for as long as a dashboard is open. Not at every step, for
    /// it is copied.
    /// </summary>
    private ResultExtent Shorten(ResultExtent extent, long widestMs)
    {
        long fromMs = TimeReach.Add(request.Steps.StartMs, -widestMs);
        if (extent.IsAnnotated || extent.Steps.StartMs >= TimeReach.Add(fromMs, -widestMs / 2) || extent.Steps.EndMs < request.Steps.StartMs)
        {
            return extent;
        }

        long skipped = (fromMs - extent.Steps.StartMs) / request.Key.StepMs;
        StepRange steps = extent.Steps with { StartMs = extent.Steps.StartMs + (skipped * request.Key.StepMs) };
        ResultExtent shorter = ResultSlices.Trim(extent, steps, request.Shape.Reach);
        return shorter with { Series = ResultSlices.Compact(shorter.Series) };
    }
}
