namespace RemoteStore.PromQL.Execution;

/// <summary>
/// Labels of series that are held for as long as something refers to them, named by numbers that are used again. Space of those let go is won back by moving
/// the others together once half of it is waste.
/// </summary>
internal sealed class LabelShelf : IDisposable
{
    private const int None = -1;
    private const int SmallestCompaction = 1 << 12;

    private readonly QueryMemory _memory;
    private byte[] _bytes = [];
    private int[] _offsets = [];
    private int[] _lengths = [];
    private int[] _references = [];
    private byte[] _drops = [];
    private int _used;
    private int _waste;
    private int _free = None;

    public LabelShelf(QueryMemory memory) => _memory = memory;

    /// <summary>One more than the highest number so far.</summary>
    public int Bound { get; private set; }

    /// <summary>Puts labels there, with no reference yet.</summary>
    /// <returns>Their number.</returns>
    public int Add(ReadOnlySpan<byte> labels, bool dropName)
    {
        if (labels.Length > _bytes.Length - _used && _waste >= Math.Max(SmallestCompaction, _used / 2))
        {
            Compact();
        }

        if (labels.Length > _bytes.Length - _used)
        {
            _memory.Grow(ref _bytes, _used, (long)_used + labels.Length);
        }

        int number = _free;
        if (number == None)
        {
            number = Bound;
            GrowNumbers();
            Bound++;
        }
        else
        {
            _free = _offsets[number];
        }

        labels.CopyTo(_bytes.AsSpan(_used));
        _offsets[number] = _used;
        _lengths[number] = labels.Length;
        _references[number] = 0;
        _drops[number] = dropName ? (byte)1 : (byte)0;
        _used += labels.Length;
        return number;
    }

    /// <summary>The labels; valid until some are added.</summary>
    public ReadOnlySpan<byte> Labels(int number) => _bytes.AsSpan(_offsets[number], _lengths[number]);

    /// <summary>True when the metric name is to be dropped at the end.</summary>
    public bool DropName(int number) => _drops[number] != 0;

    /// <summary>Adds a reference.</summary>
    public void Hold(int number) => _references[number]++;

    /// <summary>Takes a reference away; without any the number is free.</summary>
    public void LetGo(int number)
    {
        if (--_references[number] == 0)
        {
            _waste += _lengths[number];
            _offsets[number] = _free;
            _free = number;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _memory.Return(_bytes);
        _memory.Return(_offsets);
        _memory.Return(_lengths);
        _memory.Return(_references);
        _memory.Return(_drops);
        _bytes = [];
        _offsets = [];
        _lengths = [];
        _references = [];
        _drops = [];
    }

    private void GrowNumbers()
    {
        if (Bound >= _offsets.Length)
        {
            _memory.Grow(ref _offsets, Bound, Bound + 1L);
        }

        if (Bound >= _lengths.Length)
        {
            _memory.Grow(ref _lengths, Bound, Bound + 1L);
        }

        if (Bound >= _references.Length)
        {
            _memory.Grow(ref _references, Bound, Bound + 1L);
        }

        if (Bound >= _drops.Length)
        {
            _memory.Grow(ref _drops, Bound, Bound + 1L);
        }
    }

    private void Compact()
    {
        byte[] bytes = _memory.RentBytes(Math.Max(256, _used - _waste));
        int used = 0;
        for (int number = 0; number < Bound; number++)
        {
            if (_references[number] > 0)
            {
                Labels(number).CopyTo(bytes.AsSpan(used));
                _offsets[number] = used;
                used += _lengths[number];
            }
        }

        _memory.Return(_bytes);
        (_bytes, _used, _waste) = (bytes, used, 0);
    }
}
