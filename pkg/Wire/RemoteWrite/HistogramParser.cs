using RemoteStore.Model.Labels;
using RemoteStore.Model.Samples;
using RemoteStore.Model.Writes;

namespace RemoteStore.Wire.RemoteWrite;

/// <summary>Takes histogram messages of either protocol into a batch: validated, and re-encoded to the payload that is stored.</summary>
internal static class HistogramParser
{
    /// <summary>Adds the histogram when it is valid.</summary>
    /// <param name="batch">Where to.</param>
    /// <param name="message">The message, in the payload.</param>
    /// <param name="refused">Histograms of the series refused so far, and the first one's fault.</param>
    /// <returns>False when the message is not well formed.</returns>
    public static bool TryAdd(WriteBatch batch, ReadOnlySpan<byte> message, ref (int Count, HistogramFault Fault) refused)
    {
        int room = message.Length + HistogramPayload.MaxGrowth;
        int offset = batch.Extend(room);
        HistogramFault fault = HistogramPayload.Canonicalize(message, batch.Writable(offset, room), out HistogramTimes times, out int written);
        batch.Shrink(room - written);
        switch (fault)
        {
            case HistogramFault.None:
                batch.Histograms.Add(new(times.TimestampMs, times.StartTimestampMs, offset, written));
                return true;
            case HistogramFault.Malformed:
                return false;
            default:
                refused = (refused.Count + 1, refused.Count == 0 ? fault : refused.Fault);
                return true;
        }
    }

    /// <summary>Tells the batch of the refused histograms of a series.</summary>
    public static void Report(WriteBatch batch, in (int Count, HistogramFault Fault) refused, int labelsOffset, int labelsLength)
    {
        if (refused.Count > 0)
        {
            string? message = batch.WantsRefusalMessage
                ? $"histogram of {SeriesText.Shorten(batch.Slice(labelsOffset, labelsLength))}: {refused.Fault.Describe()}"
                : null;
            batch.Refuse(AppendStatus.InvalidHistogram, message, 0, refused.Count, 0);
        }
    }
}
