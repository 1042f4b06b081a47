using RemoteStore.Model;

namespace RemoteStore.Storage.Querying;

/// <summary>What a selector's consumer will do, so that storage may read less.</summary>
/// <param name="Range">Samples outside are not needed (inclusive, milliseconds); within the querier's range.</param>
/// <param name="StepMs">Evaluation step in milliseconds, 0 for an instant.</param>
/// <param name="Function">Function that consumes the series, empty when unknown.</param>
/// <param name="LabelsOnly">True when only label sets are needed.</param>
public readonly record struct SelectHints(QueryRange Range, long StepMs = 0, string Function = "", bool LabelsOnly = false)
{
    /// <summary>Length of the range that each evaluation looks at, milliseconds; 0 for an instant selector.</summary>
    public long RangeMs { get; init; }

    /// <summary>
    /// Right end of the first evaluation's range, offset and <c>@</c> taken into account; those of the others follow at <see cref="StepMs"/>. Has no meaning
    /// when <see cref="AcceptsWindows"/> is false.
    /// </summary>
    public long FirstEvaluationMs { get; init; }

    /// <summary>Coarsest resolution, milliseconds, that the caller takes in place of raw samples although the answer is then an approximation; 0 for none.</summary>
    public long MaxResolutionMs { get; init; }

    /// <summary>
    /// True when the consumer reads windows. Storage then gives each window of resolution R that overlaps (<see cref="Range"/>'s start - R, its end] as a whole.
    /// False: where storage has only windows it gives the last sample of each as a sample.
    /// </summary>
    public bool AcceptsWindows { get; init; }

    /// <summary>
    /// True when windows that no evaluation looks at may be left out. For who knows all windows that come together, and that none of them reaches over an end of
    /// the range of an evaluation: a range that cuts windows looks at some outside.
    /// </summary>
    public bool MayLeaveOutUnseen { get; init; }

    /// <summary>What is needed of windows.</summary>
    public WindowColumns Columns { get; init; } = WindowColumns.All;
}
