using System.Runtime.CompilerServices;
using RemoteStore.Model;
using RemoteStore.Model.Writes;
using RemoteStore.Storage.Appending;
using RemoteStore.Tsdb.Registry;
using RemoteStore.Tsdb.Wal;

namespace RemoteStore.Tsdb.Heads;

/// <summary>
/// Puts one batch into a tenant's head: resolve series, check ages, insert rows and log them. Rows are inserted before they are logged; when the log
/// refuses, the caller must take no further writes until everything in memory has been flushed to a part, so that a retry is never acknowledged for a
/// row that only memory has.
/// </summary>
/// <remarks>Scratch of one head, used under its lock.</remarks>
internal sealed class BatchAppender
{
    // Far enough ahead to hide a cache miss of memory behind the work on the series between; measured best between 6 and 12.
    private const int PrefetchDistance = 8;

    private readonly TenantHead _head;
    private readonly WriteAheadLog _log;
    private readonly RowEncoder _encoder = new();
    private readonly SideDataLogger _sideData;
    private ulong[] _hashes = new ulong[2048];
    private WalPosition _position;
    private bool _logged;
    private bool _refused;
    private bool _withStarts;

    public BatchAppender(TenantHead head, WriteAheadLog log)
    {
        _head = head;
        _log = log;
        _sideData = new SideDataLogger(head);
    }

    /// <summary>Appends what is valid.</summary>
    /// <param name="batch">Decoded request.</param>
    /// <param name="ages">Age rules of this moment.</param>
    /// <param name="result">Counts and refusals are added here.</param>
    /// <param name="position">Log position whose commit covers everything that was stored, earlier copies of duplicates included.</param>
    /// <returns>False when the log took not all of it; see the type's remarks.</returns>
    public bool Append(WriteBatch batch, AgeRules ages, AppendResult result, out WalPosition position)
    {
        _logged = false;
        _refused = false;
        ReadOnlySpan<WriteSeries> series = batch.Series;
        HashAll(batch, series);
        SeriesRegistry registry = _head.Registry;
        _withStarts = batch.HasStartTimestamps || HasStarts(batch.Histograms);
        _encoder.Begin(_head.NameUtf8, _withStarts);
        for (int i = 0; i < series.Length; i++)
        {
            Prefetch(registry, i, series.Length);
            AppendSeries(batch, in series[i], _hashes[i], ages, result);
        }

        if (batch.Histograms.Count > 0)
        {
            AppendHistograms(batch, series, ages, result);
        }

        FlushEncoder();
        if ((batch.Exemplars.Count > 0 || batch.Metadata.Count > 0)
            && !_sideData.Append(batch, series, _hashes, _log, result, ref _position, ref _logged))
        {
            _refused = true;
        }

        // Nothing new to log: duplicates of rows whose commit may still be under way are covered by a commit up to the tail.
        position = _logged ? _position : _log.Tail;
        return !_refused;
    }

    private static bool HasStarts(List<WriteHistogram> histograms)
    {
        foreach (WriteHistogram histogram in histograms)
        {
            if (histogram.StartTimestampMs != 0)
            {
                return true;
            }
        }

        return false;
    }

