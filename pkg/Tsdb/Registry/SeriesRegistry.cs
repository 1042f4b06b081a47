using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using RemoteStore.Index;
using RemoteStore.Model;
using RemoteStore.Model.Labels;
using RemoteStore.Model.Writes;
using RemoteStore.Primitives.Hashing;
using RemoteStore.Primitives.Memory;

namespace RemoteStore.Tsdb.Registry;

/// <summary>
/// The series of one tenant: label bytes → ref, state and postings, all in native memory. A sender repeats the same bytes, so the way of a sample is
/// hash, probe, compare; labels are looked into only when the bytes are new.
/// </summary>
/// <remarks>
/// The owner's lock guards everything but what is said to be safe for concurrent use: <see cref="RefEnd"/>, <see cref="State"/>,
/// <see cref="GetLabels"/>, <see cref="GetLabelMemory"/> and <see cref="Index"/>. References are counted: who reads without the owner's lock holds one,
/// and the memory goes with the last. A ref can be without a series: its labels are lost, or eviction gave it up; refs are never given twice.
/// </remarks>
public sealed class SeriesRegistry : ILabelSource, IDisposable
{
    private readonly NativeArena _arena = new(hugePages: true);
    private readonly RecordTable _records = new();
    private readonly SlotTable _slots = new();
    private readonly AliasCache _aliases = new();
    private readonly LabelLimits _limits;
    private readonly LabelCanonicalizer _canonicalizer;
    private readonly KeyHash _hash = new();
    private readonly List<(uint From, uint End)> _unknown = [];
    private HashSet<uint>? _superseded;
    private int _count;
    private int _references = 1;

    /// <summary>Creates an empty registry.</summary>
    /// <param name="limits">What new series must keep to.</param>
    /// <param name="maxSeries">Most series; further ones are refused as <see cref="AppendStatus.TooManySeries"/>.</param>
    public SeriesRegistry(LabelLimits limits, int maxSeries = int.MaxValue)
    {
        _limits = limits;
        _canonicalizer = new LabelCanonicalizer(limits);
        MaxSeries = maxSeries;
        Index = new InvertedIndex(BitConverter.ToInt64(RandomNumberGenerator.GetBytes(sizeof(long))));
    }

    /// <summary>Most series; the owner may change it under its lock.</summary>
    public int MaxSeries { get; set; }

    /// <summary>Number of series.</summary>
    public int SeriesCount => Volatile.Read(ref _count);

    /// <summary>All refs given so far are below. Safe for concurrent use; series below it are complete and indexed.</summary>
    public uint RefEnd => _records.End;

    /// <summary>Refs whose labels are lost (see <see cref="ReserveThrough"/>).</summary>
    public int UnknownCount => (int)Math.Min(int.MaxValue, _unknown.Sum(static r => (long)r.End - r.From));

    /// <summary>Native memory of labels, states, tables and index, in bytes. Safe for concurrent use.</summary>
    public long AllocatedBytes =>
        _arena.AllocatedBytes + _records.AllocatedBytes + _slots.AllocatedBytes + _aliases.AllocatedBytes + Index.AllocatedBytes;

    /// <summary>Postings of all series.</summary>
    public InvertedIndex Index { get; }

    /// <summary>Hash of label bytes, for the methods below. Seeded at random: means nothing in another process.</summary>
    public ulong Hash(ReadOnlySpan<byte> labelBytes) => _hash.Hash(labelBytes);

    /// <summary>Brings the table's slot to the cache. Call it for a whole request first, then <see cref="PrefetchRecord"/>, then <see cref="Find"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)] // the two passes are half of the cost of a hit
    public void PrefetchSlot(ulong hash) => _slots.Prefetch(Fold(hash));

    /// <summary>Reads the slot and brings the record it names to the cache.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void PrefetchRecord(ulong hash)
    {
        uint folded = Fold(hash);
        uint position = _slots.Start(folded);
        uint handle = _slots.Next(folded, ref position);
        if (handle != 0)
        {
            _arena.Prefetch(handle);
        }
    }

    /// <summary>Finds a series by its canonical bytes, or by other bytes it was recently received with.</summary>
    /// <returns>Its state, or a null reference (<see cref="Unsafe.IsNullRef{T}"/>) when the bytes are not known.</returns>
    public ref SeriesState Find(ReadOnlySpan<byte> labelBytes, ulong hash)
    {
        uint handle = FindRecord(labelBytes, Fold(hash));
        if (handle == 0 && _aliases.Count != 0)
        {
            handle = _aliases.Find(labelBytes, Fold(hash));
        }

        return ref handle == 0 ? ref Unsafe.NullRef<SeriesState>() : ref _arena.At<SeriesState>(handle);
    }

