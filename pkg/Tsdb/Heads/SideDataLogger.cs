using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using RemoteStore.Model;
using RemoteStore.Model.Labels;
using RemoteStore.Model.Samples;
using RemoteStore.Model.Writes;
using RemoteStore.Primitives.Encoding;
using RemoteStore.Storage.Appending;
using RemoteStore.Tsdb.Metadata;
using RemoteStore.Tsdb.Wal;

namespace RemoteStore.Tsdb.Heads;

/// <summary>
/// Stores and logs a batch's exemplars and metadata. Log payloads begin with the tenant (varint length, name); exemplars are
/// <c>u32 ref, i64 time, i64 value, varint length, labels</c> each, metadata as <see cref="MetadataCodec"/>.
/// </summary>
internal sealed class SideDataLogger
{
    private readonly TenantHead _head;
    private readonly ArrayBufferWriter<byte> _buffer = new(1024);
    private readonly LabelCanonicalizer _canonicalizer;

    public SideDataLogger(TenantHead head)
    {
        _head = head;
        _canonicalizer = new LabelCanonicalizer(LabelLimits.Default, requireMetricName: false);
    }

    /// <summary>Appends what is new; what is known already is not logged again.</summary>
    /// <returns>False when the log took not all of it.</returns>
    public bool Append(
        WriteBatch batch, ReadOnlySpan<WriteSeries> series, ReadOnlySpan<ulong> hashes, WriteAheadLog log, AppendResult result,
        ref WalPosition position, ref bool logged) =>
        AppendExemplars(batch, series, hashes, log, result, ref position, ref logged) && AppendMetadata(batch, log, ref position, ref logged);

    /// <summary>Puts a logged payload of exemplars back.</summary>
    public static bool TryReplayExemplars(ReadOnlySpan<byte> payload, HeadSet heads, WalPosition logPosition)
    {
        int position = 0;
        if (!TryReadTenant(payload, ref position, heads, out TenantHead? head))
        {
            return false;
        }

        head.NoteSideData(logPosition);
        while (position < payload.Length)
        {
            if (payload.Length - position < 20)
            {
                return false;
            }

            uint seriesRef = BinaryPrimitives.ReadUInt32LittleEndian(payload[position..]);
            long time = BinaryPrimitives.ReadInt64LittleEndian(payload[(position + 4)..]);
            long value = BinaryPrimitives.ReadInt64LittleEndian(payload[(position + 12)..]);
            position += 20;
            if (!Varint.TryRead(payload, ref position, out ulong length) || length > (ulong)(payload.Length - position))
            {
                return false;
            }

            if (head.Registry.Contains(new SeriesRef(seriesRef)))
            {
                _ = head.Exemplars.Add(new SeriesRef(seriesRef), payload.Slice(position, (int)length), value, time, out _);
            }

            position += (int)length;
        }

        return true;
    }

    /// <summary>Puts a logged payload of metadata back.</summary>
    public static bool TryReplayMetadata(ReadOnlySpan<byte> payload, HeadSet heads, WalPosition logPosition)
    {
        int position = 0;
        if (!TryReadTenant(payload, ref position, heads, out TenantHead? head))
        {
            return false;
        }

        head.NoteSideData(logPosition);
        while (position < payload.Length)
        {
            if (!MetadataCodec.TryRead(payload, ref position, out ReadOnlySpan<byte> name, out MetricType type, out ReadOnlySpan<byte> help, out ReadOnlySpan<byte> unit))
            {
                return false;
            }

            head.Metadata.Add(name, type, help, unit);
        }

        return true;
    }

    private static bool TryReadTenant(ReadOnlySpan<byte> payload, ref int position, HeadSet heads, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out TenantHead? head)
    {
        head = null;
        if (!Varint.TryRead(payload, ref position, out ulong length) || length > (ulong)(payload.Length - position)
            || !TenantId.TryParse(Encoding.UTF8.GetString(payload.Slice(position, (int)length)), out TenantId tenant, out _))
        {
            return false;
        }

        position += (int)length;
        head = heads.GetOrCreate(tenant);
        return true;
    }

