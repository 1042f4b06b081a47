using System.Buffers.Binary;
using RemoteStore.Model;
using RemoteStore.Primitives.Encoding;
using RemoteStore.Primitives.Files;

namespace RemoteStore.Tsdb.Registry;

/// <summary>
/// All series of a registry in one file: frames of (ref, state, labels) in order of refs, then an end frame with what holds for the whole. Labels are pair
/// numbers; a pair's text stands where it is first used, so loading is one pass. The format is drawn in <c>docs/series.md</c>.
/// </summary>
internal static class SeriesSnapshot
{
    private const int StateBytes = (3 * sizeof(long)) + 1;
    private const int EndBytes = 16;
    private const int RangeBytes = 8;
    private const int CheckEvery = 16;

    /// <summary>Writes and syncs a file with the series below <paramref name="refEnd"/>. Series may be added and states change meanwhile.</summary>
    /// <exception cref="IOException">The file is not complete.</exception>
    public static void Write(IFileSystem files, string path, SeriesRegistry registry, uint refEnd, long generation, CancellationToken cancellationToken)
    {
        using IWritableFile file = files.Create(path);
        var writer = new SeriesKeyWriter(registry.Index);
        long position = 0;
        uint next = 0;
        uint total = 0;
        int frames = 0;
        while (registry.TryNext(ref next, refEnd))
        {
            if (frames++ % CheckEvery == 0)
            {
                cancellationToken.ThrowIfCancellationRequested();
            }

            uint first = next;
            uint expected = next;
            uint count = 0;
            writer.Begin();
            while (writer.Length < RegistryFrame.UsualPayloadBytes && registry.TryNext(ref next, refEnd))
            {
                var seriesRef = new SeriesRef(next++);
                writer.AddNumber(seriesRef.Value - expected);
                expected = next;
                WriteState(writer.Append(StateBytes), registry.State(seriesRef));
                writer.Add(registry.GetStableLabels(seriesRef));
                count++;
            }

            total += count;
            position = WriteFrame(file, position, writer, RegistryFrame.SnapshotMagic, first, count);
        }

        writer.Begin();
        WriteEnd(writer, registry, refEnd, generation);
        WriteFrame(file, position, writer, RegistryFrame.SnapshotEndMagic, 0, total);
        file.Sync();
    }

    /// <summary>Checks every checksum and that no frame is missing.</summary>
    /// <exception cref="CorruptDataException">The file must not be loaded.</exception>
    public static SnapshotSummary Verify(string path)
    {
        using var reader = new FrameReader(path);
        uint series = 0;
        uint next = 0;
        while (reader.MoveNext(out long damagedFrom, out long damaged))
        {
            RegistryFrame frame = reader.Frame;
            if (damaged > 0)
            {
                throw new CorruptDataException(path, damagedFrom, "checksum of a frame");
            }

            if (frame.Magic is RegistryFrame.SnapshotEndMagic or RegistryFrame.SnapshotEndMagicV1)
            {
                if (frame.Count != series || reader.Position != reader.Length)
                {
                    throw new CorruptDataException(path, reader.Position, "number of series or length of the file");
                }

                return frame.Magic == RegistryFrame.SnapshotEndMagicV1 ? new SnapshotSummary(series, series, 0) : ReadEnd(path, reader, next);
            }

            bool inOrder = frame.Magic switch
            {
                RegistryFrame.SnapshotMagic => frame.First >= next,
                RegistryFrame.SnapshotMagicV1 => frame.First == series,
                _ => false,
            };
            if (!inOrder)
            {
                throw new CorruptDataException(path, reader.Position, "order of frames");
            }

            series += frame.Count;
            next = frame.First + frame.Count; // at least: there may be refs without series within
        }

        throw new CorruptDataException(path, reader.Position, "no end of the snapshot");
    }

    /// <summary>Loads a verified file into an empty registry.</summary>
    /// <exception cref="CorruptDataException">A frame whose checksum holds is not what a writer writes.</exception>
    public static void Load(string path, SeriesRegistry registry, SnapshotSummary summary)
    {
        registry.EnsureCapacity(checked((int)summary.Series));
        using var reader = new FrameReader(path);
        var keys = new SeriesKeyReader(path, registry.Index);
        while (reader.MoveNext(out _, out _))
        {
            switch (reader.Frame.Magic)
            {
                case RegistryFrame.SnapshotMagic:
                    LoadFrame(path, reader, keys, registry);
                    break;
                case RegistryFrame.SnapshotMagicV1:
                    LoadFrameV1(reader, keys, registry);
                    break;
                case RegistryFrame.SnapshotEndMagic:
                    LoadEnd(path, reader, registry);
                    return;
                default:
                    return;
            }
        }
    }

