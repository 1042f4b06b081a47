using FASTER.core;
using Microsoft.Extensions.Logging;
using RemoteStore.Primitives.Files;
using RemoteStore.Storage.Appending;

namespace RemoteStore.Tsdb.Wal;

/// <summary>
/// One folder of the log: a FasterLog instance, its device and the committer thread. It serves until it is closed or something fails;
/// then nothing is taken any more and everybody who waits is told. A failed instance is never repaired.
/// </summary>
internal sealed class LogGeneration : IDisposable
{
    // A flush that FasterLog has begun reaches the device at once, unless another thread is inside its epoch for a moment.
    private const int StallPollMs = 5;
    private const int StallPolls = 6000;

    private readonly WalDevice _device;
    private readonly FasterLog _log;
    private readonly WalOptions _options;
    private readonly Action _beforeCommit;
    private readonly WalMetrics? _metrics;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly long _seed;
    private readonly string _folder;
    private readonly IFileSystem _files;
    private readonly Thread _committer;
    private readonly AutoResetEvent _signal = new(initialState: false);
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<Exception> _failed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    // Order: _append before _rounds. No I/O, no callback of ours under either.
    private readonly Lock _append = new(); // makes sequence order address order; guards _sequence, _taking and the calls that move FasterLog's tail
    private readonly Lock _rounds = new(); // guards _gathering, _inFlight, _inFlightUntil, _flushWanted, _failure
    private ulong _sequence;
    private bool _taking = true;
    private CommitRound? _gathering;
    private CommitRound? _inFlight;
    private long _inFlightUntil;
    private bool _flushWanted;
    private WalFailedException? _failure;
    private long _durableUntil;
    private long _begin; // of replay
    private volatile bool _closing;

    private LogGeneration(WalGenerationHeader header, string folder, WalOptions options, IFileSystem files, Action beforeCommit, ILogger logger, TimeProvider time, WalMetrics? metrics)
    {
        Number = header.Generation;
        _seed = header.Seed;
        _folder = folder;
        _files = files;
        _options = options;
        _beforeCommit = beforeCommit;
        _logger = logger;
        _time = time;
        _metrics = metrics;
        _device = new WalDevice(files, folder, options.Durability == Durability.Fsync, options.PageSizeBytes, Wake);
        _log = new FasterLog(new FasterLogSettings
        {
            LogDevice = _device,
            LogCommitManager = new NoCommitMetadata(),
            PageSize = options.PageSizeBytes,
            MemorySize = options.MemoryBytes,
            SegmentSize = options.SegmentSizeBytes,
            TryRecoverLatest = false,
            AutoCommit = false,
            AutoRefreshSafeTailAddress = false,
        });
        _durableUntil = _log.TailAddress;
        _begin = _log.TailAddress;
        _committer = new Thread(RunCommitter) { IsBackground = true, Name = "wal-commit" };
        _committer.Start();
    }

    /// <summary>Number of the folder.</summary>
    public uint Number { get; }

    /// <summary>Address the next entry gets, or lower when that entry begins a new page.</summary>
    public long Tail => _log.TailAddress;

    /// <summary>Entries that begin below are durable.</summary>
    public long DurableUntil => Volatile.Read(ref _durableUntil);

    /// <summary>Bytes of the segment files.</summary>
    public long SizeBytes => _device.SizeBytes;

    /// <summary>Why it takes nothing any more; null while it works.</summary>
    public WalFailedException? Failure => Volatile.Read(ref _failure);

    /// <summary>Completes, with the reason, when it fails.</summary>
    public Task<Exception> Failed => _failed.Task;

    /// <summary>Makes the folder, its header and its directory entry durable, then starts the committer.</summary>
    /// <exception cref="IOException">The folder could not be made; what exists of it is ignored by replay.</exception>
    public static LogGeneration Create(uint number, WalOptions options, IFileSystem files, Action beforeCommit, ILogger logger, TimeProvider time, WalMetrics? metrics)
    {
        string folder = WalLayout.GenerationFolder(options.Directory, number);
        files.CreateDirectory(folder);
        long seed = BitConverter.ToInt64(System.Security.Cryptography.RandomNumberGenerator.GetBytes(sizeof(long)));
        var header = new WalGenerationHeader(number, seed, time.GetUtcNow(), options.PageSizeBytes, options.SegmentSizeBytes);
        header.Write(files, Path.Combine(folder, WalLayout.HeaderFile));
        files.SyncDirectory(options.Directory);
        return new LogGeneration(header, folder, options, files, beforeCommit, logger, time, metrics);
    }

    /// <summary>Puts an entry into memory; never waits for I/O.</summary>
    /// <returns>False when it takes nothing any more, or memory is full of entries not yet written.</returns>
    public unsafe bool TryAppend(WalEntryType type, ReadOnlySpan<byte> payload, out long address)
    {
        ulong payloadHash = WalFrame.HashPayload(_seed, payload);
        bool appended = false;
        address = 0;

        // Safety: pinned for the call; FasterLog copies within it.
        fixed (byte* bytes = payload)
        {
            lock (_append)
            {
                if (_taking)
                {
                    appended = TryEnqueue(new WalFrame.Entry(bytes, payload.Length, type, _seed, _sequence + 1, payloadHash), out address);
                    if (appended)
                    {
                        _sequence++;
                    }
                }
            }
        }

        if (!appended)
        {
            RequestFlush();
        }

        return appended;
    }