    private bool AppendExemplars(
        WriteBatch batch, ReadOnlySpan<WriteSeries> series, ReadOnlySpan<ulong> hashes, WriteAheadLog log, AppendResult result,
        ref WalPosition position, ref bool logged)
    {
        if (batch.Exemplars.Count == 0)
        {
            return true;
        }

        Begin();
        int empty = _buffer.WrittenCount;
        bool taken = true;
        for (int i = 0; i < series.Length; i++)
        {
            WriteSeries entry = series[i];
            if (entry.ExemplarCount == 0 || !_head.TryResolve(batch.Slice(entry.LabelsOffset, entry.LabelsLength), hashes[i], out SeriesRef seriesRef))
            {
                continue;
            }

            for (int e = entry.ExemplarStart; e < entry.ExemplarStart + entry.ExemplarCount; e++)
            {
                AppendExemplar(batch, batch.Exemplars[e], seriesRef, result);
            }

            if (_buffer.WrittenCount > WriteAheadLog.MaxPayload / 2)
            {
                taken &= TryLog(log, WalEntryType.Exemplars, ref position, ref logged);
                Begin();
            }
        }

        return (_buffer.WrittenCount == empty || TryLog(log, WalEntryType.Exemplars, ref position, ref logged)) && taken;
    }

    private void AppendExemplar(WriteBatch batch, WriteExemplar exemplar, SeriesRef seriesRef, AppendResult result)
    {
        ReadOnlySpan<byte> raw = batch.Slice(exemplar.LabelsOffset, exemplar.LabelsLength);
        AppendStatus status = _canonicalizer.Canonicalize(raw, out ReadOnlySpan<byte> labels);
        bool added = false;
        status = status == AppendStatus.Ok
            ? _head.Exemplars.Add(seriesRef, labels, exemplar.ValueBits, exemplar.TimestampMs, out added)
            : AppendStatus.InvalidExemplar;
        if (status != AppendStatus.Ok)
        {
            string? detail = result.Rejects.WantsDetail
                ? $"exemplar at {exemplar.TimestampMs} of series {LabelText.Shorten(_head.Registry.GetLabels(seriesRef))}: {Describe(status)}"
                : null;
            result.Rejects.Add(status, 1, detail);
            return;
        }

        result.ExemplarsWritten++;
        if (added)
        {
            Span<byte> fields = _buffer.GetSpan(20 + Varint.MaxLength);
            BinaryPrimitives.WriteUInt32LittleEndian(fields, seriesRef.Value);
            BinaryPrimitives.WriteInt64LittleEndian(fields[4..], exemplar.TimestampMs);
            BinaryPrimitives.WriteInt64LittleEndian(fields[12..], exemplar.ValueBits);
            _buffer.Advance(20 + Varint.Write(fields[20..], (ulong)labels.Length));
            _buffer.Write(labels);
        }
    }

    private static string Describe(AppendStatus status) => status == AppendStatus.OutOfOrder
        ? "it is older than the newest exemplar of the series"
        : $"its labels are invalid or longer than {Exemplars.ExemplarStore.MaxLabelCharacters} characters";

    private bool AppendMetadata(WriteBatch batch, WriteAheadLog log, ref WalPosition position, ref bool logged)
    {
        if (batch.Metadata.Count == 0)
        {
            return true;
        }

        Begin();
        int empty = _buffer.WrittenCount;
        bool taken = true;
        foreach (WriteMetadata entry in batch.Metadata)
        {
            ReadOnlySpan<byte> name = batch.Slice(entry.NameOffset, entry.NameLength);
            ReadOnlySpan<byte> help = batch.Slice(entry.HelpOffset, entry.HelpLength);
            ReadOnlySpan<byte> unit = batch.Slice(entry.UnitOffset, entry.UnitLength);
            if (_head.Metadata.Add(name, entry.Type, help, unit))
            {
                MetadataCodec.Write(_buffer, name, entry.Type, help, unit);
            }

            if (_buffer.WrittenCount > WriteAheadLog.MaxPayload / 2)
            {
                taken &= TryLog(log, WalEntryType.Metadata, ref position, ref logged);
                Begin();
            }
        }

        return (_buffer.WrittenCount == empty || TryLog(log, WalEntryType.Metadata, ref position, ref logged)) && taken;
    }

    private void Begin()
    {
        _buffer.ResetWrittenCount();
        Span<byte> length = _buffer.GetSpan(Varint.MaxLength);
        _buffer.Advance(Varint.Write(length, (ulong)_head.NameUtf8.Length));
        _buffer.Write(_head.NameUtf8);
    }

    private bool TryLog(WriteAheadLog log, WalEntryType type, ref WalPosition position, ref bool logged)
    {
        if (!log.TryAppend(type, _buffer.WrittenSpan, out WalPosition at))
        {
            return false;
        }

        position = at;
        logged = true;
        _head.NoteSideData(at);
        return true;
    }
}
