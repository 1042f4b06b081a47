using System.Collections.Concurrent;
using System.Globalization;
using Microsoft.Extensions.Logging;
using RemoteStore.Blocks.Format;
using RemoteStore.Blocks.Format.Reading;
using RemoteStore.Blocks.Parts;
using RemoteStore.Model;
using RemoteStore.Primitives.Files;

namespace RemoteStore.Tsdb.LocalBlocks;

/// <summary>
/// The blocks of the data directory, <c>blocks/&lt;tenant&gt;/&lt;ULID&gt;/</c>. A directory with <c>meta.json</c> is a block, one without is removed at start.
/// Damaged blocks are set aside and what is intact of them takes their place.
/// </summary>
/// <remarks>Readers take a snapshot at any time; changes take a lock of their own for a moment.</remarks>
internal sealed class BlockCatalog : IAsyncDisposable
{
    private readonly string _directory;
    private readonly IFileSystem _files;
    private readonly BlockQuarantine _quarantine;
    private readonly ILogger _logger;
    private readonly TsdbMetrics _metrics;
    private readonly BlockSectionCache _cache = new();
    private readonly BlockFileHandles _handles = new();
    private readonly ConcurrentDictionary<TenantId, LiveBlock[]> _blocks = new();
    private readonly Lock _lock = new(); // guards changes of _blocks
    private readonly SemaphoreSlim _settingAside = new(1, 1);

    private BlockCatalog(TsdbOptions options, QuarantineLog quarantined, IFileSystem files, TimeProvider time, ILogger logger, TsdbMetrics metrics)
    {
        _directory = options.BlocksDirectory;
        _files = files;
        _quarantine = new BlockQuarantine(
            Path.Combine(options.QuarantineDirectory, "blocks"), DirectoryOf, _cache, quarantined, files, time, logger, metrics);
        _logger = logger;
        _metrics = metrics;
    }

    /// <summary>Called after a block became visible that was cut or is what is left of a damaged one.</summary>
    public Action? BlockAdded { get; set; }

    /// <summary>Called after samples of a block turned out to be lost.</summary>
    public Action? SamplesLost { get; set; }

    /// <summary>Called after a block was taken out of service that the bucket has, too: an answer that met it tells of a gap that others do not have.</summary>
    public Action<BlockMeta>? LocalCopyLost { get; set; }

    /// <summary>All blocks.</summary>
    public IEnumerable<LiveBlock> All => _blocks.Values.SelectMany(static blocks => blocks);

    /// <summary>Blocks of one tenant, oldest first.</summary>
    public IReadOnlyList<LiveBlock> Of(TenantId tenant) => _blocks.GetValueOrDefault(tenant, []);

    /// <summary>Greatest number of a part that a block names as its source; 0 when none does.</summary>
    public ulong HighestSource => All.SelectMany(static block => SourcesOf(block)).Select(static id => id.Value).DefaultIfEmpty().Max();

