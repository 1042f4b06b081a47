using System.Runtime.CompilerServices;
using System.Text;
using Prometheus;
using RemoteStore.Model;
using RemoteStore.Model.Writes;
using RemoteStore.Tsdb.Exemplars;
using RemoteStore.Tsdb.Memtables;
using RemoteStore.Tsdb.Metadata;
using RemoteStore.Tsdb.Registry;
using RemoteStore.Tsdb.Wal;

namespace RemoteStore.Tsdb.Heads;

/// <summary>
/// What one tenant has that is not in parts: its series, the rows of its memtables, exemplars and metadata. <see cref="Lock"/> is held for the
/// resolve-log-insert of one request, when memtables change places, and when a reader takes hold of them; never across I/O or an await.
/// </summary>
internal sealed class TenantHead : IDisposable
{
    private readonly RowChunkPool _pool;
    private readonly SideDataFiles _sideData;
    private BatchAppender? _appender;
    private Memtable[] _frozen = [];

    public TenantHead(TenantId tenant, TenantRegistryStore series, ExemplarStore exemplars, MetadataStore metadata, SideDataFiles sideData, RowChunkPool pool, bool statesAreComplete)
    {
        Tenant = tenant;
        NameUtf8 = Encoding.UTF8.GetBytes(tenant.Name);
        Series = series;
        Exemplars = exemplars;
        Metadata = metadata;
        _sideData = sideData;
        _pool = pool;
        StatesAreComplete = statesAreComplete;
        Active = new Memtable(pool, 0);
    }

    /// <summary>Whose.</summary>
    public TenantId Tenant { get; }

    /// <summary>Its name as the log carries it.</summary>
    public byte[] NameUtf8 { get; }

    /// <summary>Counts rows taken.</summary>
    public required Counter.Child RowsAppended { get; init; }

    /// <summary>Guards appends and the set of memtables. Taken alone; no other lock of the store is taken before it.</summary>
    public Lock Lock { get; } = new();

    /// <summary>Series of the tenant with their log and snapshots.</summary>
    public TenantRegistryStore Series { get; }

    /// <summary>The registry in use. Under <see cref="Lock"/>; elsewhere <see cref="TenantRegistryStore.RetainRegistry"/>.</summary>
    public SeriesRegistry Registry => Series.Registry;

    /// <summary>True when the registry's states tell of every stored sample; after a crash samples in parts may be newer than the states say.</summary>
    public bool StatesAreComplete { get; private set; }

    /// <summary>How new what the tenant stored is; guards itself.</summary>
    public DataAges Ages { get; } = new();

    /// <summary>Which days changed under the eyes of caches. Under <see cref="Lock"/>, where it does not say otherwise.</summary>
    public LateWrites LateWrites { get; } = new();

    /// <summary>The tenant's queries under way; guards itself.</summary>
    public ReaderGate Readers { get; } = new();

    /// <summary>How often <see cref="ForgetNewest"/> was called. Under <see cref="Lock"/>.</summary>
    public int ForgetCount { get; private set; }

    /// <summary>Exemplars; guard themselves.</summary>
    public ExemplarStore Exemplars { get; }

    /// <summary>Metadata; guards itself.</summary>
    public MetadataStore Metadata { get; }

    /// <summary>Takes new rows. Under <see cref="Lock"/>.</summary>
    public Memtable Active { get; private set; }

    /// <summary>Takes batches; there once the log is open. Under <see cref="Lock"/>.</summary>
    public BatchAppender Appender => _appender ?? throw new InvalidOperationException("the log is not open yet");

    /// <summary>Oldest log position that only memory has besides the log; null when there is none. Under <see cref="Lock"/>.</summary>
    public WalPosition? OldestPosition
    {
        get
        {
            WalPosition? oldest = _sideData.UnsavedPosition;
            foreach (Memtable memtable in MemtablesWithRows())
            {
                if (memtable.FirstPosition is { } position && (oldest is null || position.CompareTo(oldest.Value) < 0))
                {
                    oldest = position;
                }
            }

            return oldest;
        }
    }

