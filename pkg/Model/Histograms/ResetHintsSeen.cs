using RemoteStore.Model.Samples;

namespace RemoteStore.Model.Histograms;

/// <summary>Whether inputs of an aggregation contradict each other about counter resets.</summary>
internal struct ResetHintsSeen
{
    private bool _reset;
    private bool _noReset;

    public readonly HistogramNotes Notes => _reset && _noReset ? HistogramNotes.CounterResetCollision : HistogramNotes.None;

    public void Note(CounterResetHint hint)
    {
        _reset |= hint == CounterResetHint.CounterReset;
        _noReset |= hint == CounterResetHint.NotCounterReset;
    }
}
