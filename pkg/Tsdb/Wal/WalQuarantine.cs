using RemoteStore.Primitives.Files;

namespace RemoteStore.Tsdb.Wal;

/// <summary>Copies damaged stretches of segment files aside. A name says what was copied, so repeating a replay repeats no copy.</summary>
internal sealed class WalQuarantine(string directory, IFileSystem files)
{
    private const int ChunkSize = 1 << 20;

    /// <summary>Copies [<paramref name="from"/>, <paramref name="to"/>) of a segment file, as far as it exists.</summary>
    /// <returns>Path of the copy; null when there is nothing to copy, or the copy cannot be made (a full disk must not stop a replay).</returns>
    public string? Copy(uint generation, string segmentFile, long from, long to)
    {
        try
        {
            long length = File.Exists(segmentFile) ? new FileInfo(segmentFile).Length : 0;
            to = Math.Min(to, length);
            if (from >= to)
            {
                return null;
            }

            string path = Path.Combine(directory, $"{generation:x8}-{Path.GetFileNameWithoutExtension(segmentFile)}-{from}-{to}.bad");
            if (!File.Exists(path))
            {
                files.CreateDirectory(directory);
                Write(segmentFile, from, to, path);
            }

            return path;
        }
        catch (IOException)
        {
            return null;
        }
    }

    private void Write(string segmentFile, long from, long to, string path)
    {
        string temporary = path + DurableFile.TemporarySuffix;
        byte[] chunk = new byte[ChunkSize];
        using (FileStream source = File.OpenRead(segmentFile))
        using (IWritableFile copy = files.Create(temporary))
        {
            source.Position = from;
            long done = 0;
            while (done < to - from)
            {
                int read = source.Read(chunk, 0, (int)Math.Min(ChunkSize, to - from - done));
                if (read == 0)
                {
                    break;
                }

                copy.Write(done, chunk.AsSpan(0, read));
                done += read;
            }

            copy.Sync();
        }

        files.Move(temporary, path);
        files.SyncDirectory(directory);
    }
}
