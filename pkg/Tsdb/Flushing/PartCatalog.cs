using Microsoft.Extensions.Logging;
using RemoteStore.Blocks.Merging;
using RemoteStore.Blocks.Parts;
using RemoteStore.Primitives.Files;
using RemoteStore.Storage.Administration;

namespace RemoteStore.Tsdb.Flushing;

/// <summary>
/// The live parts and the manifest that names them. A change is: write the new files, replace the manifest, let queries see the new set, remove the old
/// files; a crash between any two steps leaves the old or the new set, and unknown files go at the next start.
/// </summary>
/// <remarks>Changes are serialised by <see cref="Changes"/>; readers take a snapshot at any time.</remarks>
internal sealed class PartCatalog : IDisposable
{
    private readonly IFileSystem _files;
    private readonly Failpoints _failpoints;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly TsdbMetrics _metrics;
    private readonly string _quarantine;
    private readonly List<QuarantinedPart> _quarantined = [];
    private readonly Lock _quarantineLock = new(); // guards _quarantined
    private PartManifest _manifest;
    private LivePart[] _parts = [];

    private PartCatalog(string directory, string quarantine, PartManifest manifest, IFileSystem files, Failpoints failpoints, TimeProvider time, ILogger logger, TsdbMetrics metrics)
    {
        Directory = directory;
        _quarantine = quarantine;
        _manifest = manifest;
        _files = files;
        _failpoints = failpoints;
        _time = time;
        _logger = logger;
        _metrics = metrics;
    }

    /// <summary>Folder of the parts.</summary>
    public string Directory { get; }

    /// <summary>Held while parts are added, replaced or set aside.</summary>
    public SemaphoreSlim Changes { get; } = new(1, 1);

    /// <summary>Live parts, oldest id first.</summary>
    public IReadOnlyList<LivePart> Parts => Volatile.Read(ref _parts);

    /// <summary>Called after samples of a live part turned out to be lost.</summary>
    public Action? SamplesLost { get; set; }

    /// <summary>Parts that were found corrupt since the start.</summary>
    public IReadOnlyList<QuarantinedPart> Quarantined
    {
        get
        {
            lock (_quarantineLock)
            {
                return [.. _quarantined];
            }
        }
    }

    /// <summary>Opens what the manifest names; parts that cannot be read are set aside with what is intact in them rewritten.</summary>
    public static PartCatalog Open(TsdbOptions options, IFileSystem files, Failpoints failpoints, TimeProvider time, ILogger logger, TsdbMetrics metrics)
    {
        string directory = options.PartsDirectory;
        PartManifest manifest;
        string? fault = null;
        try
        {
            manifest = PartManifest.Load(directory);
        }
        catch (CorruptDataException e)
        {
            fault = e.Message;
            manifest = PartManifest.Rebuild(directory, out IReadOnlyList<CorruptDataException> _);
        }

        var catalog = new PartCatalog(directory, options.QuarantineDirectory, manifest, files, failpoints, time, logger, metrics);
        if (fault is not null)
        {
            Log.ManifestRebuilt(logger, fault, manifest.Parts.Length);
            catalog.Note(PartManifest.FileName, directory, fault);
            catalog.SetAsideUnlisted(manifest);
            manifest.Save(files, directory);
        }

        manifest.RemoveUnknownFiles(files, directory);
        var live = new List<LivePart>();
        foreach (PartInfo info in manifest.Parts)
        {
            try
            {
                live.Add(new LivePart(PartReader.Open(catalog.PathOf(info.Id))));
            }
            catch (IOException e)
            {
                LivePart? salvaged = catalog.SetAside(info, e.Message);
                if (salvaged is not null)
                {
                    live.Add(salvaged);
                }
            }
        }

        catalog.Publish(live);
        return catalog;
    }

    /// <summary>Path of a part file.</summary>
    public string PathOf(PartId id) => Path.Combine(Directory, id.FileName);

    /// <summary>An id that no part ever had. Under <see cref="Changes"/>.</summary>
    public PartId NextId()
    {
        _manifest = _manifest.TakeId(out PartId id);
        return id;
    }

    /// <summary>Live parts that may have samples in the range, each with a reference that the caller releases.</summary>
    public List<LivePart> Retain(long minTime, long maxTime)
    {
        var retained = new List<LivePart>();
        foreach (LivePart part in Parts)
        {
            // A part replaced just now may be closed already; what replaced it is in the newer array, so look again.
            if (part.Info.MinTime > maxTime || part.Info.MaxTime < minTime)
            {
                continue;
            }

            if (!part.TryRetain())
            {
                retained.ForEach(static p => p.Release());
                return Retain(minTime, maxTime);
            }

            retained.Add(part);
        }

        return retained;
    }

