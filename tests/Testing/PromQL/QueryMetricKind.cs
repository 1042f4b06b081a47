namespace RemoteStore.Testing.PromQL;

/// <summary>What the values of a <see cref="QueryMetric"/> are.</summary>
public enum QueryMetricKind
{
    /// <summary>Values that go up and down.</summary>
    Gauge,

    /// <summary>As <see cref="Gauge"/>, NaN and infinities among them.</summary>
    Special,

    /// <summary>Values that rise, with resets; no two series are likely to have the same value.</summary>
    Counter,

    /// <summary>As <see cref="Counter"/>, and each series has a sample in every interval.</summary>
    SteadyCounter,

    /// <summary>Cumulative buckets of classic histograms, with the label <c>le</c>.</summary>
    Bucket,

    /// <summary>One for each value of the labels <c>job</c> and <c>instance</c>, with value 1 and labels that describe it.</summary>
    Info,
}
