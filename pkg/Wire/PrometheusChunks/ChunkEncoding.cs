namespace RemoteStore.Wire.PrometheusChunks;

/// <summary>How a chunk of Prometheus is encoded; numbers as in its blocks and in remote read.</summary>
public enum ChunkEncoding : byte
{
    /// <summary>Not known.</summary>
    None = 0,

    /// <summary>Floats.</summary>
    Xor = 1,

    /// <summary>Native histograms with integer counts.</summary>
    Histogram = 2,

    /// <summary>Native histograms with float counts.</summary>
    FloatHistogram = 3,

    /// <summary>Floats with start timestamps, as Prometheus 3 writes them on request.</summary>
    Xor2 = 4,
}
