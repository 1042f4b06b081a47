using RemoteStore.Model;
using RemoteStore.Primitives.Files;

namespace RemoteStore.Tsdb.Registry;

/// <summary>Reads log segments into a registry. What is damaged is copied aside and reported; refs in it stay taken.</summary>
internal sealed class SeriesLogLoader(IFileSystem files, SeriesRegistry registry, List<RegistryDamage> damages)
{
    private RegistryFrame? _claimed;

    /// <summary>Loads one segment; segments come in order.</summary>
    /// <returns>Number of series that were not known before.</returns>
    public uint Load(string path)
    {
        using var reader = new FrameReader(path);
        var keys = new SeriesKeyReader(path, null);
        uint before = registry.RefEnd;
        bool more = true;
        while (more)
        {
            more = reader.MoveNext(out long damagedFrom, out long damaged);
            if (damaged > 0)
            {
                damages.Add(new RegistryDamage(path, damagedFrom, damaged, CopyAside(path, damagedFrom, damaged), !more));
                _claimed = more ? null : reader.DamagedHeader;
            }

            if (more && reader.Frame.Magic == RegistryFrame.LogMagic)
            {
                LoadFrame(reader, keys);
            }
        }

        return registry.RefEnd - before;
    }

    /// <summary>
    /// To be called after the last segment. Refs of a damaged frame at the very end whose header still makes sense are not given again, as stored samples
    /// may carry them. Damage in between needs no guess: the next frame tells where it ends.
    /// </summary>
    public void ReserveClaimed()
    {
        if (_claimed is { Magic: RegistryFrame.LogMagic, Count: > 0 } frame
            && frame.First == registry.RefEnd
            && frame.Count <= (uint)frame.PayloadLength)
        {
            registry.ReserveThrough(new SeriesRef(frame.First + frame.Count - 1));
        }
    }

    /// <summary>Copies part of a file next to it; null when the disk does not let us, which must not keep the rest from loading.</summary>
    public string? CopyAside(string path, long offset, long length)
    {
        string copy = RegistryFiles.Corrupt(path, offset);
        try
        {
            using FileStream source = File.OpenRead(path);
            source.Position = offset;
            using IWritableFile target = files.Create(copy);
            byte[] buffer = new byte[1 << 16];
            for (long written = 0; written < length;)
            {
                int n = source.Read(buffer, 0, (int)Math.Min(buffer.Length, length - written));
                if (n == 0)
                {
                    break;
                }

                target.Write(written, buffer.AsSpan(0, n));
                written += n;
            }

            target.Sync();
            return copy;
        }
        catch (IOException)
        {
            return null;
        }
    }

    private void LoadFrame(FrameReader reader, SeriesKeyReader keys)
    {
        RegistryFrame frame = reader.Frame;
        if ((ulong)frame.First + frame.Count <= registry.RefEnd)
        {
            return; // in the snapshot already
        }

        if (frame.First > registry.RefEnd)
        {
            registry.ReserveThrough(new SeriesRef(frame.First - 1));
        }

        keys.Begin();
        int position = 0;
        for (uint i = 0; i < frame.Count; i++)
        {
            ReadOnlySpan<byte> labels = keys.Next(reader.Payload, ref position);
            if (frame.First + i < registry.RefEnd)
            {
                continue;
            }

            if (labels.IsEmpty)
            {
                registry.ReserveThrough(new SeriesRef(frame.First + i));
            }
            else
            {
                registry.Restore(labels);
            }
        }
    }
}

/// <summary>A stretch of a series log, or a snapshot, that could not be read.</summary>
/// <param name="File">File.</param>
/// <param name="Offset">Where it begins.</param>
/// <param name="LengthBytes">Its length.</param>
/// <param name="Copy">Where it was copied or moved to; null when that failed.</param>
/// <param name="AtEnd">True when nothing readable follows in that file: after a crash that is a write that was never acknowledged.</param>
public sealed record RegistryDamage(string File, long Offset, long LengthBytes, string? Copy, bool AtEnd);
