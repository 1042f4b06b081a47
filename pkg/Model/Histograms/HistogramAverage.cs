namespace RemoteStore.Model.Histograms;

/// <summary>
/// Average of histograms, of series at one time (<c>avg</c>) or of one series over time (<c>avg_over_time</c>). A compensated sum, divided at the end, as
/// long as nothing in it becomes infinite; from there on a compensated running mean. Used again after <see cref="Reset"/>; one owner.
/// </summary>
public sealed class HistogramAverage
{
    // The sum or the mean so far, and where the next sum is tried.
    private FloatHistogram _current = new();
    private FloatHistogram _trial = new();
    private ResetHintsSeen _hints;
    private HistogramNotes _notes;
    private bool _runningMean;

    /// <summary>Histograms added since the last <see cref="Reset"/>.</summary>
    public int Added { get; private set; }

    /// <summary>As <see cref="HistogramSum.Notes"/>.</summary>
    public HistogramNotes Notes => _notes | _hints.Notes;

    /// <summary>Bytes of its arrays, for memory accounting.</summary>
    public long AllocatedBytes => _current.AllocatedBytes + _trial.AllocatedBytes;

    /// <summary>Begins a new average.</summary>
    public void Reset()
    {
        Added = 0;
        _hints = default;
        _notes = HistogramNotes.None;
        _runningMean = false;
    }

    /// <summary>Adds a histogram; nothing more is added once the average is impossible.</summary>
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
            _current.CopyFrom(histogram);
        }
        else if (!_runningMean)
        {
            AddToSum(histogram);
        }
        else
        {
            AddToMean(histogram);
        }
    }

    /// <summary>Writes the average, which is not compacted (<c>avg</c> is, <c>avg_over_time</c> is not). More can be added afterwards.</summary>
    /// <returns>False, and nothing is written, when nothing was added or the average is impossible.</returns>
    public bool TryGet(FloatHistogram destination)
    {
        ArgumentNullException.ThrowIfNull(destination);
        if (Added == 0 || (_notes & HistogramNotes.MixedSchemas) != 0)
        {
            return false;
        }

        destination.CopyFrom(_current);
        if (!_runningMean)
        {
            destination.Divide(Added);
        }

        destination.ApplyCompensation();
        return true;
    }

    private void AddToSum(FloatHistogram histogram)
    {
        _trial.CopyFrom(_current);
        Note(_trial.AddCompensated(histogram));
        if ((_notes & HistogramNotes.MixedSchemas) != 0)
        {
            return;
        }

        if (!_trial.HasOverflow)
        {
            (_current, _trial) = (_trial, _current);
            return;
        }

        _runningMean = true;
        _current.Divide(Added - 1);
        AddToMean(histogram);
    }

    private void AddToMean(FloatHistogram histogram)
    {
        _current.Multiply((Added - 1.0) / Added);
        _trial.CopyFrom(histogram);
        _trial.Divide(Added);
        Note(_current.AddCompensated(_trial));
    }

    private void Note(HistogramNotes notes) => _notes |= notes & (HistogramNotes.MixedSchemas | HistogramNotes.BoundsReconciled);
}
