using FASTER.core;
using RemoteStore.Primitives.Files;

namespace RemoteStore.Tsdb.Wal;

/// <summary>
/// FasterLog's disk. FasterLog asks for writes on whatever thread moves its pages; they are only queued here, and the committer carries them
/// out with <see cref="WriteQueued"/>: write, sync file, sync folder, and only then tell FasterLog. The first error ends the device.
/// </summary>
internal sealed unsafe class WalDevice : StorageDeviceBase
{
    // Entries are multiples of four bytes: with this "sector" each write is exactly the new entries. Nothing that was acknowledged is
    // written again, and no byte of an entry whose commit has not begun reaches the disk.
    private const uint WriteAlignment = WalFrame.Alignment;
    private const uint ErrorCode = 5;

    // Small commits would each make the file longer, and its sync then also waits for the file system's journal, behind whatever else is
    // being synced there. So the file is extended by zeros a page at a time, and most commits only fill in. Measured per commit of 20 KB on
    // ext4: 66 µs of CPU when extending, 32 µs when filling in. Above this size the zeros cost more than they save.
    private const long ZeroAheadMaxBatchBytes = 256 << 10;
    private static readonly byte[] s_zeros = new byte[64 << 10];

    private readonly IFileSystem _files;
    private readonly string _folder;
    private readonly bool _sync;
    private readonly int _zeroAheadBytes;
    private readonly Action _wake;
    private readonly Lock _lock = new(); // guards _queue and _failure; no I/O under it
    private readonly Lock _segmentsLock = new(); // guards _open and _sizes
    private readonly Dictionary<int, IWritableFile> _open = [];
    private readonly Dictionary<int, long> _sizes = [];
    private readonly HashSet<int> _dirty = []; // committer only
    private List<Request> _queue = [];
    private List<Request> _batch = [];
    private Exception? _failure;
    private bool _zeroAhead;
    private int _zeroedSegment = -1; // committer only, as the next
    private long _zeroedUntil;

    /// <summary>Creates a device for an empty generation folder.</summary>
    /// <param name="files">Where it writes.</param>
    /// <param name="folder">The generation's folder; exists and is durable.</param>
    /// <param name="sync">False leaves writes to the operating system.</param>
    /// <param name="zeroAheadBytes">How far small commits extend the file beyond what they write, when syncing.</param>
    /// <param name="wake">Called when a write was queued; must only signal.</param>
    public WalDevice(IFileSystem files, string folder, bool sync, int zeroAheadBytes, Action wake)
        : base(Path.Combine(folder, "segment"), WriteAlignment, -1)
    {
        _files = files;
        _folder = folder;
        _sync = sync;
        _zeroAhead = sync;
        _zeroAheadBytes = zeroAheadBytes;
        _wake = wake;
    }

    /// <summary>Bytes of all segments that have a file.</summary>
    public long SizeBytes
    {
        get
        {
            lock (_segmentsLock)
            {
                return _sizes.Values.Sum();
            }
        }
    }

    /// <summary>Bytes written so far, by the committer.</summary>
    public long WrittenBytes { get; private set; }

    /// <summary>True when FasterLog waits for a write.</summary>
    public bool HasQueued
    {
        get
        {
            lock (_lock)
            {
                return _queue.Count > 0;
            }
        }
    }

    /// <inheritdoc/>
    public override void WriteAsync(nint sourceAddress, int segmentId, ulong destinationAddress, uint numBytesToWrite, DeviceIOCompletionCallback callback, object context)
    {
        lock (_lock)
        {
            if (_failure is null)
            {
                _queue.Add(new Request(sourceAddress, segmentId, (long)destinationAddress, (int)numBytesToWrite, callback, context));
                _wake();
                return;
            }
        }

        callback(ErrorCode, 0, context);
    }

    /// <summary>Carries out what is queued. Committer only.</summary>
    /// <exception cref="IOException">A write or sync did not succeed; FasterLog was told, and every later write is refused.</exception>
    public void WriteQueued()
    {
        lock (_lock)
        {
            (_queue, _batch) = (_batch, _queue);
        }

        try
        {
            Write(_batch);
        }
        catch (Exception e)
        {
            Fail(e);
            Complete(ErrorCode);
            throw;
        }

        Complete(0);
    }

    /// <summary>Refuses everything queued and to come.</summary>
    public void Fail(Exception reason)
    {
        List<Request> refused;
        lock (_lock)
        {
            _failure ??= reason;
            refused = _queue;
            _queue = [];
        }

        foreach (Request request in refused)
        {
            request.Callback(ErrorCode, 0, request.Context);
        }
    }

