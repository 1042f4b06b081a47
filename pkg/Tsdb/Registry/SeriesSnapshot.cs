using System.Buffers.Binary;
using RemoteStore.Model;
using RemoteStore.Primitives.Files;

namespace RemoteStore.Tsdb.Registry;

/// <summary>
/// All series of a registry in one file: frames of (state, labels) in order of refs, then an end frame with the total. Labels are pair numbers; a pair's
/// text stands where it is first used, so loading is one pass.
/// </summary>
internal static class SeriesSnapshot
{
    private const int StateBytes = (3 * sizeof(long)) + 1;
    private const int CheckEvery = 16;

    /// <summary>Writes and syncs a file with the series below <paramref name="count"/>. Series may be added and states change meanwhile.</summary>
    /// <exception cref="IOException">The file is not complete.</exception>
    public static void Write(IFileSystem files, string path, SeriesRegistry registry, uint count, CancellationToken cancellationToken)
    {
        using IWritableFile file = files.Create(path);
        var writer = new SeriesKeyWriter(registry.Index);
        long position = 0;
        uint next = 0;
        int frames = 0;
        while (next < count)
        {
            if (frames++ % CheckEvery == 0)
            {
                cancellationToken.ThrowIfCancellationRequested();
            }

            uint first = next;
            writer.Begin();
            while (next < count && writer.Length < RegistryFrame.UsualPayloadBytes)
            {
                var seriesRef = new SeriesRef(next++);
                WriteState(writer.Append(StateBytes), registry.State(seriesRef));
                writer.Add(registry.GetStableLabels(seriesRef));
            }

            position = WriteFrame(file, position, writer, RegistryFrame.SnapshotMagic, first, next - first);
        }

        writer.Begin();
        WriteFrame(file, position, writer, RegistryFrame.SnapshotEndMagic, 0, count);
        file.Sync();
    }

    /// <summary>Checks every checksum and that no frame is missing.</summary>
    /// <returns>Number of series.</returns>
    /// <exception cref="CorruptDataException">The file must not be loaded.</exception>
    public static uint Verify(string path)
    {
        using var reader = new FrameReader(path);
        uint series = 0;
        while (reader.MoveNext(out long damagedFrom, out long damaged))
        {
            if (damaged > 0)
            {
                throw new CorruptDataException(path, damagedFrom, "checksum of a frame");
            }

            if (reader.Frame.Magic == RegistryFrame.SnapshotEndMagic)
            {
                if (reader.Frame.Count != series || reader.Position != reader.Length)
                {
                    throw new CorruptDataException(path, reader.Position, "number of series or length of the file");
                }

                return series;
            }

            if (reader.Frame.Magic != RegistryFrame.SnapshotMagic || reader.Frame.First != series)
            {
                throw new CorruptDataException(path, reader.Position, "order of frames");
            }

            series += reader.Frame.Count;
        }

        throw new CorruptDataException(path, reader.Position, "no end of the snapshot");
    }

    /// <summary>Loads a verified file into an empty registry.</summary>
    public static void Load(string path, SeriesRegistry registry, uint series)
    {
        using var reader = new FrameReader(path);
        var keys = new SeriesKeyReader(path, registry.Index);
        registry.EnsureCapacity(checked((int)series));
        while (reader.MoveNext(out _, out _) && reader.Frame.Magic == RegistryFrame.SnapshotMagic)
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
