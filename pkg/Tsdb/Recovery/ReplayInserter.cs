using System.Runtime.CompilerServices;
using RemoteStore.Model;
using RemoteStore.Tsdb.Heads;
using RemoteStore.Tsdb.Registry;
using RemoteStore.Tsdb.Wal;

namespace RemoteStore.Tsdb.Recovery;

/// <summary>Puts replayed log entries back into memory. Rows that are already in a part come twice; deduplication takes care of them.</summary>
internal sealed class ReplayInserter : IWalReplayHandler
{
    private readonly HeadSet _heads;
    private readonly ReplayProgress _progress;
    private readonly Action<long> _onRows;

    public ReplayInserter(HeadSet heads, ReplayProgress progress, Action<long> onRows)
    {
        _heads = heads;
        _progress = progress;
        _onRows = onRows;
    }

    /// <summary>Rows put back.</summary>
    public long Rows { get; private set; }

    /// <summary>Rows left out because their series was evicted: they are in blocks.</summary>
    public long Evicted { get; private set; }

    /// <summary>Rows left out because their series is not known, with the greatest ref they carry, by tenant.</summary>
    public Dictionary<TenantId, (long Rows, uint MaxRef)> UnknownSeries { get; } = [];

    /// <summary>Entries whose payload could not be decoded although their checksum holds.</summary>
    public long Undecodable { get; private set; }

    /// <inheritdoc/>
    public void OnEntry(WalEntryType type, ReadOnlySpan<byte> payload, WalPosition position)
    {
        bool decoded = type switch
        {
            WalEntryType.Rows => InsertRows(payload, position),
            WalEntryType.Exemplars => SideDataLogger.TryReplayExemplars(payload, _heads, position),
            WalEntryType.Metadata => SideDataLogger.TryReplayMetadata(payload, _heads, position),
            _ => false,
        };
        Undecodable += decoded ? 0 : 1;
    }

    /// <inheritdoc/>
    public void OnProgress(long bytesDone, long bytesTotal) => _progress.Report(bytesDone, bytesTotal);

    private bool InsertRows(ReadOnlySpan<byte> payload, WalPosition position)
    {
        var sink = new Sink(this, position);
        bool decoded = RowEncoder.TryDecode(payload, ref sink);
        sink.Finish();
        return decoded;
    }

    private ref struct Sink(ReplayInserter owner, WalPosition position) : RowEncoder.IRowSink
    {
        private TenantHead? _head;
        private long _inserted;
        private long _unknown;
        private uint _maxUnknown;

        public bool OnTenant(TenantId tenant)
        {
            _head = owner._heads.GetOrCreate(tenant);
            _head.Active.NotePosition(position);
            return true;
        }

        public void OnFloat(uint seriesRef, long timestampMs, long valueBits, long startTimestampMs)
        {
            if (!Note(seriesRef, timestampMs, valueBits, isHistogram: false))
            {
                return;
            }

            _head!.Active.Add(ref _head.Registry.State(new SeriesRef(seriesRef)), timestampMs, valueBits, startTimestampMs);
        }

        public void OnHistogram(uint seriesRef, long timestampMs, long startTimestampMs, ReadOnlySpan<byte> payload)
        {
            if (!Note(seriesRef, timestampMs, HistogramBits.Of(payload), isHistogram: true))
            {
                return;
            }

            _head!.Active.AddHistogram(ref _head.Registry.State(new SeriesRef(seriesRef)), timestampMs, startTimestampMs, payload);
        }

        public readonly void Finish()
        {
            owner.Rows += _inserted;
            owner._onRows(_inserted);
            if (_unknown > 0)
            {
                (long rows, uint maxRef) = owner.UnknownSeries.GetValueOrDefault(_head!.Tenant);
                owner.UnknownSeries[_head.Tenant] = (rows + _unknown, Math.Max(maxRef, _maxUnknown));
            }
        }

        private bool Note(uint seriesRef, long timestampMs, long bits, bool isHistogram)
        {
            ref SeriesState state = ref _head!.Registry.FindState(new SeriesRef(seriesRef));
            if (Unsafe.IsNullRef(ref state))
            {
                NoteWithoutSeries(seriesRef);
                return false;
            }

            if (timestampMs >= state.LastTimestamp)
            {
                state.LastTimestamp = timestampMs;
                state.LastValueBits = bits;
                state.Flags = isHistogram
                    ? (byte)(state.Flags | SeriesFlags.LastIsHistogram)
                    : (byte)(state.Flags & ~SeriesFlags.LastIsHistogram);
            }

            state.FirstTimestamp = Math.Min(state.FirstTimestamp, timestampMs);
            _inserted++;
            return true;
        }

        /// <summary>
        /// The log is cut by whole segments, so it can name series that were evicted since: all their rows are in blocks. Any other ref is a loss.
        /// </summary>
        private void NoteWithoutSeries(uint seriesRef)
        {
            SeriesRegistry registry = _head!.Registry;
            if (seriesRef < registry.RefEnd && !registry.IsUnknown(new SeriesRef(seriesRef)))
            {
                owner.Evicted++;
                return;
            }

            _unknown++;
            _maxUnknown = Math.Max(_maxUnknown, seriesRef);
        }
    }
}
