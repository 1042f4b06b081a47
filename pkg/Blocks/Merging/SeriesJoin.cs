using RemoteStore.Blocks.Format;
using RemoteStore.Blocks.Format.Checking;
using RemoteStore.Blocks.Format.Reading;
using RemoteStore.Model.Labels;
using RemoteStore.Primitives.Files;
using RemoteStore.Storage.Querying;

namespace RemoteStore.Blocks.Merging;

/// <summary>Goes over the series of several blocks in label order, each once with the samples of all of them.</summary>
/// <param name="blocks">The blocks.</param>
/// <param name="cursors">A cursor over each, not yet moved.</param>
internal sealed class SeriesJoin(IReadOnlyList<BlockReader> blocks, BlockCursor[] cursors)
{
    private readonly SampleBuffer _joined = new();
    private readonly List<int> _current = []; // cursors that are at the current series, by position
    private readonly List<int> _live = []; // cursors that have a series, by position
    private bool _started;

    /// <summary>Labels of the current series, valid until the next move.</summary>
    public LabelSet Labels => cursors[_current[0]].Labels;

    /// <summary>Its samples, ascending, one per timestamp; valid until the next move.</summary>
    public SampleBuffer Samples { get; private set; } = new();

    /// <summary>Moves to the next series; false at the end.</summary>
    /// <exception cref="DamagedBlockException">A block is damaged.</exception>
    public async ValueTask<bool> MoveNextAsync(CancellationToken cancellationToken)
    {
        if (!_started)
        {
            _started = true;
            _live.AddRange(Enumerable.Range(0, cursors.Length));
            _current.AddRange(_live);
        }

        foreach (int i in _current)
        {
            if (!await TryMoveAsync(i, cancellationToken).ConfigureAwait(false))
            {
                _live.Remove(i);
            }
        }

        _current.Clear();
        foreach (int i in _live)
        {
            int order = _current.Count == 0 ? 0 : LabelOrder.Compare(cursors[i].Labels.Bytes.Span, cursors[_current[0]].Labels.Bytes.Span);
            if (order < 0)
            {
                _current.Clear();
            }

            if (order <= 0)
            {
                _current.Add(i);
            }
        }

        if (_current.Count == 0)
        {
            return false;
        }

        Samples = _current.Count == 1 ? cursors[_current[0]].Samples : Join();
        return true;
    }

    private async ValueTask<bool> TryMoveAsync(int i, CancellationToken cancellationToken)
    {
        try
        {
            return await cursors[i].MoveNextAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (CorruptDataException damage)
        {
            throw new DamagedBlockException(blocks[i].Meta.Id, damage);
        }
    }

    private SampleBuffer Join()
    {
        _joined.Clear();
        foreach (int i in _current)
        {
            _joined.Add(cursors[i].Samples);
        }

        _joined.SortAndDeduplicate(0, 0);
        return _joined;
    }
}
