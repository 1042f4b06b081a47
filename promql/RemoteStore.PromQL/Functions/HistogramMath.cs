using RemoteStore.Model.Histograms;

namespace RemoteStore.PromQL.Functions;

/// <summary>Small helpings for histograms, which rows share and nobody changes once they are in one.</summary>
internal static class HistogramMath
{
    /// <summary>A copy to compute with.</summary>
    public static FloatHistogram Copy(FloatHistogram histogram)
    {
        var copy = new FloatHistogram();
        copy.CopyFrom(histogram);
        return copy;
    }
}
