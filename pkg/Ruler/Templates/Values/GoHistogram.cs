using RemoteStore.Model.Histograms;
using RemoteStore.PromQL.Functions;

namespace RemoteStore.Ruler.Templates.Values;

/// <summary>A native histogram; templates can print it.</summary>
/// <param name="Histogram">The histogram; not to be changed.</param>
internal sealed record GoHistogram(FloatHistogram Histogram) : IGoStringer, IGoObject
{
    /// <inheritdoc/>
    public string TypeName => "*histogram.FloatHistogram";

    /// <inheritdoc/>
    public string Text => HistogramDescription.Of(Histogram);

    /// <inheritdoc/>
    public bool TryField(string name, out object? value)
    {
        value = name switch
        {
            "Count" => Histogram.Count,
            "Sum" => Histogram.Sum,
            "ZeroCount" => Histogram.ZeroCount,
            "ZeroThreshold" => Histogram.ZeroThreshold,
            "Schema" => (long)Histogram.Schema,
            _ => null,
        };
        return value is not null;
    }

    /// <inheritdoc/>
    public GoMethod? Method(string name) => name == "String" ? new GoMethod([], _ => Text) : null;
}
