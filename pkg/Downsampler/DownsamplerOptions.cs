namespace RemoteStore.Downsampler;

/// <summary>Settings of the downsampler.</summary>
public sealed record DownsamplerOptions
{
    /// <summary>5 m after 40 h, 1 h after 10 d.</summary>
    public static IReadOnlyList<DownsampleTier> DefaultTiers { get; } =
        [new(TimeSpan.FromMinutes(5), TimeSpan.FromHours(40)), new(TimeSpan.FromHours(1), TimeSpan.FromDays(10))];

    /// <summary>Folder for blocks on their way; emptied at start.</summary>
    public required string WorkDirectory { get; init; }

    /// <summary>Resolutions to make, ascending; none to make nothing.</summary>
    public IReadOnlyList<DownsampleTier> Tiers { get; init; } = DefaultTiers;

    /// <summary>Time between two looks at a tenant.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>How much longer than a tier's age a day may wait for its blocks to be compacted to one.</summary>
    public TimeSpan CompactionGrace { get; init; } = TimeSpan.FromHours(24);

    /// <summary>Wait before something that did not succeed is tried again; doubles up to <see cref="MaxRetryDelay"/>.</summary>
    public TimeSpan RetryDelay { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Longest wait before it is tried again.</summary>
    public TimeSpan MaxRetryDelay { get; init; } = TimeSpan.FromHours(6);

    /// <summary>Throws when a value is out of bounds.</summary>
    /// <exception cref="ArgumentException">One of them is.</exception>
    public void Validate()
    {
        ArgumentException.ThrowIfNullOrEmpty(WorkDirectory);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(Interval, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(CompactionGrace, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(RetryDelay, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxRetryDelay, RetryDelay);
        if (FaultOf(Tiers) is { } fault)
        {
            throw new ArgumentException(fault, nameof(Tiers));
        }
    }

    /// <summary>What is wrong with tiers; null when nothing is.</summary>
    public static string? FaultOf(IReadOnlyList<DownsampleTier> tiers)
    {
        ArgumentNullException.ThrowIfNull(tiers);
        TimeSpan before = TimeSpan.Zero;
        foreach (DownsampleTier tier in tiers)
        {
            if (tier.Resolution < TimeSpan.FromSeconds(1) || TimeSpan.FromDays(1).Ticks % tier.Resolution.Ticks != 0)
            {
                return $"the resolution {tier.Resolution} does not divide a day into windows of a second or more";
            }

            if (tier.Resolution <= before)
            {
                return $"the resolution {tier.Resolution} does not follow a finer one";
            }

            if (tier.Age < TimeSpan.FromHours(1))
            {
                return $"the age {tier.Age} is less than an hour: late samples and uploads still come then";
            }

            before = tier.Resolution;
        }

        return null;
    }
}
