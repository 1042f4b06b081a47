namespace RemoteStore.Compactor.Planning;

/// <summary>When which blocks are joined.</summary>
public sealed record CompactionRules
{
    private const long HourMs = 3_600_000;
    private const int RetentionShare = 4; // a block goes as a whole, so it may be a quarter of the retention too late

    /// <summary>2 h, 12 h and 24 h; 3 and 9 days for tenants whose blocks stay small.</summary>
    public static CompactionRules Default { get; } = new();

    /// <summary>Lengths, ascending; each divides the next.</summary>
    public IReadOnlyList<CompactionLevel> Levels { get; init; } =
    [
        new(2 * HourMs, 32L << 30), new(12 * HourMs, 32L << 30), new(24 * HourMs, 32L << 30), new(72 * HourMs, 64 << 20), new(216 * HourMs, 64 << 20),
    ];

    /// <summary>Most blocks that are joined at once; each costs memory for its pages and columns.</summary>
    public int MaxInputs { get; init; } = 16;

    /// <summary>A range is left alone for this long behind its end: late samples and uploads come.</summary>
    public TimeSpan Settle { get; init; } = TimeSpan.FromHours(3);

    /// <summary>What comes late to a range that has a block already waits this long for more of its kind, so that the larger block is rarely written again.</summary>
    public TimeSpan Gather { get; init; } = TimeSpan.FromHours(1);

    /// <summary>The same for blocks that are kept for a limited time: no block is made that holds what has to go long before its end.</summary>
    /// <param name="retention">How long samples are kept; zero = for ever.</param>
    public CompactionRules Within(TimeSpan retention) => retention <= TimeSpan.Zero
        ? this
        : this with { Levels = [.. Levels.Where((level, i) => i == 0 || level.LengthMs <= retention.TotalMilliseconds / RetentionShare)] };

    /// <summary>Throws when a value is out of bounds.</summary>
    /// <exception cref="ArgumentException">One of them is.</exception>
    public void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxInputs, 2);
        ArgumentOutOfRangeException.ThrowIfLessThan(Settle, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(Gather, TimeSpan.Zero);
        for (int i = 0; i < Levels.Count; i++)
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(Levels[i].LengthMs, 1);
            if (i > 0 && (Levels[i].LengthMs <= Levels[i - 1].LengthMs || Levels[i].LengthMs % Levels[i - 1].LengthMs != 0))
            {
                throw new ArgumentException($"{Levels[i].LengthMs} ms is no multiple of {Levels[i - 1].LengthMs} ms");
            }
        }
    }
}
