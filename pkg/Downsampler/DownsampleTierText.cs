using System.Diagnostics.CodeAnalysis;
using RemoteStore.Model;

namespace RemoteStore.Downsampler;

/// <summary>Tiers as text: <c>5m:40h,1h:10d</c>, resolution and age of each.</summary>
public static class DownsampleTierText
{
    /// <summary>Writes tiers.</summary>
    public static string Format(IReadOnlyList<DownsampleTier> tiers) =>
        string.Join(',', tiers.Select(static tier => $"{PrometheusDuration.Format(tier.Resolution)}:{PrometheusDuration.Format(tier.Age)}"));

    /// <summary>Reads tiers; empty text is none. Whether they can be is another matter: <see cref="DownsamplerOptions.FaultOf"/>.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out IReadOnlyList<DownsampleTier>? tiers)
    {
        ArgumentNullException.ThrowIfNull(text);
        tiers = null;
        var found = new List<DownsampleTier>();
        foreach (string part in text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            int colon = part.IndexOf(':', StringComparison.Ordinal);
            if (colon < 0
                || !PrometheusDuration.TryParse(part.AsSpan(0, colon), out TimeSpan resolution, out _)
                || !PrometheusDuration.TryParse(part.AsSpan(colon + 1), out TimeSpan age, out _))
            {
                return false;
            }

            found.Add(new DownsampleTier(resolution, age));
        }

        tiers = found;
        return true;
    }
}
