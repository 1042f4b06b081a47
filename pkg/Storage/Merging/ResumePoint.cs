using RemoteStore.Model.Labels;
using RemoteStore.Storage.Querying;

namespace RemoteStore.Storage.Merging;

/// <summary>How far series were handed out in label order, so that a read can be begun anew elsewhere and go on behind them. Not safe for concurrent use.</summary>
public sealed class ResumePoint
{
    private byte[] _last = [];
    private int _lastLength;
    private bool _behindLast = true; // false while series come that were handed out before

    /// <summary>From here on series come from the first one again.</summary>
    public void Restart() => _behindLast = _lastLength == 0;

    /// <summary>Leaves out series that were handed out before; false when none is left. What is left counts as handed out.</summary>
    /// <param name="batch">Series in label order, not empty.</param>
    public bool Pass(SeriesBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        int first = 0;
        while (!_behindLast && first < batch.Count)
        {
            _behindLast = LabelSet.Compare(batch.Labels(first).Bytes.Span, _last.AsSpan(0, _lastLength)) > 0;
            first += _behindLast ? 0 : 1;
        }

        if (first == batch.Count)
        {
            return false;
        }

        batch.RemoveFirst(first);
        ReadOnlySpan<byte> last = batch.Labels(batch.Count - 1).Bytes.Span;
        if (_last.Length < last.Length)
        {
            _last = new byte[last.Length * 2];
        }

        last.CopyTo(_last);
        _lastLength = last.Length;
        return true;
    }
}
