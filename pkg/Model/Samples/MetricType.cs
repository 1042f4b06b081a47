namespace RemoteStore.Model.Samples;

/// <summary>Type of a metric family; numbers as in the remote write messages (persisted, never renumber).</summary>
public enum MetricType : byte
{
    /// <summary>Not known.</summary>
    Unknown = 0,

    /// <summary>Counter.</summary>
    Counter = 1,

    /// <summary>Gauge.</summary>
    Gauge = 2,

    /// <summary>Histogram.</summary>
    Histogram = 3,

    /// <summary>Gauge histogram.</summary>
    GaugeHistogram = 4,

    /// <summary>Summary.</summary>
    Summary = 5,

    /// <summary>Info.</summary>
    Info = 6,

    /// <summary>State set.</summary>
    StateSet = 7,
}
