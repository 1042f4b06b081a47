namespace RemoteStore.Limits;

/// <summary>How long a tenant's samples are kept; zero = for ever.</summary>
public sealed record TenantRetention
{
    /// <summary>Everything for ever.</summary>
    public static TenantRetention Forever { get; } = new();

    /// <summary>Of samples as received.</summary>
    public TimeSpan Raw { get; init; }

    /// <summary>Of downsampled data, by resolution in milliseconds; a resolution that is not named is kept for ever.</summary>
    public IReadOnlyDictionary<long, TimeSpan> Downsampled { get; init; } = new Dictionary<long, TimeSpan>();

    /// <summary>Of a resolution in milliseconds; 0 = as received.</summary>
    public TimeSpan Of(long resolutionMs) => resolutionMs == 0 ? Raw : Downsampled.GetValueOrDefault(resolutionMs);
}
