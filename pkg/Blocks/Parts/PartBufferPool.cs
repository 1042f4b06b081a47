namespace RemoteStore.Blocks.Parts;

/// <summary>Memory for decoded blocks, shared by the cursors of many parts. Safe for concurrent use; keeps a bounded number of idle buffers.</summary>
public sealed class PartBufferPool : IDisposable
{
    private const int LargestKept = 4 << 20; // a buffer that grew for a huge histogram block is not kept

    private readonly int _maxIdle;
    private readonly Lock _lock = new(); // guards both stacks and the counts
    private readonly Stack<RowBlock> _blocks = new();
    private readonly Stack<BlockLoader> _loaders = new();
    private int _rented;
    private bool _disposed;

    /// <summary>Creates a pool.</summary>
    /// <param name="maxIdle">Most idle buffers of each kind; one of decoded rows takes about 200 KiB.</param>
    public PartBufferPool(int maxIdle = 32) => _maxIdle = maxIdle;

    /// <summary>Buffers that are in use now.</summary>
    public int Rented
    {
        get
        {
            lock (_lock)
            {
                return _rented;
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_lock)
        {
            _disposed = true;
            _blocks.Clear();
            while (_loaders.TryPop(out BlockLoader? loader))
            {
                loader.Dispose();
            }
        }
    }

    internal RowBlock RentBlock()
    {
        lock (_lock)
        {
            _rented++;
            return _blocks.TryPop(out RowBlock? block) ? block : new RowBlock();
        }
    }

    internal BlockLoader RentLoader()
    {
        lock (_lock)
        {
            _rented++;
            return _loaders.TryPop(out BlockLoader? loader) ? loader : new BlockLoader();
        }
    }

    internal void Return(RowBlock block)
    {
        lock (_lock)
        {
            _rented--;
            if (!_disposed && _blocks.Count < _maxIdle && block.Payloads.Length <= LargestKept)
            {
                _blocks.Push(block);
            }
        }
    }

    internal void Return(BlockLoader loader)
    {
        lock (_lock)
        {
            _rented--;
            if (!_disposed && _loaders.Count < _maxIdle && loader.BufferBytes <= LargestKept)
            {
                _loaders.Push(loader);
                return;
            }
        }

        loader.Dispose();
    }
}
