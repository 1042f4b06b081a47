using Microsoft.Extensions.Logging;
using RemoteStore.Primitives.Files;
using RemoteStore.Storage.Appending;

namespace RemoteStore.Tsdb.Wal;

/// <summary>
/// The log that makes writes durable before they are acknowledged. Entries go to memory with <see cref="TryAppend"/>; one flush then
/// acknowledges all who wait in <see cref="WaitDurableAsync"/>. Each start and each recovery opens a new generation folder; older ones are only read, by <see cref="WalReplay"/>.
/// </summary>
/// <remarks>Safe for concurrent use. After a failure nothing is taken until <see cref="StartNewGeneration"/> succeeds.</remarks>
public sealed class WriteAheadLog : IAsyncDisposable
{
    /// <summary>Largest payload of one entry at the default page size; see <see cref="WalOptions.MaxPayloadBytes"/>.</summary>
    public const int MaxPayload = 512 << 10;

    private readonly WalOptions _options;
    private readonly IFileSystem _files;
    private readonly Action _beforeCommit;
    private readonly ILogger _logger;
    private readonly TimeProvider _time;
    private readonly WalMetrics? _metrics;
    private readonly ITimer? _flushTimer;
    private readonly Lock _folders = new(); // one at a time: opening, truncating, deleting; held over their I/O, never taken by appends
    private readonly Dictionary<uint, long> _ended = []; // under itself; durable end of each earlier generation of this process
    private readonly SortedDictionary<uint, long> _oldSizes = []; // under itself; bytes of earlier generations' folders
    private uint _lastNumber;
    private volatile bool _closed;
    private volatile LogGeneration _current;

    private WriteAheadLog(WalOptions options, IFileSystem files, Action beforeCommit, ILogger logger, TimeProvider time, WalMetrics? metrics)
    {
        _options = options;
        _files = files;
        _beforeCommit = beforeCommit;
        _logger = logger;
        _time = time;
        _metrics = metrics;
        foreach (uint generation in WalLayout.Generations(options.Directory))
        {
            _oldSizes[generation] = WalLayout.SizeOf(WalLayout.GenerationFolder(options.Directory, generation));
            _lastNumber = generation;
        }

        _current = OpenNext();
        if (options.Durability == Durability.Memory)
        {
            _flushTimer = time.CreateTimer(static log => ((WriteAheadLog)log!)._current.RequestFlush(), this, options.MemoryFlushInterval, options.MemoryFlushInterval);
        }
    }

    /// <summary>Address that the next entry will not lie below.</summary>
    public WalPosition Tail
    {
        get
        {
            LogGeneration current = _current;
            return new WalPosition(current.Number, current.Tail);
        }
    }

    /// <summary>True when nothing is taken until <see cref="StartNewGeneration"/>.</summary>
    public bool IsFailed => _current.Failure is not null;

    /// <summary>Completes, with the reason, when the current generation fails. Take it anew after <see cref="StartNewGeneration"/>.</summary>
    public Task<Exception> Failure => _current.Failed;

    /// <summary>Bytes in memory that are not durable yet.</summary>
    public long PendingBytes
    {
        get
        {
            LogGeneration current = _current;
            return current.Tail - current.DurableUntil;
        }
    }

    /// <summary>Bytes of all generations on disk.</summary>
    public long SizeBytes
    {
        get
        {
            lock (_oldSizes)
            {
                return _current.SizeBytes + _oldSizes.Values.Sum();
            }
        }
    }

    /// <summary>Opens a fresh generation behind those that exist. Replay those first or later; they stay until deleted.</summary>
    /// <param name="options">Sizes and folder.</param>
    /// <param name="files">Where it writes.</param>
    /// <param name="beforeCommit">
    /// Makes durable what entries refer to (the series logs). Runs on the committer thread before any entry's bytes go to disk; what it throws fails the log.
    /// </param>
    /// <param name="logger">Receives failures and changes of generation.</param>
    /// <param name="time">Clock of the header, the timer of memory durability and the metrics.</param>
    /// <param name="metrics">Counts commits and failures.</param>
    /// <exception cref="ArgumentException">The options contradict themselves; all faults are named.</exception>
    /// <exception cref="IOException">The folder cannot be made.</exception>
    public static WriteAheadLog Open(WalOptions options, IFileSystem files, Action beforeCommit, ILogger logger, TimeProvider time, WalMetrics? metrics)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(files);
        ArgumentNullException.ThrowIfNull(beforeCommit);
        ArgumentNullException.ThrowIfNull(time);
        IReadOnlyList<string> faults = options.Validate();
        if (faults.Count > 0)
        {
            throw new ArgumentException(string.Join("; ", faults), nameof(options));
        }

        options = options with { Directory = Path.GetFullPath(options.Directory) };
        bool fresh = !Directory.Exists(options.Directory);
        files.CreateDirectory(options.Directory);
        if (fresh)
        {
            files.SyncDirectory(Path.GetDirectoryName(options.Directory)!);
        }

