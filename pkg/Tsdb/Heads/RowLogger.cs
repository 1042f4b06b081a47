using RemoteStore.Tsdb.Wal;

namespace RemoteStore.Tsdb.Heads;

/// <summary>Logs the rows of one append in entries of bounded size, up to a bounded chunk.</summary>
/// <remarks>Scratch of one head, used under its lock.</remarks>
internal sealed class RowLogger
{
    /// <summary>Bytes of one append call; a fraction of the log's memory, so that several tenants' chunks fit.</summary>
    public const int ChunkBytes = 1 << 20;

    private const int EntryBytes = WriteAheadLog.MaxPayload / 2;

    private readonly TenantHead _head;
    private readonly WriteAheadLog _log;
    private readonly RowEncoder _encoder = new();
    private int _written;
    private bool _withStarts;
    private bool _refused;

    public RowLogger(TenantHead head, WriteAheadLog log)
    {
        _head = head;
        _log = log;
    }

    /// <summary>True when the chunk should end here.</summary>
    public bool IsFull => _written + _encoder.Length > ChunkBytes;

    /// <summary>True when an entry was logged since <see cref="Begin"/>.</summary>
    public bool HasLogged { get; private set; }

    /// <summary>Position of the entry logged last.</summary>
    public WalPosition Position { get; private set; }

    /// <summary>Starts a chunk.</summary>
    public void Begin(bool withStarts)
    {
        _withStarts = withStarts;
        _written = 0;
        _refused = false;
        HasLogged = false;
        Position = default;
        _encoder.Begin(_head.NameUtf8, withStarts);
    }

    /// <summary>Logs a float row; none after the first histogram row of an entry.</summary>
    public void AddFloat(uint seriesRef, long timestampMs, long valueBits, long startTimestampMs)
    {
        _encoder.AddFloat(seriesRef, timestampMs, valueBits, startTimestampMs);
        if (_encoder.Length > EntryBytes)
        {
            EndEntry();
        }
    }

    /// <summary>Logs a histogram row.</summary>
    public void AddHistogram(uint seriesRef, long timestampMs, long startTimestampMs, ReadOnlySpan<byte> payload)
    {
        _encoder.AddHistogram(seriesRef, timestampMs, startTimestampMs, payload);
        if (_encoder.Length > EntryBytes)
        {
            EndEntry();
        }
    }

    /// <summary>Logs what is left.</summary>
    /// <returns>False when the log took not all entries of the chunk.</returns>
    public bool Finish()
    {
        if (_encoder.Rows > 0)
        {
            EndEntry();
        }

        return !_refused;
    }

    private void EndEntry()
    {
        ReadOnlySpan<byte> payload = _encoder.Finish();
        if (!_refused && _log.TryAppend(WalEntryType.Rows, payload, out WalPosition position))
        {
            Position = position;
            HasLogged = true;
            _written += payload.Length;
            _head.Active.NotePosition(position);
        }
        else
        {
            _refused = true;
        }

        _encoder.Begin(_head.NameUtf8, _withStarts);
    }
}
