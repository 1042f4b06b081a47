using RemoteStore.Downsampler;
using RemoteStore.Limits;
using RemoteStore.Model;

namespace RemoteStore.Server.Options.Tenants;

/// <summary>
/// Finds retentions that leave times without an answer: samples, or finer windows, that are past their retention before coarser windows of them are made. They are
/// kept until then, but not read.
/// </summary>
internal static class TierGaps
{
    private static readonly TimeSpan s_days = TimeSpan.FromHours(48); // a day is made as a whole, when its blocks are one or a day later

    /// <summary>A sentence for each.</summary>
    public static IEnumerable<string> Of(TenantRetention retention, IReadOnlyList<DownsampleTier> tiers)
    {
        foreach (DownsampleTier tier in tiers.Where(tier => retention.Made.Contains(tier.ResolutionMs)))
        {
            long from = retention.FinerThan(tier.ResolutionMs) ?? 0;
            TimeSpan[] kept = from == 0 ? [retention.Raw] : [retention.Raw, retention.Of(from)];
            TimeSpan made = tier.Age + s_days;
            if (!kept.Contains(TimeSpan.Zero) && kept.Max() < made)
            {
                string what = from == 0 ? "samples are" : $"samples and windows of {PrometheusDuration.Format(TimeSpan.FromMilliseconds(from))} are";
                yield return $"{what} read for {PrometheusDuration.Format(kept.Max())}, windows of {PrometheusDuration.Format(tier.Resolution)} are made after up to "
                    + $"{PrometheusDuration.Format(made)}: the times between are in no answer";
            }
        }
    }
}