        return new WriteAheadLog(options, files, beforeCommit, logger, time, metrics);
    }

    /// <summary>Puts an entry into memory and never waits for I/O. Entries are replayed in the order of their positions.</summary>
    /// <param name="type">What the payload is.</param>
    /// <param name="payload">At most <see cref="WalOptions.MaxPayloadBytes"/>; borrowed for the call.</param>
    /// <param name="position">Where the entry begins.</param>
    /// <returns>False when the log has failed (<see cref="IsFailed"/>), or memory is full until the flush under way ends; the entry is then not in the log.</returns>
    public bool TryAppend(WalEntryType type, ReadOnlySpan<byte> payload, out WalPosition position)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(payload.Length, _options.MaxPayloadBytes);
        LogGeneration current = _current;
        bool appended = current.TryAppend(type, payload, out long address);
        position = new WalPosition(current.Number, address);
        return appended;
    }

    /// <summary>Completes when the entry at <paramref name="position"/>, and so every entry before it, is durable; at once with memory durability.</summary>
    /// <exception cref="WalFailedException">The generation failed or was closed before that.</exception>
    public Task WaitDurableAsync(WalPosition position)
    {
        LogGeneration current = _current;
        if (position.Generation == current.Number)
        {
            return _options.Durability == Durability.Fsync || current.Failure is not null ? current.WhenDurable(position.Address) : Task.CompletedTask;
        }

        lock (_ended)
        {
            return _ended.TryGetValue(position.Generation, out long durableUntil) && durableUntil > position.Address
                ? Task.CompletedTask
                : Task.FromException(new WalFailedException(position.Generation, null));
        }
    }

    /// <summary>
    /// Completes when everything appended before is written (and synced, unless durability is memory): for a caller whose entry found memory full.
    /// </summary>
    /// <exception cref="WalFailedException">The generation failed or was closed before that.</exception>
    public Task FlushAsync() => _current.NextFlush();

    /// <summary>
    /// Ends the current generation (writing what it holds, unless it has failed) and opens the next. Blocks for that I/O.
    /// The old folder stays until <see cref="Truncate"/> or <see cref="DeleteGenerationsBefore"/>.
    /// </summary>
    /// <returns>Start of the new generation.</returns>
    /// <exception cref="IOException">The new folder cannot be made; the log stays failed, and this may be tried again.</exception>
    public WalPosition StartNewGeneration()
    {
        lock (_folders)
        {
            LogGeneration old = _current;
            old.Dispose();
            lock (_ended)
            {
                _ended[old.Number] = old.DurableUntil;
            }

            LogGeneration next = OpenNext();
            lock (_oldSizes)
            {
                _oldSizes[old.Number] = old.SizeBytes;
                _current = next;
            }

            return new WalPosition(next.Number, next.Tail);
        }
    }

    /// <summary>
    /// Lets replay begin at <paramref name="upTo"/>, durably, and deletes what lies wholly below: older generations and whole segments of its own.
    /// </summary>
    /// <exception cref="IOException">Something of it was not done; replay may deliver entries again that lie below.</exception>
    public void Truncate(WalPosition upTo)
    {
        lock (_folders)
        {
            LogGeneration current = _current;
            if (upTo.Generation == current.Number)
            {
                current.BeginAt(upTo.Address);
            }

            DeleteOlder(upTo.Generation);
        }
    }

    /// <summary>Deletes the folders of all generations before <paramref name="generation"/>, except the current one.</summary>
    public void DeleteGenerationsBefore(uint generation)
    {
        lock (_folders)
        {
            DeleteOlder(generation);
        }
    }

    /// <summary>Writes what is in memory and closes; the files stay until <see cref="DeleteGenerationsBefore"/>, which then takes the last one too.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_flushTimer is not null)
        {
            await _flushTimer.DisposeAsync().ConfigureAwait(false);
        }

        await _current.CloseAsync().ConfigureAwait(false);
        _closed = true;
    }

    private LogGeneration OpenNext()
    {
        // A number is never tried twice: a folder whose creation failed half-way is left for deletion.
        LogGeneration next = LogGeneration.Create(++_lastNumber, _options, _files, _beforeCommit, _logger, _time, _metrics);
        Log.GenerationOpened(_logger, next.Number, _options.Directory);
        return next;
    }

    // A folder is renamed first: a power loss in the midst of its removal must not leave a generation with holes.
    private void DeleteOlder(uint generation)
    {
        foreach (uint older in WalLayout.Generations(_options.Directory))
        {
            if (older < generation && (older != _current.Number || _closed))
            {
                string folder = WalLayout.GenerationFolder(_options.Directory, older);
                string removed = folder + WalLayout.DeletedSuffix;
                if (Directory.Exists(removed))
                {
                    _files.DeleteDirectory(removed); // a kill left it, and with no generation left numbers began anew
                }

                _files.Move(folder, removed);
            }
        }

        string[] halfDeleted = [.. WalLayout.HalfDeleted(_options.Directory)];
        if (halfDeleted.Length == 0)
        {
            return;
        }

        _files.SyncDirectory(_options.Directory);
        foreach (string folder in halfDeleted)
        {
            _files.DeleteDirectory(folder);
        }

        _files.SyncDirectory(_options.Directory);
        lock (_oldSizes)
        {
            foreach (uint older in _oldSizes.Keys.Where(g => g < generation).ToArray())
            {
                _oldSizes.Remove(older);
            }
        }
    }
}