    /// <summary>The way of bytes that <see cref="Find"/> does not know: checks and canonicalizes them, finds the series or creates it.</summary>
    /// <param name="rawLabels">Label fields as received.</param>
    /// <param name="hash">Their <see cref="Hash"/>.</param>
    /// <param name="seriesRef">The series when the result is <see cref="AppendStatus.Ok"/>.</param>
    /// <param name="created">True when it is new. It becomes durable with the next append to the series log.</param>
    public AppendStatus GetOrAdd(ReadOnlySpan<byte> rawLabels, ulong hash, out SeriesRef seriesRef, out bool created)
    {
        created = false;
        seriesRef = default;
        AppendStatus status = _canonicalizer.Canonicalize(rawLabels, out ReadOnlySpan<byte> canonical);
        if (status != AppendStatus.Ok)
        {
            return status;
        }

        bool alias = !canonical.SequenceEqual(rawLabels);
        uint folded = Fold(alias ? Hash(canonical) : hash);
        uint handle = FindRecord(canonical, folded);
        if (handle == 0)
        {
            if (canonical.Length > SeriesState.MaxKeyBytes)
            {
                return AppendStatus.LabelValueTooLong;
            }

            if (SeriesCount >= MaxSeries || RefEnd == uint.MaxValue)
            {
                return AppendStatus.TooManySeries;
            }

            handle = Create(canonical, folded);
            created = true;
        }

        if (alias)
        {
            _aliases.Add(rawLabels, Fold(hash), handle);
        }

        seriesRef = _arena.At<SeriesState>(handle).Ref;
        return AppendStatus.Ok;
    }

    /// <summary>Says what is wrong with labels that <see cref="GetOrAdd"/> refused.</summary>
    public string Describe(AppendStatus status, ReadOnlySpan<byte> rawLabels) => _canonicalizer.Describe(status, rawLabels);

    /// <summary>State of a series. Safe for concurrent use; writing is the owner's.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such series.</exception>
    public ref SeriesState State(SeriesRef seriesRef)
    {
        uint handle = Record(seriesRef);
        ArgumentOutOfRangeException.ThrowIfZero(handle, nameof(seriesRef));
        return ref _arena.At<SeriesState>(handle);
    }

    /// <summary>True when the ref has a series. Safe for concurrent use.</summary>
    public bool Contains(SeriesRef seriesRef) => seriesRef.Value < RefEnd && _records[seriesRef.Value] != 0;

    /// <summary>As <see cref="State"/>, or a null reference (<see cref="Unsafe.IsNullRef{T}"/>) when there is no such series.</summary>
    public ref SeriesState FindState(SeriesRef seriesRef)
    {
        uint handle = seriesRef.Value < RefEnd ? _records[seriesRef.Value] : 0;
        return ref handle == 0 ? ref Unsafe.NullRef<SeriesState>() : ref _arena.At<SeriesState>(handle);
    }

    /// <summary>Moves to the next ref that has a series. Safe for concurrent use.</summary>
    /// <param name="seriesRef">Where to look from; the ref found.</param>
    /// <param name="end">Looks below only; at most <see cref="RefEnd"/>.</param>
    /// <returns>False when there is none.</returns>
    public bool TryNext(ref uint seriesRef, uint end) => _records.TryNext(ref seriesRef, end);

    /// <summary>True when the ref was given and its labels are lost; false for a series, and for a ref that eviction gave up.</summary>
    public bool IsUnknown(SeriesRef seriesRef) => _unknown.Exists(r => seriesRef.Value >= r.From && seriesRef.Value < r.End);

    /// <inheritdoc/>
    public ReadOnlySpan<byte> GetLabels(SeriesRef seriesRef)
    {
        uint handle = Record(seriesRef);
        return handle == 0 ? [] : _arena.Bytes(handle, SeriesState.Size, _arena.At<SeriesState>(handle).KeyLength);
    }

    /// <summary>
    /// As <see cref="GetLabels"/>, as memory that stays valid while a reference to the registry is held; allocates nothing. Safe for concurrent use.
    /// </summary>
    public ReadOnlyMemory<byte> GetLabelMemory(SeriesRef seriesRef)
    {
        uint handle = Record(seriesRef);
        return handle == 0 ? default : _arena.Memory(handle, SeriesState.Size, _arena.At<SeriesState>(handle).KeyLength);
    }

    /// <summary>
    /// Makes sure that <paramref name="seriesRef"/> is below <see cref="RefEnd"/>: refs whose labels were lost stay taken, so that no new series gets the
    /// number that stored samples carry. Their labels are empty, and no matcher finds them.
    /// </summary>
    public void ReserveThrough(SeriesRef seriesRef)
    {
        uint from = RefEnd;
        if (seriesRef.Value >= from && seriesRef.Value < uint.MaxValue)
        {
            AddUnknown(from, seriesRef.Value + 1);
            SkipTo(seriesRef.Value + 1);
        }
    }

    /// <summary>Takes a reference; false when the memory is gone already. Safe for concurrent use.</summary>
    public bool TryRetain()
    {
        int seen = Volatile.Read(ref _references);
        while (seen > 0)
        {
            int before = Interlocked.CompareExchange(ref _references, seen + 1, seen);
            if (before == seen)
            {
                return true;
            }

            seen = before;
        }

        return false;
    }

