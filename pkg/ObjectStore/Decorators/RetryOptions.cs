namespace RemoteStore.ObjectStore.Decorators;

/// <summary>How operations are tried again.</summary>
public sealed record RetryOptions
{
    /// <summary>Most attempts of one operation.</summary>
    public int MaxAttempts { get; init; } = 5;

    /// <summary>Longest first pause; each further one may be twice as long.</summary>
    public TimeSpan FirstPause { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>Longest pause.</summary>
    public TimeSpan LongestPause { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Longest time of one attempt that moves no large content.</summary>
    public TimeSpan AttemptTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Slowest transfer that is waited for, in bytes a second: what an attempt moves adds to its time.</summary>
    public long SlowestBytesPerSecond { get; init; } = 1 << 20;

    /// <summary>Faults of the values, empty when they are usable.</summary>
    public IEnumerable<string> Validate()
    {
        if (MaxAttempts < 1)
        {
            yield return "storage.object-store.max-attempts must be at least 1";
        }

        if (FirstPause < TimeSpan.Zero || LongestPause < FirstPause)
        {
            yield return "the longest pause between attempts must not be below the first";
        }

        if (AttemptTimeout <= TimeSpan.Zero || SlowestBytesPerSecond < 1)
        {
            yield return "storage.object-store.timeout must be above 0";
        }
    }
}
