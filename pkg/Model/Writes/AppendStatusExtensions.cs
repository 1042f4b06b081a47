namespace RemoteStore.Model.Writes;

/// <summary>Names of refusals for metrics and messages.</summary>
public static class AppendStatusExtensions
{
    /// <summary>The reason as a metric label value; a published name, never change one.</summary>
    public static string ReasonName(this AppendStatus status) => status switch
    {
        AppendStatus.Ok => "ok",
        AppendStatus.MissingMetricName => "missing_metric_name",
        AppendStatus.InvalidMetricName => "invalid_metric_name",
        AppendStatus.InvalidLabelName => "invalid_label_name",
        AppendStatus.InvalidLabelValue => "invalid_label_value",
        AppendStatus.DuplicateLabelName => "duplicate_label_name",
        AppendStatus.TooManyLabels => "too_many_labels",
        AppendStatus.LabelNameTooLong => "label_name_too_long",
        AppendStatus.LabelValueTooLong => "label_value_too_long",
        AppendStatus.MalformedSeries => "malformed_series",
        AppendStatus.EmptySeries => "empty_series",
        AppendStatus.OutOfOrder => "out_of_order",
        AppendStatus.TooOld => "too_old",
        AppendStatus.TooFarInFuture => "too_far_in_future",
        AppendStatus.DuplicateTimestamp => "duplicate_timestamp",
        AppendStatus.InvalidHistogram => "invalid_histogram",
        AppendStatus.InvalidExemplar => "invalid_exemplar",
        AppendStatus.TooManySeries => "too_many_series",
        AppendStatus.SeriesDeleted => "series_deleted",
        _ => throw new ArgumentOutOfRangeException(nameof(status)),
    };
}
