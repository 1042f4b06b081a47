using RemoteStore.Blocks.Parts;

namespace RemoteStore.Blocks.Merging;

/// <summary>
/// Decides which parts to merge: pure, from part descriptions to plans. Fresh parts (as flushed, or in more than one time range) are planned together and
/// come out of a merge split by range. From then on parts of one range and level merge into one of the next level when there are
/// <see cref="MergePolicyOptions.FanIn"/> of them; a level counts rewrites, and parts of <see cref="MergePolicyOptions.MaxLevel"/> or above half the size
/// limit are left alone: the cut makes a block of them.
/// </summary>
/// <remarks>
/// Bound: once <see cref="Plan"/> gives null, after n flushes of B bytes in all that had rows of a range, that range has, besides at most F−1 small fresh
/// parts that all ranges share, at most (L−1)(F−1) + n/F^(L−1) + 2(L+1)(B/M + 1) parts, for F = FanIn, L = MaxLevel, M = MaxPartBytes. When every flush has
/// rows of the range, as while it is the newest, a merge of fresh parts joins F of them and n/F^(L−1) becomes n/F^L: 25 for two hours of flushes every ten
/// seconds while B is far below M, the fresh ones included.
/// </remarks>
public sealed class MergePolicy
{
    private readonly MergePolicyOptions _options;

    /// <summary>Creates the policy.</summary>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of bounds.</exception>
    public MergePolicy(MergePolicyOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        _options = options;
        Ranges = new TimeRanges(options.Range.Ticks / TimeSpan.TicksPerMillisecond);
    }

    /// <summary>The time ranges that merged parts lie in.</summary>
    public TimeRanges Ranges { get; }

    /// <summary>True when all samples of the part lie in one range.</summary>
    public bool IsInOneRange(PartInfo part) => !part.IsEmpty && Ranges.NumberOf(part.MinTime) == Ranges.NumberOf(part.MaxTime);

    /// <summary>True when the part still has to be split by range, or was never merged.</summary>
    public bool IsFresh(PartInfo part) => part.Level == 0 || !IsInOneRange(part);

    /// <summary>The next merge to do; null when there is none. Lower levels first: they shorten reads most and cost least. Newer ranges first: they are read most.</summary>
    /// <param name="parts">Live parts that may be merged.</param>
    public MergePlan? Plan(IEnumerable<PartInfo> parts)
    {
        PartInfo[] small = [.. parts.Where(IsSmall)];
        PartInfo[] fresh = [.. small.Where(IsFresh)];
        if (fresh.Length >= _options.FanIn)
        {
            return new(Fitting(fresh.OrderBy(static part => part.Id)), 1);
        }

        PartInfo[][] ranges = ByRange(small);
        for (int level = 1; level < _options.MaxLevel; level++)
        {
            foreach (PartInfo[] range in ranges)
            {
                PartInfo[] candidates = [.. range.Where(part => part.Level == level)];
                if (candidates.Length >= _options.FanIn)
                {
                    return new(Fitting(candidates.OrderBy(static part => part.SizeBytes).ThenBy(static part => part.Id)), level + 1);
                }
            }
        }

        return null;
    }

    /// <summary>Merges that split the given parts by range. None uses another's output; run all of them.</summary>
    public IReadOnlyList<MergePlan> PlanSplit(IEnumerable<PartInfo> parts)
    {
        var plans = new List<MergePlan>();
        foreach (PartInfo[] group in Groups(parts.OrderBy(static part => part.Id), _options.MaxFanIn))
        {
            plans.Add(new(group, 1));
        }

        return plans;
    }

    /// <summary>
    /// Merges that leave one part per range, more where the size limit asks for it, of parts that are split already; fresh ones are left out. Rewrites do
    /// not count here. None uses another's output; run all of them.
    /// </summary>
    public IReadOnlyList<MergePlan> PlanFull(IEnumerable<PartInfo> parts)
    {
        var plans = new List<MergePlan>();
        foreach (PartInfo[] range in ByRange(parts))
        {
            foreach (PartInfo[] group in Groups(range.OrderBy(static part => part.MinTime).ThenBy(static part => part.Id), int.MaxValue))
            {
                if (group.Length > 1)
                {
                    plans.Add(new(group, _options.MaxLevel));
                }
            }
        }

        return plans;
    }

    /// <summary>Parts of each range, newest range first; without fresh ones.</summary>
    private PartInfo[][] ByRange(IEnumerable<PartInfo> parts) =>
        [.. parts.Where(part => !IsFresh(part)).GroupBy(part => Ranges.NumberOf(part.MinTime)).OrderByDescending(static range => range.Key)
            .Select(static range => range.ToArray())];

    /// <summary>As many as the limits allow: at least two, because each is at most half the limit.</summary>
    private PartInfo[] Fitting(IEnumerable<PartInfo> candidates) => [.. Groups(candidates, _options.MaxFanIn)[0].OrderBy(static part => part.Id)];

    /// <summary>Cuts a sequence of parts where the limits ask for it.</summary>
    private List<PartInfo[]> Groups(IEnumerable<PartInfo> parts, int maxParts)
    {
        var groups = new List<PartInfo[]>();
        var group = new List<PartInfo>();
        long size = 0;
        foreach (PartInfo part in parts)
        {
            if (group.Count > 0 && (group.Count == maxParts || size + part.SizeBytes > _options.MaxPartBytes))
            {
                groups.Add([.. group]);
                group.Clear();
                size = 0;
            }

            group.Add(part);
            size += part.SizeBytes;
        }

        if (group.Count > 0)
        {
            groups.Add([.. group]);
        }

        return groups;
    }

    private bool IsSmall(PartInfo part) => part.SizeBytes <= _options.MaxPartBytes / 2;
}
