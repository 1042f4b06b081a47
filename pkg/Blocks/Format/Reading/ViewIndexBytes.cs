namespace RemoteStore.Blocks.Format.Reading;

/// <summary>
/// The index as one view of a block reads it where requests are dear: whole, in one read. While the view chooses its series all of it is at hand; then it goes,
/// unless it fits the view's share of memory, and what is still needed comes in stretches. So a query over many blocks holds little of each, and asks each once.
/// </summary>
/// <param name="files">The block's files.</param>
/// <param name="meta">What the block holds.</param>
/// <param name="memory">What the view may hold.</param>
internal sealed class ViewIndexBytes(BlockFiles files, BlockMeta meta, BlockQueryMemory memory) : IIndexBytes
{
    private const int MinStretchBytes = 16 << 10;

    private readonly long _length = BlockFooters.LengthOf(meta, BlockFile.Index);
    private readonly int _wholeBytes = Math.Min(files.Sizes.WholeIndexBytes, memory.WholeIndexBytes);
    private readonly Lock _lock = new(); // guards the fields below
    private readonly (long Start, byte[] Bytes)[] _stretches = new (long Start, byte[] Bytes)[4]; // the last one read of each part of the file
    private byte[]? _shared; // the whole index; the cache may have it, too
    private byte[]? _rented; // the whole index, for now
    private bool _wasWhole;

    /// <summary>True when the whole index may stay at hand, and in the cache for views to come.</summary>
    private bool IsShared => _length <= memory.IndexBytes;

    /// <summary>Set when the directory is all that is wanted: then it alone is read, unless the whole would stay.</summary>
    public bool DirectoryOnly { get; set; }

    /// <inheritdoc/>
    public async ValueTask<ReadOnlyMemory<byte>> ReadAsync(BlockSection kind, long offset, int length, CancellationToken cancellationToken)
    {
        if (TryTake(offset, length, out ReadOnlyMemory<byte> held))
        {
            return held;
        }

        if (_length <= _wholeBytes && files.Find<byte[]>(BlockSection.File, 0) is { } cached && cached.Length == _length)
        {
            return cached.AsMemory((int)offset, length);
        }

        if (ReadsWhole(kind) && await TryReadWholeAsync(cancellationToken).ConfigureAwait(false) && TryTake(offset, length, out held))
        {
            return held;
        }

        return await ReadStretchAsync(kind, offset, length, StretchBytes(kind), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Reads ahead what will be asked for piece by piece, unless it is at hand.</summary>
    /// <param name="kind">What lies there.</param>
    /// <param name="offset">Where it begins.</param>
    /// <param name="length">Its bytes; what is too much for one read is left.</param>
    /// <param name="cancellationToken">Stops the read.</param>
    public async ValueTask PrepareAsync(BlockSection kind, long offset, long length, CancellationToken cancellationToken)
    {
        int bytes = (int)Math.Min(length, files.Sizes.MaxRunBytes);
        if (bytes > 0 && _length > files.Sizes.SharedIndexBytes && !IsAtHand(offset, bytes))
        {
            _ = await ReadStretchAsync(kind, offset, bytes, bytes, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Lets go of what exceeds the view's share: from here on little of the index is needed.</summary>
    public void Trim()
    {
        lock (_lock)
        {
            if (_rented is { } rented)
            {
                _rented = null;
                files.Cache.Buffers.Return(rented);
                files.Cache.EndLoan(_length);
            }

            for (int i = 0; i < _stretches.Length; i++)
            {
                if (_stretches[i].Bytes?.Length > memory.IndexBytes)
                {
                    _stretches[i] = default;
                }
            }
        }
    }

    private bool ReadsWhole(BlockSection kind)
    {
        lock (_lock)
        {
            // A large index of which something is known already is not worth its bytes a second time, unless it stays then.
            return (!DirectoryOnly || IsShared) && !_wasWhole && _length <= _wholeBytes
                && (_length <= files.Sizes.SharedIndexBytes || IsShared || kind is BlockSection.Footer or BlockSection.Directory);
        }
    }

    private async ValueTask<bool> TryReadWholeAsync(CancellationToken cancellationToken)
    {
        if (IsShared)
        {
            byte[] bytes = new byte[_length];
            await files.ReadAsync(BlockFile.Index, 0, bytes, cancellationToken).ConfigureAwait(false);
            files.Keep(BlockSection.File, 0, bytes, bytes.Length);
            lock (_lock)
            {
                _shared = bytes;
                _wasWhole = true;
            }

            return true;
        }

        if (!files.Cache.TryLend(_length))
        {
            return false;
        }

        byte[] rented = files.Cache.Buffers.Rent((int)_length);
        bool isHeld = false;
        try
        {
            await files.ReadAsync(BlockFile.Index, 0, rented.AsMemory(0, (int)_length), cancellationToken).ConfigureAwait(false);
            lock (_lock)
            {
                isHeld = _rented is null;
                _rented ??= rented;
                _wasWhole = true;
            }
        }
        finally
        {
            if (!isHeld)
            {
                files.Cache.Buffers.Return(rented);
                files.Cache.EndLoan(_length);
            }
        }

        return true;
    }

    private async ValueTask<ReadOnlyMemory<byte>> ReadStretchAsync(BlockSection kind, long offset, int length, int wanted, CancellationToken cancellationToken)
    {
        // The footer leads to the directory before it; everything else is read forwards.
        long start = kind == BlockSection.Footer ? Math.Max(0, _length - Math.Max(wanted, length)) : offset;
        byte[] bytes = new byte[kind == BlockSection.Footer ? _length - start : Math.Max(length, Math.Min(wanted, _length - start))];
        await files.ReadAsync(BlockFile.Index, start, bytes, cancellationToken).ConfigureAwait(false);
        lock (_lock)
        {
            _stretches[SlotOf(kind)] = (start, bytes);
        }

        return bytes.AsMemory((int)(offset - start), length);
    }

    private int StretchBytes(BlockSection kind) => kind == BlockSection.Footer
        ? (int)Math.Clamp(meta.Stats.DirectoryBytes, BlockFormat.FooterLength, files.Sizes.MaxRunBytes)
        : Math.Min(files.Sizes.IndexWindowBytes, Math.Max(MinStretchBytes, memory.IndexBytes / 4));

    private static int SlotOf(BlockSection kind) => kind switch
    {
        BlockSection.Pairs => 0,
        BlockSection.Series => 1,
        BlockSection.Postings => 2,
        _ => 3,
    };

    private bool TryTake(long offset, int length, out ReadOnlyMemory<byte> held)
    {
        lock (_lock)
        {
            if (_shared is { } shared)
            {
                held = shared.AsMemory((int)offset, length);
                return true;
            }

            if (_rented is { } rented)
            {
                held = rented.AsSpan((int)offset, length).ToArray(); // the whole goes before the piece does
                return true;
            }

            foreach ((long start, byte[] bytes) in _stretches)
            {
                if (bytes is not null && offset >= start && offset + length <= start + bytes.Length)
                {
                    held = bytes.AsMemory((int)(offset - start), length);
                    return true;
                }
            }
        }

        held = default;
        return false;
    }

    private bool IsAtHand(long offset, int length)
    {
        lock (_lock)
        {
            return _shared is not null || _rented is not null
                || _stretches.Any(stretch => stretch.Bytes is not null && offset >= stretch.Start && offset + length <= stretch.Start + stretch.Bytes.Length);
        }
    }
}
