using RemoteStore.QueryFrontend.Analysis;
using RemoteStore.QueryFrontend.Splitting;
using RemoteStore.Storage.Querying;

namespace RemoteStore.QueryFrontend.Caching;

/// <summary>A piece of a query's range: the steps, and the extent that has them, or null when they are to be computed.</summary>
internal readonly record struct RangePiece(StepRange Steps, ResultExtent? Cached);

/// <summary>Finds which steps of a query known extents answer.</summary>
/// <param name="versions">Tells what changed.</param>
/// <param name="request">The query.</param>
/// <param name="version">What is stored now, taken before anything else.</param>
internal sealed class CacheLookup(IWriteVersions versions, CachedRequest request, WriteVersion version)
{
    /// <summary>Extents that no longer hold.</summary>
    public int Invalid { get; private set; }

    /// <summary>What still holds of the extents, moved to the present version.</summary>
    public List<ResultExtent> Valid(IReadOnlyList<ResultExtent> extents)
    {
        var valid = new List<ResultExtent>(extents.Count);
        foreach (ResultExtent extent in extents)
        {
            if (Visible(extent) is not { } visible || !versions.IsUnchanged(request.Key.Tenant, visible.Version, visible.Samples))
            {
                Invalid++;
                continue;
            }

            // Unchanged between then and a moment after the present version was taken: it would be computed the same now.
            valid.Add(visible with { Version = version });
        }

        return valid;
    }

    /// <summary>Covers the range by valid extents and what is missing between them, in order of time.</summary>
    public List<RangePiece> Cover(IReadOnlyList<ResultExtent> valid)
    {
        var pieces = new List<RangePiece>();
        long stepMs = request.Key.StepMs;
        long at = request.Steps.StartMs;
        while (at <= request.Steps.EndMs)
        {
            ResultExtent? best = null;
            long next = long.MaxValue;
            foreach (ResultExtent extent in valid)
            {
                if (extent.Steps.EndMs < at || !IsUsable(extent))
                {
                    continue;
                }

                if (extent.Steps.StartMs > at)
                {
                    next = Math.Min(next, extent.Steps.StartMs);
                }
                else if ((!extent.IsAnnotated || extent.Steps.StartMs == at) && (best is null || extent.Steps.EndMs > best.Steps.EndMs))
                {
                    best = extent;
                }
            }

            long end = Math.Min(request.Steps.EndMs, best?.Steps.EndMs ?? (next == long.MaxValue ? next : next - stepMs));
            pieces.Add(new RangePiece(new StepRange(at, end), best));
            if (end > long.MaxValue - stepMs)
            {
                break;
            }

            at = end + stepMs;
        }

        return pieces;
    }

    /// <summary>
    /// Annotations are those of all steps of an extent together: it can stand for its steps only when all of them are asked for, and by the same spelling.
    /// </summary>
    private bool IsUsable(ResultExtent extent) => !extent.IsAnnotated
        || (extent.Steps.StartMs >= request.Steps.StartMs && extent.Steps.EndMs <= request.Steps.EndMs && extent.Text == request.Text);

    /// <summary>The extent without steps that looked at samples which reads do not see any more.</summary>
    private ResultExtent? Visible(ResultExtent extent)
    {
        if (extent.Samples.MinTime >= version.OldestMs)
        {
            return extent;
        }

        TimeReach reach = request.Shape.Reach;
        if (extent.IsAnnotated || (reach.HasTimes && reach.MinTimeMs < version.OldestMs) || !reach.HasOffsets)
        {
            return null;
        }

        long least = TimeReach.Add(version.OldestMs, reach.MinOffsetMs == long.MinValue ? long.MaxValue : -reach.MinOffsetMs);
        if (least > extent.Steps.EndMs)
        {
            return null;
        }

        long skipped = (least - extent.Steps.StartMs + request.Key.StepMs - 1) / request.Key.StepMs;
        return ResultSlices.Trim(extent, extent.Steps with { StartMs = extent.Steps.StartMs + (skipped * request.Key.StepMs) }, reach);
    }
}
