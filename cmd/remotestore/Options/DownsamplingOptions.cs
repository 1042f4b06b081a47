using RemoteStore.Downsampler;

namespace RemoteStore.Server.Options;

/// <summary>Which windows are made of old samples.</summary>
internal sealed record DownsamplingOptions
{
    /// <summary>False to make none, whatever the tiers.</summary>
    public bool Enabled { get; init; } = true;

    /// <summary>Resolutions and ages, see <see cref="DownsampleTierText"/>; empty to make nothing.</summary>
    public string Tiers { get; init; } = DownsampleTierText.Format(DownsamplerOptions.DefaultTiers);

    /// <summary>Time between two looks at what is old enough.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>The tiers of a text that was found to be right.</summary>
    public IReadOnlyList<DownsampleTier> ParseTiers() =>
        DownsampleTierText.TryParse(Tiers, out IReadOnlyList<DownsampleTier>? tiers) ? tiers : throw new InvalidOperationException($"{Tiers} are no tiers");

    /// <summary>What is wrong with a text of tiers; null when nothing is.</summary>
    public static string? FaultOf(string text) => DownsampleTierText.TryParse(text, out IReadOnlyList<DownsampleTier>? tiers)
        ? DownsamplerOptions.FaultOf(tiers)
        : "must be pairs of resolution and age like 5m:40h,1h:10d";
}