    private static void LoadFrame(string path, FrameReader reader, SeriesKeyReader keys, SeriesRegistry registry)
    {
        ReadOnlySpan<byte> payload = reader.Payload;
        keys.Begin();
        int position = 0;
        ulong next = reader.Frame.First;
        for (uint i = 0; i < reader.Frame.Count; i++)
        {
            if (!Varint.TryRead(payload, ref position, out ulong gap) || gap > uint.MaxValue - next || next + gap < registry.RefEnd
                || payload.Length - position < StateBytes)
            {
                throw new CorruptDataException(path, reader.Position, "refs within a frame whose checksum holds");
            }

            registry.SkipTo((uint)(next + gap));
            next = next + gap + 1;
            ReadOnlySpan<byte> state = payload.Slice(position, StateBytes);
            position += StateBytes;
            ReadOnlySpan<byte> labels = keys.Next(payload, ref position);
            if (labels.IsEmpty)
            {
                throw new CorruptDataException(path, reader.Position, "labels within a frame whose checksum holds");
            }

            ReadState(state, ref registry.Restore(labels));
        }
    }

    private static void LoadFrameV1(FrameReader reader, SeriesKeyReader keys, SeriesRegistry registry)
    {
        ReadOnlySpan<byte> payload = reader.Payload;
        keys.Begin();
        int position = 0;
        for (uint i = 0; i < reader.Frame.Count; i++)
        {
            ReadOnlySpan<byte> state = payload.Slice(position, StateBytes);
            position += StateBytes;
            ReadOnlySpan<byte> labels = keys.Next(payload, ref position);
            if (labels.IsEmpty)
            {
                registry.ReserveThrough(new SeriesRef(reader.Frame.First + i));
            }
            else
            {
                ReadState(state, ref registry.Restore(labels));
            }
        }
    }

    private static void WriteEnd(SeriesKeyWriter writer, SeriesRegistry registry, uint refEnd, long generation)
    {
        (uint From, uint End)[] unknown = [.. registry.Unknown.Where(r => r.End <= refEnd)];
        Span<byte> end = writer.Append(EndBytes);
        BinaryPrimitives.WriteUInt32LittleEndian(end, refEnd);
        BinaryPrimitives.WriteInt32LittleEndian(end[4..], unknown.Length);
        BinaryPrimitives.WriteInt64LittleEndian(end[8..], generation);
        foreach ((uint from, uint to) in unknown)
        {
            Span<byte> range = writer.Append(RangeBytes);
            BinaryPrimitives.WriteUInt32LittleEndian(range, from);
            BinaryPrimitives.WriteUInt32LittleEndian(range[4..], to);
        }
    }

    private static SnapshotSummary ReadEnd(string path, FrameReader reader, uint next)
    {
        ReadOnlySpan<byte> payload = reader.Payload;
        if (payload.Length < EndBytes || (payload.Length - EndBytes) % RangeBytes != 0
            || BinaryPrimitives.ReadInt32LittleEndian(payload[4..]) != (payload.Length - EndBytes) / RangeBytes
            || BinaryPrimitives.ReadUInt32LittleEndian(payload) < next)
        {
            throw new CorruptDataException(path, reader.Position, "end frame");
        }

        return new SnapshotSummary(
            reader.Frame.Count, BinaryPrimitives.ReadUInt32LittleEndian(payload), BinaryPrimitives.ReadInt64LittleEndian(payload[8..]));
    }

    private static void LoadEnd(string path, FrameReader reader, SeriesRegistry registry)
    {
        uint refEnd = ReadEnd(path, reader, registry.RefEnd).RefEnd;
        uint known = 0;
        for (ReadOnlySpan<byte> ranges = reader.Payload[EndBytes..]; !ranges.IsEmpty; ranges = ranges[RangeBytes..])
        {
            uint from = BinaryPrimitives.ReadUInt32LittleEndian(ranges);
            uint to = BinaryPrimitives.ReadUInt32LittleEndian(ranges[4..]);
            if (from < known || to <= from || to > refEnd)
            {
                throw new CorruptDataException(path, reader.Position, "stretches of lost refs");
            }

            registry.AddUnknown(from, to);
            known = to;
        }

        registry.SkipTo(refEnd);
    }

    private static long WriteFrame(IWritableFile file, long position, SeriesKeyWriter writer, uint magic, uint first, uint count)
    {
        RegistryFrame.Seal(writer.Written, magic, first, count);
        file.Write(position, writer.Written);
        return position + writer.Length;
    }

    private static void WriteState(Span<byte> destination, in SeriesState state)
    {
        BinaryPrimitives.WriteInt64LittleEndian(destination, state.LastTimestamp);
        BinaryPrimitives.WriteInt64LittleEndian(destination[8..], state.LastValueBits);
        BinaryPrimitives.WriteInt64LittleEndian(destination[16..], state.FirstTimestamp);
        destination[24] = state.Flags;
    }

    private static void ReadState(ReadOnlySpan<byte> source, ref SeriesState state)
    {
        state.LastTimestamp = BinaryPrimitives.ReadInt64LittleEndian(source);
        state.LastValueBits = BinaryPrimitives.ReadInt64LittleEndian(source[8..]);
        state.FirstTimestamp = BinaryPrimitives.ReadInt64LittleEndian(source[16..]);
        state.Flags = source[24];
    }
}

/// <summary>What holds for a whole snapshot.</summary>
/// <param name="Series">Number of series.</param>
/// <param name="RefEnd">All refs in it are below; series beyond are in the log.</param>
/// <param name="Generation">How often eviction had exchanged the registry.</param>
internal readonly record struct SnapshotSummary(uint Series, uint RefEnd, long Generation);