    private void HashAll(WriteBatch batch, ReadOnlySpan<WriteSeries> series)
    {
        if (_hashes.Length < series.Length)
        {
            _hashes = new ulong[Math.Max(series.Length, _hashes.Length * 2)];
        }

        SeriesRegistry registry = _head.Registry;
        for (int i = 0; i < series.Length; i++)
        {
            _hashes[i] = registry.Hash(batch.Slice(series[i].LabelsOffset, series[i].LabelsLength));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Prefetch(SeriesRegistry registry, int i, int count)
    {
        if (i + (2 * PrefetchDistance) < count)
        {
            registry.PrefetchSlot(_hashes[i + (2 * PrefetchDistance)]);
        }

        if (i + PrefetchDistance < count)
        {
            registry.PrefetchRecord(_hashes[i + PrefetchDistance]);
        }
    }

    private void AppendSeries(WriteBatch batch, in WriteSeries entry, ulong hash, AgeRules ages, AppendResult result)
    {
        ref SeriesState state = ref Resolve(batch, in entry, hash, result);
        if (Unsafe.IsNullRef(ref state))
        {
            return;
        }

        ReadOnlySpan<long> timestamps = batch.Timestamps;
        ReadOnlySpan<long> bits = batch.ValueBits;
        ReadOnlySpan<long> starts = batch.StartTimestamps;
        int end = entry.SampleStart + entry.SampleCount;
        for (int s = entry.SampleStart; s < end; s++)
        {
            long start = starts.IsEmpty ? 0 : starts[s];
            AppendStatus status = AppendFloat(ref state, timestamps[s], bits[s], start, ages);
            if (status == AppendStatus.Ok)
            {
                result.SamplesWritten++;
            }
            else
            {
                Reject(result, status, ref state, timestamps[s], ages);
            }
        }

        if (_encoder.Length > WriteAheadLog.MaxPayload / 2)
        {
            FlushEncoder();
            _encoder.Begin(_head.NameUtf8, _withStarts);
        }
    }

    private ref SeriesState Resolve(WriteBatch batch, in WriteSeries entry, ulong hash, AppendResult result)
    {
        SeriesRegistry registry = _head.Registry;
        ReadOnlySpan<byte> labels = batch.Slice(entry.LabelsOffset, entry.LabelsLength);
        ref SeriesState state = ref registry.Find(labels, hash);
        if (!Unsafe.IsNullRef(ref state))
        {
            return ref state;
        }

        AppendStatus status = registry.GetOrAdd(labels, hash, out SeriesRef known, out _);
        if (status == AppendStatus.Ok)
        {
            return ref registry.State(known);
        }

        int count = Math.Max(1, entry.SampleCount + entry.HistogramCount + entry.ExemplarCount);
        result.Rejects.Add(status, count, result.Rejects.WantsDetail ? DescribeSeries(status, labels) : null);
        return ref Unsafe.NullRef<SeriesState>();
    }

    private string DescribeSeries(AppendStatus status, ReadOnlySpan<byte> labels) => status == AppendStatus.TooManySeries
        ? $"tenant {_head.Tenant} has {_head.Registry.Count} series, the limit is {_head.Registry.MaxSeries} (limits.max-active-series)"
        : _head.Registry.Describe(status, labels);

    private AppendStatus AppendFloat(ref SeriesState state, long timestampMs, long valueBits, long startTimestampMs, AgeRules ages)
    {
        long newest = state.LastTimestamp;
        AppendStatus status = ages.Check(timestampMs, newest);
        if (status != AppendStatus.Ok)
        {
            return status;
        }

        if (timestampMs > newest)
        {
            state.LastTimestamp = timestampMs;
            state.LastValueBits = valueBits;
            state.Flags &= unchecked((byte)~SeriesFlags.LastIsHistogram);
        }
        else if (TryFindStored(ref state, timestampMs, out bool isHistogram, out long storedBits))
        {
            return !isHistogram && storedBits == valueBits ? AppendStatus.Ok : AppendStatus.DuplicateTimestamp;
        }

        state.FirstTimestamp = Math.Min(state.FirstTimestamp, timestampMs);
        _encoder.AddFloat(state.Ref.Value, timestampMs, valueBits, startTimestampMs);
        _head.Active.Add(ref state, timestampMs, valueBits, startTimestampMs);
        return AppendStatus.Ok;
    }

    /// <summary>Looks for a stored sample at a time not after the newest: the newest itself, and the latest rows still in memory.</summary>
    private bool TryFindStored(ref SeriesState state, long timestampMs, out bool isHistogram, out long bits)
    {
        if (timestampMs == state.LastTimestamp && timestampMs != long.MinValue)
        {
            isHistogram = (state.Flags & SeriesFlags.LastIsHistogram) != 0;
            bits = state.LastValueBits;
            return true;
        }

        const int MaxSteps = 16;
        if (_head.Active.TryFindRow(state.HeadRow, timestampMs, MaxSteps, out long row))
        {
            (isHistogram, bits) = _head.Active.RowValue(row);
            bits = isHistogram ? HistogramBits.Of(_head.Active.Payload(bits)) : bits;
            return true;
        }

        isHistogram = false;
        bits = 0;
        return false;
    }

    private void AppendHistograms(WriteBatch batch, ReadOnlySpan<WriteSeries> series, AgeRules ages, AppendResult result)
    {
        for (int i = 0; i < series.Length; i++)
        {
            WriteSeries entry = series[i];
            if (entry.HistogramCount == 0)
            {
                continue;
            }

            ref SeriesState state = ref _head.Registry.Find(batch.Slice(entry.LabelsOffset, entry.LabelsLength), _hashes[i]);
            if (Unsafe.IsNullRef(ref state))
            {
                continue; // refused, and counted, when its series was resolved
            }

            for (int h = entry.HistogramStart; h < entry.HistogramStart + entry.HistogramCount; h++)
            {
                AppendHistogram(batch, batch.Histograms[h], ref state, ages, result);
            }
        }
    }

    private void AppendHistogram(WriteBatch batch, WriteHistogram sample, ref SeriesState state, AgeRules ages, AppendResult result)
    {
        ReadOnlySpan<byte> payload = batch.Slice(sample.PayloadOffset, sample.PayloadLength);
        long newest = state.LastTimestamp;
        AppendStatus status = ages.Check(sample.TimestampMs, newest);
        if (payload.Length > WriteAheadLog.MaxPayload / 2)
        {
            status = AppendStatus.InvalidHistogram;
        }

        if (status == AppendStatus.Ok && sample.TimestampMs > newest)
        {
            state.LastTimestamp = sample.TimestampMs;
            state.LastValueBits = HistogramBits.Of(payload);
            state.Flags |= SeriesFlags.LastIsHistogram;
        }
        else if (status == AppendStatus.Ok && TryFindStored(ref state, sample.TimestampMs, out bool isHistogram, out long storedBits))
        {
            if (isHistogram && storedBits == HistogramBits.Of(payload))
            {
                result.HistogramsWritten++;
                return;
            }

            status = AppendStatus.DuplicateTimestamp;
        }

        if (status != AppendStatus.Ok)
        {
            Reject(result, status, ref state, sample.TimestampMs, ages);
            return;
        }

        state.FirstTimestamp = Math.Min(state.FirstTimestamp, sample.TimestampMs);
        _encoder.AddHistogram(state.Ref.Value, sample.TimestampMs, sample.StartTimestampMs, payload);
        _head.Active.AddHistogram(ref state, sample.TimestampMs, sample.StartTimestampMs, payload);
        result.HistogramsWritten++;
        if (_encoder.Length > WriteAheadLog.MaxPayload / 2)
        {
            FlushEncoder();
            _encoder.Begin(_head.NameUtf8, _withStarts);
        }
    }

    private void Reject(AppendResult result, AppendStatus status, ref SeriesState state, long timestampMs, AgeRules ages)
    {
        string? detail = result.Rejects.WantsDetail
            ? $"{ages.Describe(status, timestampMs, state.LastTimestamp)}, series {LabelText.Shorten(_head.Registry.GetLabels(state.Ref))}"
            : null;
        result.Rejects.Add(status, 1, detail);
    }

    private void FlushEncoder()
    {
        if (_encoder.Rows == 0)
        {
            return;
        }

        if (!_refused && _log.TryAppend(WalEntryType.Rows, _encoder.Finish(), out WalPosition position))
        {
            _position = position;
            _logged = true;
            _head.Active.NotePosition(position);
        }
        else
        {
            _refused = true;
        }
    }
}