    /// <summary>Opens every block and sets damaged ones aside.</summary>
    public static async Task<BlockCatalog> OpenAsync(
        TsdbOptions options, QuarantineLog quarantined, IFileSystem files, TimeProvider time, ILogger logger, TsdbMetrics metrics,
        CancellationToken cancellationToken)
    {
        var catalog = new BlockCatalog(options, quarantined, files, time, logger, metrics);
        await Parallel.ForEachAsync(
            catalog.FindDirectories(),
            new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount, CancellationToken = cancellationToken },
            catalog.LoadAsync).ConfigureAwait(false);
        catalog.Report();
        return catalog;
    }

    /// <summary>Parts that the block was made of.</summary>
    public static IEnumerable<PartId> SourcesOf(LiveBlock block)
    {
        foreach (string source in block.Meta.Sources)
        {
            if (PartId.TryParse(source, out PartId id))
            {
                yield return id;
            }
        }
    }

    /// <summary>Folder of a block.</summary>
    public string DirectoryOf(TenantId tenant, BlockId id) => Path.Combine(_directory, tenant.Name, id.ToString());

    /// <summary>Makes a finished block visible.</summary>
    /// <exception cref="IOException">It cannot be opened.</exception>
    public async Task<LiveBlock> AddAsync(TenantId tenant, BlockId id, CancellationToken cancellationToken)
    {
        LiveBlock block = await OpenAsync(DirectoryOf(tenant, id), cancellationToken).ConfigureAwait(false);
        Publish(tenant, add: block, remove: null);
        Report();
        BlockAdded?.Invoke();
        return block;
    }

    /// <summary>Blocks of the tenant that may have samples in the range, oldest first, each with a reference that the caller releases.</summary>
    public List<LiveBlock> Retain(TenantId tenant, QueryRange range)
    {
        while (true)
        {
            if (!_blocks.TryGetValue(tenant, out LiveBlock[]? blocks))
            {
                return [];
            }

            var retained = new List<LiveBlock>();
            bool whole = true;
            foreach (LiveBlock block in blocks)
            {
                if (block.Meta.Overlaps(range) && !(whole = block.TryRetain()))
                {
                    break; // set aside just now: what replaced it is in the newer array
                }

                if (block.Meta.Overlaps(range))
                {
                    retained.Add(block);
                }
            }

            if (whole)
            {
                return retained;
            }

            retained.ForEach(static block => block.Release());
        }
    }

    /// <summary>Takes blocks out of service whose samples are all older than the floor; their files go with the last reader.</summary>
    /// <returns>How many.</returns>
    public int RemoveExpired(Func<TenantId, long> floorMs) => Remove(All.Where(block => block.Meta.MaxTime < floorMs(block.Meta.Tenant)));

    /// <summary>Takes settled blocks out of service; their files go with the last reader.</summary>
    /// <returns>How many.</returns>
    public int RemoveSettled(TenantId tenant, IReadOnlySet<BlockId> ids) => Remove(Of(tenant).Where(block => block.IsSettled && ids.Contains(block.Meta.Id)));

    /// <summary>
    /// Takes a block that turned out damaged out of service and puts what is intact of it in its place. Of one that the bucket has, too, nothing is put there:
    /// later views find it in the bucket.
    /// </summary>
    /// <param name="block">The block; the caller holds it.</param>
    /// <param name="why">What does not hold.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <returns>What is in its place, with a reference that the caller releases; null when nothing is left.</returns>
    public async Task<LiveBlock?> SetAsideAsync(LiveBlock block, string why, CancellationToken cancellationToken)
    {
        await _settingAside.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (block.IsSettled)
            {
                if (Remove([block]) > 0)
                {
                    _quarantine.NoteReplaceable(block, why);
                    LocalCopyLost?.Invoke(block.Meta);
                }

                return null;
            }

            TenantId tenant = block.Meta.Tenant;
            bool expired = false;
            if (_blocks.TryGetValue(tenant, out LiveBlock[]? blocks) && blocks.Contains(block))
            {
                string? rest = await _quarantine.SetAsideAsync(block.Directory, tenant, block.Meta.Id, why, block.MarkDamaged).ConfigureAwait(false);
                LiveBlock? replacement = rest is null ? null : await OpenAsync(rest, CancellationToken.None).ConfigureAwait(false);
                block.Replacement = replacement;
                expired = !Publish(tenant, add: replacement, remove: block);
                if (!expired)
                {
                    block.Release();
                }

                Report();
                SamplesLost?.Invoke();
                BlockAdded?.Invoke();
            }

            // Else another reader met the damage first, or the block expired.
            LiveBlock? next = block.Replacement;
            while (next is not null && !next.TryRetain())
            {
                next = next.Replacement;
            }

            if (expired)
            {
                block.Replacement?.MarkDeleted(); // who asks for it now is its only reader
                block.Replacement?.Release();
            }

            return next;
        }
        finally
        {
            _settingAside.Release();
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        foreach (LiveBlock block in All)
        {
            block.Release();
        }

        _blocks.Clear();
        _settingAside.Dispose();
        _handles.Dispose();
        _cache.Dispose();
        return ValueTask.CompletedTask;
    }

    private int Remove(IEnumerable<LiveBlock> blocks)
    {
        int removed = 0;
        foreach (LiveBlock block in blocks.ToArray())
        {
            // Retention, hand-over and damage may all want the same block: who takes it from the list lets go of it.
            block.MarkDeleted();
            if (Publish(block.Meta.Tenant, add: null, remove: block))
            {
                block.Release();
                removed++;
            }
        }

        if (removed > 0)
        {
            Report();
        }

        return removed;
    }

    /// <summary>Directories of blocks. What was begun and not finished is removed on the way.</summary>
    private List<(TenantId Tenant, BlockId Id)> FindDirectories()
    {
        var found = new List<(TenantId, BlockId)>();
        foreach (string folder in Directory.EnumerateDirectories(_directory))
        {
            if (!TenantId.TryParse(Path.GetFileName(folder), out TenantId tenant, out _))
            {
                continue;
            }

            bool removed = false;
            foreach (string directory in Directory.EnumerateDirectories(folder))
            {
                if (!BlockId.TryParse(Path.GetFileName(directory), out BlockId id))
                {
                    continue;
                }

                if (File.Exists(Path.Combine(directory, LiveBlock.MetaName)))
                {
                    found.Add((tenant, id));
                }
                else
                {
                    _files.DeleteDirectory(directory);
                    removed = true;
                }
            }

            if (removed)
            {
                _files.SyncDirectory(folder);
            }
        }

        return found;
    }

    private async ValueTask LoadAsync((TenantId Tenant, BlockId Id) name, CancellationToken cancellationToken)
    {
        string? directory = DirectoryOf(name.Tenant, name.Id);
        try
        {
            Publish(name.Tenant, add: await OpenAsync(directory, cancellationToken).ConfigureAwait(false), remove: null);
        }
        catch (IOException e) when (e is CorruptDataException or FileNotFoundException)
        {
            // Other errors are of the disk or the system, and no reason to do anything to a block.
            directory = await _quarantine.SetAsideAsync(directory, name.Tenant, name.Id, e.Message, static () => { }).ConfigureAwait(false);
            if (directory is not null)
            {
                Publish(name.Tenant, add: await OpenAsync(directory, cancellationToken).ConfigureAwait(false), remove: null);
            }
        }
    }

    private async Task<LiveBlock> OpenAsync(string directory, CancellationToken cancellationToken)
    {
        var source = new LocalBlockSource(directory, _handles);
        BlockReader reader = await BlockReader.OpenAsync(source, _cache, cancellationToken).ConfigureAwait(false);
        if (reader.Meta.Id.ToString() == Path.GetFileName(directory) && reader.Meta.Tenant.Name == Path.GetFileName(Path.GetDirectoryName(directory)))
        {
            return new LiveBlock(reader, directory, _files);
        }

        reader.Release();
        throw new CorruptDataException(
            Path.Combine(directory, LiveBlock.MetaName), 0,
            string.Create(CultureInfo.InvariantCulture, $"it is that of block {reader.Meta.Id} of tenant {reader.Meta.Tenant}"));
    }

    /// <summary>Changes the list of a tenant.</summary>
    /// <returns>False when the block to be removed is not in it any more; then nothing changes.</returns>
    private bool Publish(TenantId tenant, LiveBlock? add, LiveBlock? remove)
    {
        lock (_lock)
        {
            LiveBlock[] blocks = _blocks.GetValueOrDefault(tenant, []);
            if (remove is not null && !blocks.Contains(remove))
            {
                return false;
            }

            _blocks[tenant] =
            [
                .. blocks.Where(block => block != remove).Concat(add is null ? [] : [add]).OrderBy(static block => block.Meta.MinTime).ThenBy(static block => block.Meta.Id),
            ];
            return true;
        }
    }

    private void Report()
    {
        LiveBlock[] all = [.. All];
        _metrics.BlocksChanged(all.Length, all.Sum(static block => block.Meta.Stats.FloatSamples + block.Meta.Stats.HistogramSamples));
    }
}