    /// <summary>Deletes segment files below <paramref name="segment"/>, lowest first, each removal durable before the next, so that what a power loss leaves is without holes.</summary>
    public void DeleteSegmentsBelow(int segment)
    {
        while (true)
        {
            int lowest;
            lock (_segmentsLock)
            {
                lowest = _sizes.Count == 0 ? int.MaxValue : _sizes.Keys.Min();
                if (lowest >= segment)
                {
                    return;
                }

                if (_open.Remove(lowest, out IWritableFile? file))
                {
                    file.Dispose();
                }
            }

            _files.DeleteFile(WalLayout.SegmentFile(_folder, lowest));
            _files.SyncDirectory(_folder);
            lock (_segmentsLock)
            {
                _sizes.Remove(lowest);
            }
        }
    }

    /// <inheritdoc/>
    public override void ReadAsync(int segmentId, ulong sourceAddress, nint destinationAddress, uint readLength, DeviceIOCompletionCallback callback, object context) =>
        callback(ErrorCode, 0, context); // The log is never read through FasterLog.

    /// <inheritdoc/>
    public override void RemoveSegmentAsync(int segment, AsyncCallback callback, IAsyncResult result) => callback(result); // Nor truncated through it.

    /// <inheritdoc/>
    public override void Dispose()
    {
        lock (_segmentsLock)
        {
            foreach (IWritableFile file in _open.Values)
            {
                file.Dispose();
            }

            _open.Clear();
        }
    }

    private void Write(List<Request> batch)
    {
        bool created = false;
        long writtenBefore = WrittenBytes;
        foreach (Request request in batch)
        {
            IWritableFile file = Segment(request.Segment, ref created);

            // Safety: FasterLog keeps the page until the callback; its epoch has seen every writer of these bytes leave.
            file.Write(request.Offset, new ReadOnlySpan<byte>((void*)request.Source, request.Length));
            _dirty.Add(request.Segment);
            WrittenBytes += request.Length;
            lock (_segmentsLock)
            {
                _sizes[request.Segment] = Math.Max(_sizes[request.Segment], request.Offset + request.Length);
            }
        }

        if (_zeroAhead && batch.Count > 0 && WrittenBytes - writtenBefore <= ZeroAheadMaxBatchBytes)
        {
            ZeroAhead(batch[^1]);
        }

        if (_sync)
        {
            foreach (int segment in _dirty)
            {
                Segment(segment, ref created).Sync();
            }
        }

        if (created)
        {
            _files.SyncDirectory(_folder);
        }

        CloseAllButNewest();
        _dirty.Clear();
    }

    private void ZeroAhead(Request newest)
    {
        long end = newest.Offset + newest.Length;
        if (newest.Segment == _zeroedSegment && end <= _zeroedUntil)
        {
            return;
        }

        long until = Math.Min(SegmentSize, (end / _zeroAheadBytes * _zeroAheadBytes) + _zeroAheadBytes);
        bool created = false;
        IWritableFile file = Segment(newest.Segment, ref created);
        try
        {
            for (long at = Math.Max(end, file.Length); at < until;)
            {
                int length = (int)Math.Min(s_zeros.Length, until - at);
                file.Write(at, s_zeros.AsSpan(0, length));
                at += length;
            }
        }
        catch (IOException)
        {
            _zeroAhead = false; // The disk is about to be full. The entries are written; whether they can be synced is what counts.
        }

        (_zeroedSegment, _zeroedUntil) = (newest.Segment, until);
    }

    // Only the committer opens files, so nobody can open the same one between the two locks.
    private IWritableFile Segment(int segment, ref bool created)
    {
        bool exists;
        lock (_segmentsLock)
        {
            if (_open.TryGetValue(segment, out IWritableFile? open))
            {
                return open;
            }

            exists = !_sizes.TryAdd(segment, 0);
        }

        string path = WalLayout.SegmentFile(_folder, segment);
        IWritableFile file = exists ? _files.OpenExisting(path) : _files.Create(path);
        created |= !exists;
        lock (_segmentsLock)
        {
            _open.Add(segment, file);
        }

        return file;
    }

    private void CloseAllButNewest()
    {
        lock (_segmentsLock)
        {
            if (_open.Count > 1)
            {
                int newest = _open.Keys.Max();
                foreach (int segment in _open.Keys.Where(s => s != newest).ToArray())
                {
                    _open[segment].Dispose();
                    _open.Remove(segment);
                }
            }
        }
    }

    // FasterLog may queue the next write from within the callback.
    private void Complete(uint errorCode)
    {
        foreach (Request request in _batch)
        {
            request.Callback(errorCode, errorCode == 0 ? (uint)request.Length : 0, request.Context);
        }

        _batch.Clear();
    }

    private readonly record struct Request(nint Source, int Segment, long Offset, int Length, DeviceIOCompletionCallback Callback, object Context);
}