    /// <summary>Appends go to this log from now on.</summary>
    public void AttachLog(WriteAheadLog log) => _appender = new BatchAppender(this, log);

    /// <summary>Notes that exemplars or metadata changed by an entry at this position. Under <see cref="Lock"/>.</summary>
    public void NoteSideData(WalPosition position) => _sideData.NoteChange(position);

    /// <summary>Samples are gone from reads: what was computed from them does not hold, and a query asked from now on is another than one under way.</summary>
    public void NoteDeletion()
    {
        lock (Lock)
        {
            LateWrites.ChangeAll();
            LateWrites.Publish();
        }
    }

    /// <summary>Samples of some times are gone from reads: what was computed from them does not hold.</summary>
    public void NoteLoss(IReadOnlyList<QueryRange> times)
    {
        lock (Lock)
        {
            foreach (QueryRange range in times)
            {
                LateWrites.Note(range.MinTime);
                LateWrites.Note(range.MaxTime);
                LateWrites.Publish();
            }
        }
    }

    /// <summary>
    /// Forgets what is known of the newest samples, because stored ones were lost: a sample sent again must be stored again, not taken for a duplicate.
    /// </summary>
    public void ForgetNewest()
    {
        lock (Lock)
        {
            LateWrites.ChangeAll();
            ForgetCount++;
            StatesAreComplete = false;
            for (uint next = 0; Registry.TryNext(ref next, Registry.RefEnd); next++)
            {
                Registry.State(new SeriesRef(next)).LastTimestamp = long.MinValue;
            }
        }
    }

    /// <summary>
    /// Finds a series that the same request resolved before. When a series without rows was evicted between two chunks of a request it is made again.
    /// Under <see cref="Lock"/>.
    /// </summary>
    /// <returns>False when its labels were refused.</returns>
    public bool TryResolve(ReadOnlySpan<byte> labels, ulong hash, out SeriesRef seriesRef)
    {
        ref SeriesState state = ref Registry.Find(labels, hash);
        if (!Unsafe.IsNullRef(ref state))
        {
            seriesRef = state.Ref;
            return true;
        }

        return Registry.GetOrAdd(labels, hash, out seriesRef, out _) == AppendStatus.Ok;
    }

    /// <summary>Saves exemplars and metadata if they changed.</summary>
    public void SaveSideData() => _sideData.Save(this);

    /// <summary>Moves the active memtable to the frozen ones. Under <see cref="Lock"/>.</summary>
    /// <returns>All frozen memtables, oldest first; those of an earlier flush that failed are among them.</returns>
    public Memtable[] Freeze()
    {
        if (Active.Count > 0)
        {
            _frozen = [.. _frozen, Active];
            Active = new Memtable(_pool, Active.NextRow);
        }

        return _frozen;
    }

    /// <summary>Lets go of memtables that are in a part now.</summary>
    public void Drop(Memtable[] flushed, long nowMs)
    {
        lock (Lock)
        {
            _frozen = [.. _frozen.Except(flushed)];
        }

        foreach (Memtable memtable in flushed)
        {
            Ages.Note(memtable.MaxTime, nowMs);
        }

        foreach (Memtable memtable in flushed)
        {
            memtable.Release();
        }
    }

    /// <summary>Takes a reference on every memtable, newest first; the caller releases them.</summary>
    public Memtable[] RetainMemtables()
    {
        // Under the caller's lock scope.
        var all = new Memtable[_frozen.Length + 1];
        all[0] = Active;
        for (int i = 0; i < _frozen.Length; i++)
        {
            all[i + 1] = _frozen[_frozen.Length - 1 - i];
        }

        foreach (Memtable memtable in all)
        {
            memtable.Retain();
        }

        return all;
    }

    /// <summary>Memtables with rows, oldest first. Under <see cref="Lock"/>.</summary>
    public IEnumerable<Memtable> MemtablesWithRows() => Active.Count > 0 ? [.. _frozen, Active] : _frozen;

    /// <inheritdoc/>
    public void Dispose() => Series.Dispose();
}