    /// <summary>Makes <paramref name="added"/> live in place of <paramref name="removed"/>, durably, then deletes the removed files. Under <see cref="Changes"/>.</summary>
    /// <param name="added">Finished and synced part files.</param>
    /// <param name="removed">Parts that the added ones stand for.</param>
    /// <param name="failpoint">Prefix of the failpoints around the manifest.</param>
    public void Replace(IReadOnlyList<PartInfo> added, IReadOnlyList<LivePart> removed, string failpoint)
    {
        var opened = new List<LivePart>();
        try
        {
            foreach (PartInfo info in added)
            {
                opened.Add(new LivePart(PartReader.Open(PathOf(info.Id))));
            }

            PartManifest next = _manifest.With([.. removed.Select(static p => p.Info.Id)], added);
            _failpoints.Hit(failpoint + ".before-manifest");
            next.Save(_files, Directory, () => _failpoints.Hit("manifest.mid-swap"));
            _manifest = next;
        }
        catch
        {
            opened.ForEach(static p => p.Release());
            throw;
        }

        _failpoints.Hit(failpoint + ".after-manifest");
        Publish([.. Parts.Except(removed), .. opened]);
        foreach (LivePart part in removed)
        {
            _files.DeleteFile(PathOf(part.Info.Id));
            part.Release();
        }
    }

    /// <summary>Takes a part that turned out corrupt out of service and puts what is intact of it in its place. Repeated calls for one part do nothing.</summary>
    public async Task QuarantineAsync(LivePart part, string why, CancellationToken cancellationToken)
    {
        await Changes.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (!Parts.Contains(part))
            {
                return;
            }

            LivePart? salvaged = SetAside(part.Info, why);
            Publish([.. Parts.Where(p => p != part), .. salvaged is null ? Array.Empty<LivePart>() : [salvaged]]);
            part.Release();
            SamplesLost?.Invoke();
        }
        finally
        {
            Changes.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (LivePart part in Parts)
        {
            part.Release();
        }

        _parts = [];
        Changes.Dispose();
    }

    /// <summary>Rewrites the intact blocks, moves the file to the quarantine and updates the manifest.</summary>
    private LivePart? SetAside(PartInfo info, string why)
    {
        string path = PathOf(info.Id);
        string aside = Path.Combine(_quarantine, "parts", Path.GetFileName(path));
        SalvageReport? report = null;
        if (File.Exists(path))
        {
            PartId id = NextId();
            report = PartSalvager.Salvage(path, _files, PathOf(id), id, CancellationToken.None);
        }

        PartManifest next = _manifest.With([info.Id], report?.Part is { } kept ? [kept] : []);
        next.Save(_files, Directory);
        _manifest = next;
        if (report is not null)
        {
            MoveAside(path, aside);
        }

        string lost = report is null ? "the file is missing, nothing of it could be kept" : Describe(report);
        Log.PartQuarantined(_logger, path, aside, why, lost);
        _metrics.PartQuarantined();
        Note(Path.GetFileName(path), aside, $"{why}; {lost}");
        return report?.Part is { } salvaged ? new LivePart(PartReader.Open(PathOf(salvaged.Id))) : null;
    }

    /// <summary>When the manifest was lost, files that cannot be opened were not named by it: salvage them too, rather than remove them as unknown.</summary>
    private void SetAsideUnlisted(PartManifest manifest)
    {
        var listed = manifest.Parts.Select(static p => p.Id).ToHashSet();
        foreach (string path in System.IO.Directory.EnumerateFiles(Directory))
        {
            if (PartId.TryParseFileName(Path.GetFileName(path), out PartId id) && !listed.Contains(id))
            {
                string aside = Path.Combine(_quarantine, "parts", Path.GetFileName(path));
                MoveAside(path, aside);
                Log.PartQuarantined(_logger, path, aside, "it could not be opened when the manifest was rebuilt", "nothing of it is served");
                _metrics.PartQuarantined();
                Note(Path.GetFileName(path), aside, "it could not be opened when the manifest was rebuilt");
            }
        }
    }

    private void MoveAside(string path, string aside)
    {
        _files.CreateDirectory(Path.GetDirectoryName(aside)!);
        _files.Move(path, aside);
        _files.SyncDirectory(Path.GetDirectoryName(aside)!);
    }

    private static string Describe(SalvageReport report) => report.Part is { } part
        ? $"{part.Rows + part.HistogramRows} rows were kept in part {part.Id}, {report.RowsLost} known rows are lost{TimeLost(report)}"
        : $"nothing of it could be kept, {report.RowsLost} known rows are lost{TimeLost(report)}";

    private static string TimeLost(SalvageReport report) => report.TimeLost is { } time ? $", timestamps {time.MinTime} to {time.MaxTime}" : string.Empty;

    private void Note(string name, string movedTo, string why)
    {
        lock (_quarantineLock)
        {
            _quarantined.Add(new QuarantinedPart(name, movedTo, why, _time.GetUtcNow().ToUnixTimeMilliseconds()));
        }
    }

    private void Publish(IEnumerable<LivePart> parts)
    {
        Volatile.Write(ref _parts, [.. parts.OrderBy(static p => p.Info.Id.Value)]);
        _metrics.PartsChanged(_parts.Length, _parts.Sum(static p => p.Info.SizeBytes), _parts.Sum(static p => p.Info.Rows + p.Info.HistogramRows));
    }
}
