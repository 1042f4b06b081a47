using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using RemoteStore.Blocks.Merging;
using RemoteStore.Blocks.Parts;
using RemoteStore.Model;
using RemoteStore.Primitives.Files;
using RemoteStore.Storage.Querying;

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
    private readonly ILogger _logger;
    private readonly TsdbMetrics _metrics;
    private readonly string _quarantine;
    private readonly QuarantineLog _quarantined;
    private readonly PartOrigin _loaded;
    private PartManifest _manifest;
    private LivePart[] _parts = [];
    private ulong _lastId;

    private PartCatalog(
        string directory, string quarantine, PartManifest manifest, ulong lastId, QuarantineLog quarantined, PartOrigin loaded, IFileSystem files,
        Failpoints failpoints, ILogger logger, TsdbMetrics metrics)
    {
        Directory = directory;
        _quarantine = quarantine;
        _manifest = manifest;
        _lastId = lastId;
        _quarantined = quarantined;
        _loaded = loaded;
        _files = files;
        _failpoints = failpoints;
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

    /// <summary>Opens what the manifest names; parts that cannot be read are set aside with what is intact in them rewritten.</summary>
    /// <param name="options">Where the folders are.</param>
    /// <param name="highestSource">Greatest number of a part that a block names as its source, 0 when none does: no new part may take one of those.</param>
    /// <param name="quarantined">Takes note of corrupt parts.</param>
    /// <param name="files">Where files are changed.</param>
    /// <param name="failpoints">Places where a test may stop the process.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Takes messages.</param>
    /// <param name="metrics">Takes counts.</param>
    public static PartCatalog Open(
        TsdbOptions options, ulong highestSource, QuarantineLog quarantined, IFileSystem files, Failpoints failpoints, TimeProvider time, ILogger logger,
        TsdbMetrics metrics)
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

        var catalog = new PartCatalog(
            directory, options.QuarantineDirectory, manifest, Math.Max(highestSource, manifest.NextId.Value - 1), quarantined,
            PartOrigin.BeforeStart(time.GetUtcNow().ToUnixTimeMilliseconds()), files, failpoints, logger, metrics);
        if (fault is not null)
        {
            Log.ManifestRebuilt(logger, fault, manifest.Parts.Length);
            quarantined.Note(PartManifest.FileName, directory, fault);
            catalog.SetAsideUnlisted(manifest);
            manifest.Save(files, directory);
        }

        manifest.RemoveUnknownFiles(files, directory);
        var live = new List<LivePart>();
        foreach (PartInfo info in manifest.Parts)
        {
            try
            {
                live.Add(new LivePart(PartReader.Open(catalog.PathOf(info.Id)), catalog._loaded, manifest.DroppedFrom(info.Id)));
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

    /// <summary>An id that no part ever had. Safe for concurrent use.</summary>
    public PartId NextId() => new(Interlocked.Increment(ref _lastId));

    /// <summary>Lowest row number of the tenant's rows in live parts; <see cref="long.MaxValue"/> when there are none.</summary>
    public long LowestRow(TenantId tenant) =>
        Parts.Where(part => part.Holds(tenant)).Select(part => part.FirstRow(tenant)).DefaultIfEmpty(long.MaxValue).Min();

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
    /// <param name="origin">Where the rows of the added ones come from.</param>
    /// <param name="failpoint">Prefix of the failpoints around the manifest.</param>
    public void Replace(IReadOnlyList<PartInfo> added, IReadOnlyList<LivePart> removed, PartOrigin origin, string failpoint)
    {
        var opened = new List<LivePart>();
        try
        {
            foreach (PartInfo info in added)
            {
                opened.Add(new LivePart(PartReader.Open(PathOf(info.Id)), origin));
            }

            Save(_manifest.With([.. removed.Select(static p => p.Info.Id)], added), failpoint);
        }
        catch
        {
            opened.ForEach(static p => p.Release());
            throw;
        }

        _failpoints.Hit(failpoint + ".after-manifest");
        Publish([.. Parts.Except(removed), .. opened]);
        Remove(removed);
    }

    /// <summary>
    /// Makes a tenant's rows in parts no longer count, durably: a block that is visible holds them. Parts without rows that count go. Under
    /// <see cref="Changes"/>.
    /// </summary>
    /// <param name="tenant">Whose.</param>
    /// <param name="parts">Parts that were made a block; those not live any more are passed over.</param>
    /// <param name="failpoint">Prefix of the failpoints around the manifest.</param>
    public void Drop(TenantId tenant, IReadOnlyCollection<LivePart> parts, string failpoint)
    {
        LivePart[] live = [.. Parts.Where(parts.Contains)];
        if (live.Length == 0)
        {
            return;
        }

        LivePart[] removed = [.. live.Where(part => part.Reader.Tenants.All(other => other == tenant || part.Dropped.Contains(other)))];
        Save(
            _manifest.With([.. removed.Select(static part => part.Info.Id)], [])
                .WithDropped(tenant, [.. live.Except(removed).Select(static part => part.Info.Id)]),
            failpoint);
        _failpoints.Hit(failpoint + ".after-manifest");
        foreach (LivePart part in live)
        {
            part.Dropped = part.Dropped.Add(tenant);
            part.AwaitsDrop = false;
        }

        Publish(Parts.Except(removed));
        Remove(removed);
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

            LivePart? salvaged = SetAside(part.Info, why, part);
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
    private LivePart? SetAside(PartInfo info, string why, LivePart? part = null)
    {
        string path = PathOf(info.Id);
        string aside = Path.Combine(_quarantine, "parts", Path.GetFileName(path));
        SalvageReport? report = null;
        if (File.Exists(path))
        {
            PartId id = NextId();
            report = PartSalvager.Salvage(path, _files, PathOf(id), id, CancellationToken.None);
        }

        string lost = report is null ? "the file is missing, nothing of it could be kept" : Describe(report);
        if (report is null || report.Lost.Count > 0 || report.IndexLost)
        {
            QueryRange range = report?.TimeLost is { } time ? new(time.MinTime, time.MaxTime) : new(info.MinTime, info.MaxTime);
            _quarantined.Losses.Note(tenant: null, new MissingData(range, $"part {info.Id}", $"it was damaged and is set aside; {lost}"));
        }

        ImmutableSortedSet<TenantId> dropped = _manifest.DroppedFrom(info.Id);
        PartManifest next = _manifest.With([info.Id], report?.Part is { } kept ? [kept] : []);
        next = report?.Part is { } rest ? dropped.Aggregate(next, (manifest, tenant) => manifest.WithDropped(tenant, [rest.Id])) : next;
        next.Save(_files, Directory);
        _manifest = next;
        if (report is not null)
        {
            MoveAside(path, aside);
        }

        Log.PartQuarantined(_logger, path, aside, why, lost);
        _metrics.PartQuarantined();
        _quarantined.Note(Path.GetFileName(path), aside, $"{why}; {lost}");
        return report?.Part is { } salvaged
            ? new LivePart(PartReader.Open(PathOf(salvaged.Id)), part is null ? _loaded : PartOrigin.OfMerge([part]), dropped)
            : null;
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
                _quarantined.Note(Path.GetFileName(path), aside, "it could not be opened when the manifest was rebuilt");
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

    private void Save(PartManifest next, string failpoint)
    {
        _failpoints.Hit(failpoint + ".before-manifest");
        next.Save(_files, Directory, () => _failpoints.Hit("manifest.mid-swap"));
        _manifest = next;
    }

    private void Remove(IEnumerable<LivePart> parts)
    {
        foreach (LivePart part in parts)
        {
            part.Release();
            try
            {
                _files.DeleteFile(PathOf(part.Info.Id));
            }
            catch (IOException)
            {
                // No manifest names the file any more: the next start removes it.
            }
        }
    }

    private void Publish(IEnumerable<LivePart> parts)
    {
        Volatile.Write(ref _parts, [.. parts.OrderBy(static p => p.Info.Id.Value)]);
        _metrics.PartsChanged(_parts.Length, _parts.Sum(static p => p.Info.SizeBytes), _parts.Sum(static p => p.LiveRows));
    }
}
