using RemoteStore.Model.Labels;

namespace RemoteStore.Blocks.Format.Reading;

/// <summary>
/// Labels of series: loads what the next ones need, then puts them together without waiting. Label bytes lie in memory of the reader's own, valid until
/// <see cref="Recycle"/>. Not safe for concurrent use.
/// </summary>
/// <param name="index">The index.</param>
/// <param name="directory">Its directory.</param>
/// <param name="maxPairFrames">Frames of pairs that stay between two calls: 20 MiB at most unless told otherwise, of which a batch rarely needs a tenth.</param>
internal sealed class LabelReader(IndexReader index, IndexDirectory directory, int maxPairFrames = 256)
{
    private const int SlabBytes = 64 << 10;

    private readonly Dictionary<int, PairFrame> _pairs = [];
    private readonly List<byte[]> _slabs = [];
    private readonly SortedSet<int> _wanted = [];
    private SeriesFrame? _series;
    private PairFrame? _last; // frame of the pair asked for last: in a small block all pairs are in one
    private int _slab;
    private int _used;

    /// <summary>Lets go of the frames of pairs when they are more than may stay: a batch has copied what it needs. True when series have to be loaded again.</summary>
    public bool Trim()
    {
        if (_pairs.Count <= maxPairFrames)
        {
            return false;
        }

        _pairs.Clear();
        _last = null;
        return true;
    }

    /// <summary>Loads what is needed for a stretch of series of one frame; <paramref name="to"/> is exclusive.</summary>
    public async ValueTask LoadAsync(int from, int to, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested(); // all may be in memory
        int frame = from / BlockFormat.SeriesPerFrame;
        if (_series is null || _series.FirstSeries != frame * BlockFormat.SeriesPerFrame)
        {
            _series = await index.GetSeriesAsync(directory, frame, cancellationToken).ConfigureAwait(false);
        }

        _ = Trim();
        CollectPairFrames(from, to);
        if (_wanted.Count == 0)
        {
            return; // as almost always, and to enumerate nothing allocates
        }

        foreach (int wanted in _wanted)
        {
            _pairs[wanted] = await index.GetPairsAsync(directory, wanted, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>One past the last series that can be loaded together with this one.</summary>
    public static int FrameEnd(int series) => ((series / BlockFormat.SeriesPerFrame) + 1) * BlockFormat.SeriesPerFrame;

    /// <summary>Pair numbers of a loaded series.</summary>
    public ReadOnlySpan<int> PairsOf(int series) => _series!.Pairs(series);

    /// <summary>Field of a pair of a loaded series.</summary>
    public ReadOnlySpan<byte> Field(int pair) => FrameOf(pair).Field(pair);

    /// <summary>Value of a pair of a loaded series.</summary>
    public ReadOnlySpan<byte> Value(int pair) => FrameOf(pair).Value(pair);

    /// <summary>Label set of a loaded series, valid until <see cref="Recycle"/>.</summary>
    public LabelSet Labels(int series)
    {
        Memory<byte> memory = Allocate(LabelsLength(series));
        WriteLabels(series, memory.Span);
        return new LabelSet(memory);
    }

    /// <summary>Length of the label bytes of a loaded series.</summary>
    public int LabelsLength(int series)
    {
        int length = 0;
        foreach (int pair in PairsOf(series))
        {
            length += Field(pair).Length;
        }

        return length;
    }

    /// <summary>Writes the label bytes of a loaded series.</summary>
    /// <param name="series">The series.</param>
    /// <param name="destination"><see cref="LabelsLength"/> long.</param>
    public void WriteLabels(int series, Span<byte> destination)
    {
        foreach (int pair in PairsOf(series))
        {
            ReadOnlySpan<byte> field = Field(pair);
            field.CopyTo(destination);
            destination = destination[field.Length..];
        }
    }

    /// <summary>Takes back the memory of all label sets.</summary>
    public void Recycle()
    {
        _slab = 0;
        _used = 0;
    }

    private PairFrame FrameOf(int pair) =>
        _last is { } last && (uint)(pair - last.FirstPair) < (uint)last.Count ? last : _last = _pairs[pair / BlockFormat.PairsPerFrame];

    private void CollectPairFrames(int from, int to)
    {
        _wanted.Clear();
        int known = -1;
        for (int series = from; series < to; series++)
        {
            foreach (int pair in _series!.Pairs(series))
            {
                int frame = pair / BlockFormat.PairsPerFrame;
                if (frame != known && !_pairs.ContainsKey(frame))
                {
                    _wanted.Add(frame);
                }

                known = frame;
            }
        }
    }

    private Memory<byte> Allocate(int length)
    {
        while (_slab < _slabs.Count && _used + length > _slabs[_slab].Length)
        {
            _slab++;
            _used = 0;
        }

        if (_slab == _slabs.Count)
        {
            _slabs.Add(new byte[Math.Max(SlabBytes, length)]);
        }

        _used += length;
        return _slabs[_slab].AsMemory(_used - length, length);
    }
}