    /// <summary>Gives up a reference; the last one frees the memory. The creator holds the first.</summary>
    public void Dispose()
    {
        if (Interlocked.Decrement(ref _references) == 0)
        {
            Index.Dispose();
            _aliases.Dispose();
            _slots.Dispose();
            _arena.Dispose();
        }
    }

    /// <summary>Stretches of refs whose labels are lost, ascending.</summary>
    internal IReadOnlyList<(uint From, uint End)> Unknown => _unknown;

    /// <summary>
    /// Refs restored from log or snapshot whose labels a later ref has as well: eviction had given them up, and what tells of it did not become durable.
    /// </summary>
    internal IReadOnlyCollection<uint> Superseded => (IReadOnlyCollection<uint>?)_superseded ?? [];

    /// <summary>Adds the series with the next ref, from a log or snapshot; the bytes are trusted to be canonical.</summary>
    internal ref SeriesState Restore(ReadOnlySpan<byte> canonical)
    {
        uint folded = Fold(Hash(canonical));
        uint position = _slots.Start(folded);
        for (uint handle; (handle = _slots.Next(folded, ref position)) != 0;)
        {
            if (HasKey(handle, canonical))
            {
                _ = (_superseded ??= []).Add(_arena.At<SeriesState>(handle).Ref.Value);
            }
        }

        return ref _arena.At<SeriesState>(Create(canonical, folded));
    }

    /// <summary>An empty registry with the same limits.</summary>
    internal SeriesRegistry NewEmpty() => new(_limits, MaxSeries);

    /// <summary>Adds a series of another registry under the same ref, not below <see cref="RefEnd"/>.</summary>
    internal ref SeriesState Copy(in SeriesState state, ReadOnlySpan<byte> canonical)
    {
        SkipTo(state.Ref.Value);
        ref SeriesState copy = ref _arena.At<SeriesState>(Create(canonical, Fold(Hash(canonical))));
        copy.CopyFrom(in state);
        return ref copy;
    }

    /// <summary>Leaves refs up to <paramref name="end"/> without series.</summary>
    internal void SkipTo(uint end) => _records.SkipTo(end);

    /// <summary>Notes refs, not below those noted before, whose labels are lost.</summary>
    internal void AddUnknown(uint from, uint end)
    {
        if (_unknown.Count > 0 && _unknown[^1].End == from)
        {
            _unknown[^1] = (_unknown[^1].From, end);
        }
        else
        {
            _unknown.Add((from, end));
        }
    }

    /// <summary>As <see cref="GetLabels"/>, for keeping while the registry lives.</summary>
    internal StableBytes GetStableLabels(SeriesRef seriesRef)
    {
        uint handle = Record(seriesRef);
        return handle == 0 ? default : _arena.Stable(handle, SeriesState.Size, _arena.At<SeriesState>(handle).KeyLength);
    }

    /// <summary>Makes room in the table for a bulk load.</summary>
    internal void EnsureCapacity(int series) => _slots.EnsureCapacity(series);

    private static uint Fold(ulong hash) => (uint)(hash >> 32);

    private uint FindRecord(ReadOnlySpan<byte> canonical, uint hash)
    {
        uint position = _slots.Start(hash);
        for (uint handle; (handle = _slots.Next(hash, ref position)) != 0;)
        {
            if (HasKey(handle, canonical))
            {
                return handle;
            }
        }

        return 0;
    }

    private bool HasKey(uint handle, ReadOnlySpan<byte> canonical) =>
        _arena.At<SeriesState>(handle).KeyLength == canonical.Length
        && _arena.Bytes(handle, SeriesState.Size, canonical.Length).SequenceEqual(canonical);

    private uint Record(SeriesRef seriesRef)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(seriesRef.Value, RefEnd, nameof(seriesRef));
        return _records[seriesRef.Value];
    }

    private uint Create(ReadOnlySpan<byte> canonical, uint hash)
    {
        uint handle = NewRecord(canonical);
        Index.Add(_arena.At<SeriesState>(handle).Ref, _arena.Stable(handle, SeriesState.Size, canonical.Length));
        _slots.Insert(hash, handle);
        Volatile.Write(ref _count, _count + 1);
        _records.Append(handle); // last: publishes the series to readers
        return handle;
    }

    private uint NewRecord(ReadOnlySpan<byte> key)
    {
        uint handle = _arena.Allocate(SeriesState.Size + key.Length);
        _arena.At<SeriesState>(handle) = new SeriesState
        {
            LastTimestamp = long.MinValue,
            HeadRow = -1,
            FirstTimestamp = long.MaxValue,
            Ref = new SeriesRef(RefEnd),
            KeyLength = key.Length,
        };
        key.CopyTo(_arena.Bytes(handle, SeriesState.Size, key.Length));
        return handle;
    }
}
