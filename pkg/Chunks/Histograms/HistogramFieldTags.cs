namespace RemoteStore.Chunks.Histograms;

/// <summary>Field numbers of the histogram message of remote write, which payloads are made of. Counts of floats follow the deltas of integers.</summary>
internal static class HistogramFieldTags
{
    public const int CountInt = 1;
    public const int CountFloat = 2;
    public const int Sum = 3;
    public const int Schema = 4;
    public const int ZeroThreshold = 5;
    public const int ZeroCountInt = 6;
    public const int ZeroCountFloat = 7;
    public const int NegativeSpans = 8;
    public const int NegativeDeltas = 9;
    public const int NegativeCounts = 10;
    public const int PositiveSpans = 11;
    public const int PositiveDeltas = 12;
    public const int PositiveCounts = 13;
    public const int ResetHint = 14;
    public const int CustomValues = 16;
}
