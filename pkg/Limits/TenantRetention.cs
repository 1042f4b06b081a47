namespace RemoteStore.Limits;

/// <summary>How long a tenant's samples are kept, by resolution; zero = for ever. Any of them may be longer than any other.</summary>
public sealed record TenantRetention
{
    /// <summary>Everything for ever, and nothing downsampled.</summary>
    public static TenantRetention Forever { get; } = new();

    /// <summary>Of samples as received.</summary>
    public TimeSpan Raw { get; init; }

    /// <summary>Of downsampled data, by resolution in milliseconds; a resolution that is not named is kept for ever.</summary>
    public IReadOnlyDictionary<long, TimeSpan> Downsampled { get; init; } = new Dictionary<long, TimeSpan>();

    /// <summary>Resolutions, in milliseconds, ascending, that the tenant's samples are downsampled to; none = they are not.</summary>
    public IReadOnlyList<long> Made { get; init; } = [];

    /// <summary>Of a resolution in milliseconds; 0 = as received.</summary>
    public TimeSpan Of(long resolutionMs) => resolutionMs == 0 ? Raw : Downsampled.GetValueOrDefault(resolutionMs);

    /// <summary>Samples of a resolution before this time are in no answer, whether or not they are removed already; the least possible time when they are kept for ever.</summary>
    /// <param name="resolutionMs">Milliseconds; 0 = as received.</param>
    /// <param name="nowMs">Milliseconds since the Unix epoch.</param>
    public long FloorMs(long resolutionMs, long nowMs) => FloorMs(Of(resolutionMs), nowMs);

    /// <summary>How long samples as received are needed at most, to be read or to be downsampled.</summary>
    public TimeSpan Needed
    {
        get
        {
            TimeSpan[] all = [Raw, .. Made.Select(Of)];
            return all.Contains(TimeSpan.Zero) ? TimeSpan.Zero : all.Max();
        }
    }

    /// <summary>Samples as received before this time are needed neither to be read nor to be downsampled.</summary>
    /// <param name="nowMs">Milliseconds since the Unix epoch.</param>
    public long NeededFloorMs(long nowMs) => FloorMs(Needed, nowMs);

    /// <summary>The resolution whose windows those of another one can be made of, when samples are gone; null when there is none.</summary>
    /// <param name="resolutionMs">Milliseconds, above 0.</param>
    public long? FinerThan(long resolutionMs)
    {
        long finest = Made.Where(finer => finer < resolutionMs && resolutionMs % finer == 0).DefaultIfEmpty().Max();
        return finest > 0 ? finest : null;
    }

    private static long FloorMs(TimeSpan kept, long nowMs) => kept <= TimeSpan.Zero ? long.MinValue : nowMs - (long)kept.TotalMilliseconds;
}
