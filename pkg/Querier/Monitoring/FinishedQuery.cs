using RemoteStore.PromQL.Service;

namespace RemoteStore.Querier.Monitoring;

/// <summary>What is remembered of a query that has ended.</summary>
/// <param name="Text">Its text, possibly cut off.</param>
/// <param name="DashboardUid">Dashboard, empty when unknown.</param>
/// <param name="PanelId">Panel, empty when unknown.</param>
/// <param name="RangeMs">Time between first and last evaluation, 0 for an instant query.</param>
/// <param name="EndedMs">When it ended, milliseconds since the Unix epoch.</param>
/// <param name="Elapsed">From its arrival to its end.</param>
/// <param name="Samples">Samples read from storage.</param>
/// <param name="PeakBytes">Most memory held.</param>
/// <param name="Failed">True when there was no answer.</param>
internal sealed record FinishedQuery(
    string Text, string DashboardUid, string PanelId, long RangeMs, long EndedMs, TimeSpan Elapsed, long Samples, long PeakBytes, bool Failed)
{
    private const int MaxNameLength = 200; // of what a request may name itself, which nobody checked

    /// <summary>Memory that remembering it takes, in bytes, roughly.</summary>
    public int SizeBytes => 160 + (sizeof(char) * (Text.Length + DashboardUid.Length + PanelId.Length));

    /// <summary>What is remembered of a call.</summary>
    public static FinishedQuery Of(QueryCall call, QueryOutcome outcome, long endedMs, TimeSpan elapsed, int maxTextLength) => new(
        Cut(call.Request.Query, maxTextLength),
        Cut(call.Origin.DashboardUid, MaxNameLength),
        Cut(call.Origin.PanelId, MaxNameLength),
        call.Request.IsInstant || call.Request.EndMs < call.Request.StartMs ? 0 : unchecked(call.Request.EndMs - call.Request.StartMs),
        endedMs,
        elapsed,
        outcome.Samples,
        outcome.PeakBytes,
        outcome.Failure is not null);

    /// <summary>The text, with an ellipsis in place of what is too long.</summary>
    public static string Cut(string text, int maxLength) => text.Length <= maxLength ? text : string.Concat(text.AsSpan(0, maxLength), "…");
}
