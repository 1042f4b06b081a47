namespace RemoteStore.PrometheusBlocks.Exporting;

/// <summary>Which Prometheus is to read exported blocks.</summary>
public enum ExportTarget
{
    /// <summary>2.42 and later: floats and native histograms with exponential buckets.</summary>
    Prometheus242,

    /// <summary>3.x: native histograms with custom buckets, too.</summary>
    Prometheus3,
}
