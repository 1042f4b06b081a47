using RemoteStore.Blocks.Parts;

namespace RemoteStore.Blocks.Merging;

/// <summary>
/// Decides which parts to merge: pure, from part descriptions to plans. A part belongs to the time range of its newest sample. Within a range, parts of one
/// level merge into one of the next when there are <see cref="MergePolicyOptions.FanIn"/> of them; a level counts rewrites, and parts of
/// <see cref="MergePolicyOptions.MaxLevel"/> or above half the size limit are left alone.
/// </summary>
/// <remarks>
/// Bound: once <see cref="Plan"/> gives null, a range that took n flushes of B bytes in all has at most L(F−1) + n/F^L + 2(L+1)(B/M + 1) parts, for F =
/// FanIn, L = MaxLevel, M = MaxPartBytes, plus one when the range was closed early: 25 for two hours of flushes every ten seconds while B is far below M.
/// </remarks>
public sealed class MergePolicy
{
    private readonly MergePolicyOptions _options;
    private readonly long _rangeMs;

    /// <summary>Creates the policy.</summary>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of bounds.</exception>
    public MergePolicy(MergePolicyOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        _options = options;
        _rangeMs = options.Range.Ticks / TimeSpan.TicksPerMillisecond;
    }

    /// <summary>Number of the range that a part belongs to.</summary>
    public long RangeOf(PartInfo part) => part.IsEmpty ? long.MinValue : (part.MaxTime / _rangeMs) - (part.MaxTime % _rangeMs < 0 ? 1 : 0);

    /// <summary>The next merge to do; null when there is none. Lower levels first: they shorten reads most and cost least.</summary>
    /// <param name="parts">Live parts that no running merge uses.</param>
    /// <param name="closedBefore">
    /// Milliseconds since the Unix epoch: ranges that end at or before it see little data any more, and their rest is merged once, whatever its count.
    /// <see cref="long.MinValue"/>: none.
    /// </param>
    public MergePlan? Plan(IEnumerable<PartInfo> parts, long closedBefore = long.MinValue)
    {
        var ranges = parts.GroupBy(RangeOf).OrderByDescending(static range => range.Key).Select(static range => range.ToArray()).ToArray();
        for (int level = 0; level < _options.MaxLevel; level++)
        {
            foreach (PartInfo[] range in ranges)
            {
                if (PlanLevel(range, level) is { } plan)
                {
                    return plan;
                }
            }
        }

        return ranges.Select(range => PlanClosed(range, closedBefore)).FirstOrDefault(static plan => plan is not null);
    }

    /// <summary>
    /// Merges that bring everything to its smallest form: one part per range, or one in all; more where the size limit asks for it. Rewrites do not count here.
    /// Run all of them; none uses another's output.
    /// </summary>
    public IReadOnlyList<MergePlan> PlanFull(IEnumerable<PartInfo> parts, bool acrossRanges)
    {
        var plans = new List<MergePlan>();
        foreach (IGrouping<long, PartInfo> range in parts.GroupBy(part => acrossRanges ? 0 : RangeOf(part)).OrderBy(static range => range.Key))
        {
            var inputs = new List<PartInfo>();
            long size = 0;
            foreach (PartInfo part in range.OrderBy(static part => part.MinTime).ThenBy(static part => part.Id))
            {
                if (inputs.Count > 0 && size + part.SizeBytes > _options.MaxPartBytes)
                {
                    AddFull(plans, inputs);
                    inputs = [];
                    size = 0;
                }

                inputs.Add(part);
                size += part.SizeBytes;
            }

            AddFull(plans, inputs);
        }

        return plans;
    }

    /// <summary>A single part is already smallest, unless it is as it was flushed.</summary>
    private void AddFull(List<MergePlan> plans, List<PartInfo> inputs)
    {
        if (inputs.Count > 1 || (inputs.Count == 1 && inputs[0].Level == 0))
        {
            plans.Add(new(inputs, _options.MaxLevel));
        }
    }

    private MergePlan? PlanLevel(PartInfo[] range, int level)
    {
        PartInfo[] candidates = [.. range.Where(part => part.Level == level && IsSmall(part))];
        return candidates.Length < _options.FanIn ? null : Smallest(candidates, level + 1);
    }

    /// <summary>The rest of a closed range, once: when it has a part of the last level, late data gathers as usual.</summary>
    private MergePlan? PlanClosed(PartInfo[] range, long closedBefore)
    {
        long end = RangeOf(range[0]) + 1; // number of the next range
        if (range.Length < 2 || range[0].IsEmpty || end > closedBefore / _rangeMs || Array.Exists(range, part => part.Level >= _options.MaxLevel))
        {
            return null;
        }

        PartInfo[] candidates = [.. range.Where(IsSmall)];
        return candidates.Length < 2 ? null : Smallest(candidates, _options.MaxLevel);
    }

    /// <summary>As many of the smallest as the limits allow: at least two, because each is at most half the limit.</summary>
    private MergePlan Smallest(PartInfo[] candidates, int level)
    {
        var inputs = new List<PartInfo>();
        long size = 0;
        foreach (PartInfo part in candidates.OrderBy(static part => part.SizeBytes).ThenBy(static part => part.Id).Take(_options.MaxFanIn))
        {
            size += part.SizeBytes;
            if (size > _options.MaxPartBytes)
            {
                break;
            }

            inputs.Add(part);
        }

        return new([.. inputs.OrderBy(static part => part.Id)], level);
    }

    private bool IsSmall(PartInfo part) => part.SizeBytes <= _options.MaxPartBytes / 2;
}
