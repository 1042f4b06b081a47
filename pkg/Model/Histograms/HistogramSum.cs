namespace RemoteStore.Model.Histograms;

/// <summary>Compensated sum of histograms, of series at one time (<c>sum</c>) or of one series over time (<c>sum_over_time</c>). Used again after <see cref="Reset"/>; one owner.</summary>
public sealed class HistogramSum
{
    private readonly FloatHistogram _sum = new();
    private ResetHintsSeen _hints;
    private HistogramNotes _notes;

    /// <summary>Histograms added since the last <see cref="Reset"/>.</summary>
    public int Added { get; private set; }

    /// <summary>
    /// What there is to tell of the sum so far. <see cref="HistogramNotes.CounterResetCollision"/> is told when any input began after a reset and any other
    /// without one; with <see cref="HistogramNotes.MixedSchemas"/> there is no sum.
    /// </summary>
    public HistogramNotes Notes => _notes | _hints.Notes;

    /// <summary>Bytes of its arrays, for memory accounting.</summary>
    public long AllocatedBytes => _sum.AllocatedBytes;

    /// <summary>Begins a new sum.</summary>
    public void Reset()
    {
        Added = 0;
        _hints = default;
        _notes = HistogramNotes.None;
    }

    /// <summary>Adds a histogram; nothing more is added once the sum is impossible.</summary>
    public void Add(FloatHistogram histogram)
    {
        ArgumentNullException.ThrowIfNull(histogram);
        if ((_notes & HistogramNotes.MixedSchemas) != 0)
        {
            return;
        }

        _hints.Note(histogram.CounterResetHint);
        if (Added++ == 0)
        {
            _sum.CopyFrom(histogram);
            return;
        }

        _notes |= _sum.AddCompensated(histogram) & (HistogramNotes.MixedSchemas | HistogramNotes.BoundsReconciled);
    }

    /// <summary>Writes the sum, which is not compacted (<c>sum</c> is, <c>sum_over_time</c> is not). More can be added afterwards.</summary>
    /// <returns>False, and nothing is written, when nothing was added or the sum is impossible.</returns>
    public bool TryGet(FloatHistogram destination)
    {
        ArgumentNullException.ThrowIfNull(destination);
        if (Added == 0 || (_notes & HistogramNotes.MixedSchemas) != 0)
        {
            return false;
        }

        destination.CopyFrom(_sum);
        destination.ApplyCompensation();
        return true;
    }
}
