namespace RemoteStore.Model.Writes;

/// <summary>Outcome of appending one series or sample. Everything but <see cref="Ok"/> is an ordinary refusal, tallied, never an exception.</summary>
public enum AppendStatus : byte
{
    /// <summary>Stored, or already there with the same bits.</summary>
    Ok = 0,

    /// <summary>No <c>__name__</c>, or it is empty.</summary>
    MissingMetricName,

    /// <summary>The metric name is not valid UTF-8.</summary>
    InvalidMetricName,

    /// <summary>A label name is empty or not valid UTF-8.</summary>
    InvalidLabelName,

    /// <summary>A label value is not valid UTF-8.</summary>
    InvalidLabelValue,

    /// <summary>A label name occurs twice.</summary>
    DuplicateLabelName,

    /// <summary>More labels than the limit.</summary>
    TooManyLabels,

    /// <summary>A label name longer than the limit.</summary>
    LabelNameTooLong,

    /// <summary>A label value longer than the limit.</summary>
    LabelValueTooLong,

    /// <summary>The label bytes are not well formed, or a symbol reference is out of range.</summary>
    MalformedSeries,

    /// <summary>The series has neither samples nor histograms (remote write 2.0).</summary>
    EmptySeries,

    /// <summary>Older than the out-of-order window of its series allows.</summary>
    OutOfOrder,

    /// <summary>Older than the retention.</summary>
    TooOld,

    /// <summary>More than the allowed time in the future.</summary>
    TooFarInFuture,

    /// <summary>Another value is already stored at this timestamp.</summary>
    DuplicateTimestamp,

    /// <summary>The native histogram contradicts itself.</summary>
    InvalidHistogram,

    /// <summary>The exemplar's labels are invalid or too long.</summary>
    InvalidExemplar,

    /// <summary>The tenant's limit of active series is reached.</summary>
    TooManySeries,

    /// <summary>The series is deleted at this time, and the deletion is not over.</summary>
    SeriesDeleted,
}
