using RemoteStore.Storage.Querying;

namespace RemoteStore.Blocks.Windows;

/// <summary>Which windows the evaluations of a query look at. None of them reaches over an end of the range of an evaluation. Asked for in ascending order.</summary>
internal struct SeenWindows
{
    private readonly long _stepMs;
    private readonly long _rangeMs; // 0: all are seen
    private long _evaluationMs; // the first one, or the first that is not before the window asked for last

    /// <param name="hints">What says when evaluations are.</param>
    public SeenWindows(in SelectHints hints)
    {
        _stepMs = hints.StepMs;
        _rangeMs = hints.MayLeaveOutUnseen ? hints.RangeMs : 0;
        _evaluationMs = hints.FirstEvaluationMs;
    }

    /// <summary>True unless the window that ends at the time lies between the ranges of evaluations, or behind all of them.</summary>
    public bool Contains(long endMs)
    {
        if (_rangeMs == 0)
        {
            return true;
        }

        if (endMs > _evaluationMs)
        {
            if (_stepMs == 0)
            {
                return false;
            }

            _evaluationMs += (endMs - _evaluationMs + _stepMs - 1) / _stepMs * _stepMs;
        }

        return _evaluationMs - endMs < _rangeMs;
    }
}
