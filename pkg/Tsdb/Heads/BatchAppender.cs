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
    private readonly RowLogger _rows;
    private readonly SideDataLogger _sideData;
    private ulong[] _hashes = new ulong[2048];
    private long _lateBeforeMs;

    public BatchAppender(TenantHead head, WriteAheadLog log)
    {
        _head = head;
        _log = log;
        _rows = new RowLogger(head, log);
        _sideData = new SideDataLogger(head);
    }

    /// <summary>Appends what is valid, from the cursor on, as far as one chunk of the log goes; ordinary requests fit in one.</summary>
    /// <param name="batch">Decoded request.</param>
    /// <param name="cursor">Where to go on; moved. The call that sets <see cref="AppendCursor.IsDone"/> is the last.</param>
    /// <param name="ages">Age rules of this moment.</param>
    /// <param name="result">Counts and refusals are added here.</param>
    /// <param name="position">Log position whose commit covers everything that was stored, earlier copies of duplicates included.</param>
    /// <returns>False when the log took not all of it; see the type's remarks.</returns>
    public bool Append(WriteBatch batch, ref AppendCursor cursor, AgeRules ages, AppendResult result, out WalPosition position)
    {
        ReadOnlySpan<WriteSeries> series = batch.Series;
        HashAll(batch, series);
        _lateBeforeMs = _head.LateWrites.BeforeMs;
        _rows.Begin(batch.HasStartTimestamps || HasStarts(batch.Histograms));
        if (!cursor.FloatsDone)
        {
            AppendFloats(batch, series, ref cursor, ages, result);
        }

        if (cursor.FloatsDone && batch.Histograms.Count > 0 && !_rows.IsFull)
        {
            AppendHistograms(batch, series, ref cursor, ages, result);
        }

        cursor.IsDone = cursor.FloatsDone && (cursor.Series == series.Length || batch.Histograms.Count == 0);
        bool taken = _rows.Finish();
        bool logged = _rows.HasLogged;
        position = _rows.Position;
        if (cursor.IsDone && (batch.Exemplars.Count > 0 || batch.Metadata.Count > 0))
        {
            taken &= _sideData.Append(batch, series, _hashes, _log, result, ref position, ref logged);
        }

        if (!logged)
        {
            // Nothing new: duplicates of rows whose commit may still be under way are covered by a commit up to the tail.
            position = _log.Tail;
        }

        return taken;
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

    private void AppendFloats(WriteBatch batch, ReadOnlySpan<WriteSeries> series, ref AppendCursor cursor, AgeRules ages, AppendResult result)
    {
        SeriesRegistry registry = _head.Registry;
        for (int i = cursor.Series; i < series.Length; i++)
        {
            Prefetch(registry, i, series.Length);
            ref SeriesState state = ref Resolve(batch, in series[i], _hashes[i], result);
            if (!Unsafe.IsNullRef(ref state) && !AppendSeries(batch, in series[i], ref state, ref cursor, ages, result))
            {
                cursor.Series = i;
                return;
            }
        }

        cursor.Series = 0;
        cursor.FloatsDone = true;
    }

    /// <summary>False when the chunk is full before the series' end; the cursor then names the sample to go on with.</summary>
    private bool AppendSeries(
        WriteBatch batch, in WriteSeries entry, ref SeriesState state, ref AppendCursor cursor, AgeRules ages, AppendResult result)
    {
        ReadOnlySpan<long> timestamps = batch.Timestamps;
        ReadOnlySpan<long> bits = batch.ValueBits;
        ReadOnlySpan<long> starts = batch.StartTimestamps;
        int end = entry.SampleStart + entry.SampleCount;
        for (int s = Math.Max(entry.SampleStart, cursor.Sample); s < end; s++)
        {
            if (_rows.IsFull)
            {
                cursor.Sample = s;
                return false;
            }

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

        return true;
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
        ? $"tenant {_head.Tenant} has {_head.Registry.SeriesCount} series, the limit is {_head.Registry.MaxSeries} (limits.max-active-series)"
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

        if (timestampMs < _lateBeforeMs)
        {
            _head.LateWrites.Note(timestampMs);
        }

        state.FirstTimestamp = Math.Min(state.FirstTimestamp, timestampMs);
        _rows.AddFloat(state.Ref.Value, timestampMs, valueBits, startTimestampMs);
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

    private void AppendHistograms(WriteBatch batch, ReadOnlySpan<WriteSeries> series, ref AppendCursor cursor, AgeRules ages, AppendResult result)
    {
        for (; cursor.Series < series.Length; cursor.Series++)
        {
            WriteSeries entry = series[cursor.Series];
            if (entry.HistogramCount == 0)
            {
                continue;
            }

            ReadOnlySpan<byte> labels = batch.Slice(entry.LabelsOffset, entry.LabelsLength);
            if (!_head.TryResolve(labels, _hashes[cursor.Series], out SeriesRef seriesRef))
            {
                continue; // refused, and counted, when its series was resolved first
            }

            ref SeriesState state = ref _head.Registry.State(seriesRef);

            for (int h = Math.Max(entry.HistogramStart, cursor.Histogram); h < entry.HistogramStart + entry.HistogramCount; h++)
            {
                if (_rows.IsFull)
                {
                    cursor.Histogram = h;
                    return;
                }

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

        if (sample.TimestampMs < _lateBeforeMs)
        {
            _head.LateWrites.Note(sample.TimestampMs);
        }

        state.FirstTimestamp = Math.Min(state.FirstTimestamp, sample.TimestampMs);
        _rows.AddHistogram(state.Ref.Value, sample.TimestampMs, sample.StartTimestampMs, payload);
        _head.Active.AddHistogram(ref state, sample.TimestampMs, sample.StartTimestampMs, payload);
        result.HistogramsWritten++;
    }

    private void Reject(AppendResult result, AppendStatus status, ref SeriesState state, long timestampMs, AgeRules ages)
    {
        string? detail = result.Rejects.WantsDetail
            ? $"{ages.Describe(status, timestampMs, state.LastTimestamp)}, series {LabelText.Shorten(_head.Registry.GetLabels(state.Ref))}"
            : null;
        result.Rejects.Add(status, 1, detail);
    }
}
