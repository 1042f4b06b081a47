using RemoteStore.Primitives.Files;

namespace RemoteStore.Tsdb.Wal;

/// <summary>
/// Reads the log back from the raw segment files of all generations. It changes nothing but the copies of damaged stretches in
/// <c>&lt;data&gt;/quarantine/wal</c>, holds one page in memory, and can be repeated at will.
/// </summary>
public static class WalReplay
{
    /// <summary>Delivers every whole entry of every generation that is not known to be in a part, in order.</summary>
    /// <param name="walDirectory"><c>&lt;data&gt;/wal</c>; missing is empty.</param>
    /// <param name="handler">Receives the entries on this thread.</param>
    /// <param name="cancellationToken">Checked about once per page.</param>
    /// <exception cref="NotSupportedException">A newer program wrote a generation.</exception>
    public static WalReplayReport Run(string walDirectory, IWalReplayHandler handler, CancellationToken cancellationToken) =>
        Run(walDirectory, LocalFileSystem.Instance, handler, cancellationToken);

    /// <summary>As above; copies of damaged stretches are written through <paramref name="files"/>.</summary>
    public static WalReplayReport Run(string walDirectory, IFileSystem files, IWalReplayHandler handler, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(handler);
        walDirectory = Path.GetFullPath(walDirectory);
        var quarantine = new WalQuarantine(Path.Combine(Path.GetDirectoryName(walDirectory)!, "quarantine", "wal"), files);
        List<uint> generations = WalLayout.Generations(walDirectory);
        long total = generations.Sum(g => WalLayout.SizeOf(WalLayout.GenerationFolder(walDirectory, g)));
        long done = 0;
        var badStretches = new List<WalBadStretch>();
        var tornTails = new List<WalTornTail>();
        long entries = 0;
        var damaged = new List<string>();
        long unreadable = 0;
        long passedOver = 0;
        byte[] page = [];
        handler.OnProgress(0, total);
        foreach (uint generation in generations)
        {
            string folder = WalLayout.GenerationFolder(walDirectory, generation);
            WalGenerationHeader header;
            try
            {
                header = WalGenerationHeader.Read(Path.Combine(folder, WalLayout.HeaderFile));
            }
            catch (CorruptDataException)
            {
                // The header is durable before the first entry: without segments this is a folder whose creation a crash interrupted.
                if (WithoutHeader(generation, folder, quarantine) is { } lost)
                {
                    badStretches.Add(lost);
                }

                continue;
            }

            if (page.Length < header.PageSizeBytes)
            {
                page = GC.AllocateUninitializedArray<byte>(header.PageSizeBytes);
            }

            long begin = BeginOf(generation, folder, damaged);
            var reader = new GenerationReader(header, folder, begin, quarantine, handler, page);
            reader.Read(
                read =>
                {
                    done += read;
                    handler.OnProgress(done, total);
                },
                cancellationToken);
            entries += reader.Entries;
            passedOver += reader.PassedOverBytes;
            unreadable += reader.UnreadableBytes;
            badStretches.AddRange(reader.BadStretches);
            if (reader.TornTail is { } tail)
            {
                tornTails.Add(tail);
            }
        }

        return new WalReplayReport
        {
            Generations = generations.Count,
            Entries = entries,
            BytesRead = done - passedOver,
            UnreadableBytes = unreadable,
            BadStretches = badStretches,
            DamagedBegins = damaged,
            TornTails = tornTails,
        };
    }

    private static long BeginOf(uint generation, string folder, List<string> damaged)
    {
        try
        {
            return WalBegin.Read(Path.Combine(folder, WalLayout.BeginFile), generation);
        }
        catch (CorruptDataException e)
        {
            damaged.Add(e.Message);
            return 0;
        }
    }

    private static WalBadStretch? WithoutHeader(uint generation, string folder, WalQuarantine quarantine)
    {
        List<int> segments = WalLayout.Segments(folder);
        if (WalLayout.SizeOf(folder) == 0)
        {
            return null;
        }

        string first = WalLayout.SegmentFile(folder, segments[0]);
        string last = WalLayout.SegmentFile(folder, segments[^1]);
        List<string> copies = [];
        foreach (int segment in segments)
        {
            if (quarantine.Copy(generation, WalLayout.SegmentFile(folder, segment), 0, long.MaxValue) is { } copy)
            {
                copies.Add(copy);
            }
        }

        long lastLength = new FileInfo(last).Length;
        return new WalBadStretch(
            new WalPosition(generation, 0), new WalPosition(generation, long.MaxValue), Path.GetFileName(first), 0, Path.GetFileName(last), lastLength, null, null, copies);
    }
}
