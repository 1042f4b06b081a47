namespace RemoteStore.Model.Histograms;

/// <summary>What start timestamps of consecutive samples say about a counter, float or histogram. Milliseconds since the Unix epoch; 0 = unknown.</summary>
public static class StartTimestamps
{
    /// <summary>
    /// True when the counter began anew between two samples. A start at the sample before means that of a delta series, whose samples all begin there, but
    /// not that of a cumulative one whose own start was unknown (told as 0 or as the time of the sample).
    /// </summary>
    public static bool IsReset(long previousStartMs, long previousMs, long startMs, long timestampMs)
    {
        if (startMs == 0 || startMs >= timestampMs || startMs < previousMs)
        {
            return false;
        }

        return startMs > previousMs || (previousStartMs != 0 && previousStartMs < previousMs);
    }

    /// <summary>True when a sample claims to begin before the sample before it and not where that one began: something is wrong with the data.</summary>
    public static bool Overlap(long previousStartMs, long previousMs, long startMs) =>
        startMs != 0 && startMs < previousMs && startMs != previousStartMs;
}
