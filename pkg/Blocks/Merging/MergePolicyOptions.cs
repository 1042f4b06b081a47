namespace RemoteStore.Blocks.Merging;

/// <summary>When parts are merged, and how far.</summary>
public sealed record MergePolicyOptions
{
    /// <summary>Width of the time ranges, aligned to the Unix epoch, that merged parts each lie in; that of blocks.</summary>
    public TimeSpan Range { get; init; } = TimeSpan.FromHours(2);

    /// <summary>Parts of one level that make a merge worthwhile.</summary>
    public int FanIn { get; init; } = 9;

    /// <summary>Most inputs of one merge; each costs two decoded blocks of memory. More than <see cref="FanIn"/> serves to catch up.</summary>
    public int MaxFanIn { get; init; } = 32;

    /// <summary>How often a sample may be rewritten: level at which a part is left alone.</summary>
    public int MaxLevel { get; init; } = 3;

    /// <summary>Inputs of a planned merge together are no larger than this, and so are its outputs.</summary>
    public long MaxPartBytes { get; init; } = 2L << 30;

    /// <summary>Throws when a value is out of bounds.</summary>
    /// <exception cref="ArgumentOutOfRangeException">One of them is.</exception>
    public void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(Range.Ticks, TimeSpan.TicksPerMillisecond);
        ArgumentOutOfRangeException.ThrowIfLessThan(FanIn, 2);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxFanIn, FanIn);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxLevel, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxPartBytes, 2);
    }
}

/// <summary>A merge to do.</summary>
/// <param name="Inputs">Parts to merge, at least one.</param>
/// <param name="Level">Level of the outputs.</param>
public sealed record MergePlan(IReadOnlyList<Parts.PartInfo> Inputs, int Level)
{
    /// <summary>Size of the inputs together; the outputs are no larger but for a few hundred bytes each.</summary>
    public long SizeBytes => Inputs.Sum(static part => part.SizeBytes);
}