    /// <summary>Completes when the entry at <paramref name="address"/> is durable, whoever's flush that is.</summary>
    public Task WhenDurable(long address)
    {
        if (DurableUntil > address)
        {
            return Task.CompletedTask;
        }

        Task done;
        lock (_rounds)
        {
            if (_durableUntil > address)
            {
                return Task.CompletedTask;
            }

            if (_failure is { } failure)
            {
                return Task.FromException(failure);
            }

            if (_inFlight is not null && _inFlightUntil > address)
            {
                return _inFlight.Done;
            }

            done = (_gathering ??= new CommitRound()).Done;
        }

        Wake();
        return done;
    }

    /// <summary>Completes when everything appended before is durable.</summary>
    public Task NextFlush() => WhenDurable(long.MaxValue);

    /// <summary>Asks the committer to write what is in memory, without anybody waiting.</summary>
    public void RequestFlush()
    {
        lock (_rounds)
        {
            _flushWanted = true;
        }

        Wake();
    }

    /// <summary>Lets replay begin at an address, and deletes segments that end at or below it, as far as they are durable. One call at a time.</summary>
    public void BeginAt(long address)
    {
        if (address > _begin)
        {
            WalBegin.Write(_files, Path.Combine(_folder, WalLayout.BeginFile), new WalPosition(Number, address));
            _begin = address;
        }

        _device.DeleteSegmentsBelow((int)(Math.Min(address, DurableUntil) / _options.SegmentSizeBytes));
    }

    /// <summary>Takes nothing more, writes what is in memory unless it has failed, and ends the committer.</summary>
    /// <returns>Completes when the last write is done; never faults. <see cref="Failure"/> and <see cref="DurableUntil"/> are final then.</returns>
    public Task CloseAsync()
    {
        lock (_append)
        {
            _taking = false;
        }

        _closing = true;
        Wake();
        return _ended.Task;
    }

    /// <summary>As <see cref="CloseAsync"/>, blocking the caller for the I/O.</summary>
    public void Dispose()
    {
        _ = CloseAsync();
        _committer.Join();
    }

    private void Wake() => _signal.Set();

    private bool TryEnqueue(WalFrame.Entry entry, out long address)
    {
        try
        {
            return _log.TryEnqueue(entry, out address);
        }
        catch (FasterException)
        {
            // The device failed a moment ago; the committer says so.
            address = 0;
            return false;
        }
    }

    private void RunCommitter()
    {
        try
        {
            bool last;
            do
            {
                _signal.WaitOne();
                last = _closing; // Read before the commit: the last one covers all that was taken.
                Commit();
            }
            while (!last);
        }
        catch (Exception e)
        {
            Fail(e);
        }

        Release();
        _ended.TrySetResult();
    }

    private void Commit()
    {
        CommitRound? round;
        long until;
        lock (_append)
        {
            until = _log.TailAddress;
            lock (_rounds)
            {
                round = _gathering;
                if (round is null && !_flushWanted && !_closing)
                {
                    until = 0; // Only full pages wait to be written.
                }

                _gathering = null;
                _flushWanted = false;
                _inFlight = round;
                _inFlightUntil = until;
            }

            if (until > _durableUntil)
            {
                _log.Commit(spinWait: false);
            }
        }

        long started = _time.GetTimestamp();
        long writtenBefore = _device.WrittenBytes;
        WriteUntil(until);
        lock (_rounds)
        {
            _durableUntil = _log.FlushedUntilAddress;
            _inFlight = null;
        }

        round?.Complete();
        if (_device.WrittenBytes != writtenBefore)
        {
            _metrics?.Committed(_device.WrittenBytes - writtenBefore, _time.GetElapsedTime(started));
        }
    }

    // Before each write the owner makes durable what the entries refer to; so no entry on disk ever names what is not.
    private void WriteUntil(long until)
    {
        int polls = 0;
        while (true)
        {
            if (_device.HasQueued)
            {
                _beforeCommit();
                _device.WriteQueued();
            }
            else if (_log.FlushedUntilAddress >= until)
            {
                if (polls > 0)
                {
                    Wake(); // The polls may have taken a signal meant for the next round.
                }

                return;
            }
            else if (polls++ < StallPolls)
            {
                _signal.WaitOne(StallPollMs);
            }
            else
            {
                throw new IOException($"FasterLog asked for no write up to {until}, is flushed to {_log.FlushedUntilAddress}");
            }
        }
    }

    private void Fail(Exception cause)
    {
        var failure = new WalFailedException(Number, cause);
        CommitRound? inFlight;
        CommitRound? gathering;
        lock (_append)
        {
            _taking = false;
            lock (_rounds)
            {
                Volatile.Write(ref _failure, failure);
                (inFlight, _inFlight) = (_inFlight, null);
                (gathering, _gathering) = (_gathering, null);
            }
        }

        _device.Fail(cause);
        inFlight?.Fail(failure);
        gathering?.Fail(failure);
        _metrics?.Failed();
        Log.GenerationFailed(_logger, cause, Number, _folder, DurableUntil);
        _failed.TrySetResult(cause);
    }

    private void Release()
    {
        CommitRound? late;
        lock (_rounds)
        {
            // Whoever asked between the last commit and here is covered by it, or came after the end.
            (late, _gathering) = (_gathering, null);
            _failure ??= new WalFailedException(Number, null);
        }

        late?.Complete();
        _log.Dispose();
        _device.Dispose(); // The event stays: appenders of a moment ago may still signal it.
    }
}
