using Microsoft.Extensions.Logging;
using RemoteStore.Model;
using RemoteStore.Model.Labels;
using RemoteStore.Primitives.Files;

namespace RemoteStore.Tsdb.Registry;

/// <summary>
/// A tenant's registry with what makes it durable. New series go to a log of segments, all series now and then to a snapshot; the last two snapshots are
/// kept, and the log back to the older of them, so that one damaged file loses nothing.
/// </summary>
/// <remarks>Methods are safe for concurrent use, also while the owner adds series to <see cref="Registry"/>.</remarks>
public sealed class TenantRegistryStore : IDisposable
{
    private readonly IFileSystem _files;
    private readonly string _directory;
    private readonly ILogger _logger;
    private readonly SeriesLog _log;
    private readonly SemaphoreSlim _saving = new(1, 1);
    private readonly RegistryHolder _registry;
    private readonly List<(string Path, uint RefEnd)> _snapshots;
    private long _snapshotSequence;
    private uint _newestSnapshotEnd;

    private TenantRegistryStore(
        IFileSystem files,
        string directory,
        ILogger logger,
        RegistryHolder registry,
        SeriesLog log,
        List<(string Path, uint RefEnd)> snapshots,
        RegistryLoadReport report)
    {
        _files = files;
        _directory = directory;
        _logger = logger;
        _registry = registry;
        _log = log;
        _snapshots = snapshots;
        _snapshotSequence = report.HighestSnapshotSequence;
        Report = report;
    }

    /// <summary>
    /// The series. Eviction puts another registry in place, under the owner's lock: use it under that lock, or <see cref="RetainRegistry"/>.
    /// </summary>
    public SeriesRegistry Registry => _registry.Current;

    /// <summary>How often the registry was exchanged; goes on over restarts as far as snapshots tell.</summary>
    public long Generation => _registry.Generation;

    /// <summary>What was found at start.</summary>
    public RegistryLoadReport Report { get; }

    /// <summary>Series that survive a crash: all below this ref.</summary>
    public uint DurableCount => _log.LoggedCount;

    /// <summary>Series added since the newest snapshot; a measure of when to save the next.</summary>
    public long SeriesSinceSnapshot => Registry.RefEnd - (long)Volatile.Read(ref _newestSnapshotEnd);

    /// <summary>Loads a tenant's series from its folder, which is created when missing.</summary>
    /// <param name="files">Where to write.</param>
    /// <param name="directory">The tenant's <c>series</c> folder.</param>
    /// <param name="limits">Bounds on the labels of new series.</param>
    /// <param name="logger">Told of damage.</param>
    /// <exception cref="IOException">The folder cannot be read or created.</exception>
    public static TenantRegistryStore Open(IFileSystem files, string directory, LabelLimits limits, ILogger logger)
    {
        directory = Path.GetFullPath(directory);
        CreateDirectory(files, directory);
        var registry = new SeriesRegistry(limits);
        try
        {
            var damages = new List<RegistryDamage>();
            var loader = new SeriesLogLoader(files, registry, damages);
            List<(string Path, uint RefEnd)> snapshots = LoadSnapshot(files, directory, registry, damages, out long highest, out long generation);
            uint fromSnapshot = registry.RefEnd;
            var segments = new List<SeriesLogSegment>();
            foreach ((string path, long sequence) in RegistryFiles.Logs(directory))
            {
                loader.Load(path);
                segments.Add(new SeriesLogSegment(path, sequence, registry.RefEnd));
            }

            loader.ReserveClaimed();
            var report = new RegistryLoadReport(registry.RefEnd, fromSnapshot, registry.UnknownCount, damages, highest);
            Tell(logger, directory, report);
            registry = WithoutSuperseded(registry);
            var holder = new RegistryHolder(registry, generation);
            var log = new SeriesLog(files, directory, holder, segments);
            return new TenantRegistryStore(files, directory, logger, holder, log, snapshots, report)
            {
                _newestSnapshotEnd = fromSnapshot,
            };
        }
        catch
        {
            registry.Dispose();
            throw;
        }
    }

    /// <summary>Takes hold of the series in use now; dispose the registry to let go. Its labels stay valid as long, also when eviction exchanges it.</summary>
    public SeriesRegistry RetainRegistry() => _registry.Retain();

    /// <summary>Makes all series added so far durable; the WAL calls it before it commits entries that name them.</summary>
    /// <returns>Number of series written.</returns>
    /// <exception cref="IOException">They are not durable; call again.</exception>
    public int AppendPending() => _log.AppendPending();

    /// <summary>Saves all series with their states, and drops log segments and snapshots that are no longer needed.</summary>
    /// <param name="beforePublish">
    /// Called after the states were read, before a restart could load them. States are as of memory: the owner waits here until the log of samples is
    /// durable up to now, so that no state tells of a sample that a crash could still lose. An exception abandons the snapshot.
    /// </param>
    /// <param name="cancellationToken">Abandons the snapshot.</param>
    /// <exception cref="IOException">Nothing changed; the log keeps what the snapshot would have replaced.</exception>
    public async ValueTask SaveSnapshotAsync(Func<CancellationToken, ValueTask> beforePublish, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(beforePublish);
        await _saving.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            _log.Rotate();
            using SeriesRegistry registry = RetainRegistry();
            uint refEnd = registry.RefEnd;
            string path = RegistryFiles.Snapshot(_directory, _snapshotSequence + 1);
            string temporary = path + DurableFile.TemporarySuffix;
            try
            {
                SeriesSnapshot.Write(_files, temporary, registry, refEnd, Generation, cancellationToken);
                _ = SeriesSnapshot.Verify(temporary);
                await beforePublish(cancellationToken).ConfigureAwait(false);
                _files.Move(temporary, path);
                _files.SyncDirectory(_directory);
            }
            catch
            {
                RemoveQuietly(temporary);
                throw;
            }

            _snapshotSequence++;
            _snapshots.Add((path, refEnd));
            Volatile.Write(ref _newestSnapshotEnd, refEnd);
            Prune();
        }
        finally
        {
            _saving.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _log.Dispose();
        _saving.Dispose();
        Registry.Dispose();
    }

    /// <summary>Puts a registry in the place of the one in use, under the owner's lock.</summary>
    /// <returns>The one before, which the caller disposes.</returns>
    internal SeriesRegistry Exchange(SeriesRegistry registry) => _registry.Exchange(registry);

    /// <summary>
    /// A crash between an eviction and the snapshot after it brings evicted series back, some of which were written again under a new ref. All that the
    /// old ref ever named is in blocks, so the new one stays.
    /// </summary>
    private static SeriesRegistry WithoutSuperseded(SeriesRegistry registry)
    {
        if (registry.Superseded.Count == 0)
        {
            return registry;
        }

        var superseded = registry.Superseded.ToHashSet();
        SeriesRegistry copy = registry.NewEmpty();
        for (uint next = 0; registry.TryNext(ref next, registry.RefEnd); next++)
        {
            if (!superseded.Contains(next))
            {
                var seriesRef = new SeriesRef(next);
                _ = copy.Copy(in registry.State(seriesRef), registry.GetLabels(seriesRef));
            }
        }

        foreach ((uint from, uint end) in registry.Unknown)
        {
            copy.AddUnknown(from, end);
        }

        copy.SkipTo(registry.RefEnd);
        registry.Dispose();
        return copy;
    }

    private static void CreateDirectory(IFileSystem files, string directory)
    {
        if (Directory.Exists(directory))
        {
            foreach (string path in RegistryFiles.Temporary(directory))
            {
                files.DeleteFile(path);
            }

            return;
        }

        var missing = new List<string>();
        for (string? parent = directory; parent is not null && !Directory.Exists(parent); parent = Path.GetDirectoryName(parent))
        {
            missing.Add(parent);
        }

        files.CreateDirectory(directory);
        foreach (string created in missing)
        {
            files.SyncDirectory(Path.GetDirectoryName(created)!);
        }
    }

    private static List<(string Path, uint RefEnd)> LoadSnapshot(
        IFileSystem files, string directory, SeriesRegistry registry, List<RegistryDamage> damages, out long highest, out long generation)
    {
        var valid = new List<(string Path, uint RefEnd)>();
        List<(string Path, long Sequence)> found = RegistryFiles.Snapshots(directory);
        highest = found.Count == 0 ? 0 : found[^1].Sequence;
        SnapshotSummary newest = default;
        foreach ((string path, _) in found)
        {
            try
            {
                newest = SeriesSnapshot.Verify(path);
                valid.Add((path, newest.RefEnd));
            }
            catch (CorruptDataException e)
            {
                damages.Add(new RegistryDamage(path, e.Offset, new FileInfo(path).Length, MoveAside(files, path), true));
            }
        }

        if (valid.Count > 0)
        {
            SeriesSnapshot.Load(valid[^1].Path, registry, newest);
        }

        generation = newest.Generation;
        return valid;
    }

    private static string? MoveAside(IFileSystem files, string path)
    {
        string target = RegistryFiles.Corrupt(path, 0);
        try
        {
            files.Move(path, target);
            return target;
        }
        catch (IOException)
        {
            return null;
        }
    }

    private static void Tell(ILogger logger, string directory, RegistryLoadReport report)
    {
        foreach (RegistryDamage damage in report.Damages)
        {
            if (damage.AtEnd && damage.File.Contains("log-", StringComparison.Ordinal))
            {
                RegistryLog.TornTail(logger, damage.File, damage.Offset, damage.LengthBytes, damage.Copy);
            }
            else
            {
                RegistryLog.Damaged(logger, damage.File, damage.Offset, damage.LengthBytes, damage.Copy);
            }
        }

        if (report.UnknownCount > 0)
        {
            RegistryLog.UnknownSeries(logger, directory, report.UnknownCount);
        }
    }

    private void RemoveQuietly(string path)
    {
        try
        {
            _files.DeleteFile(path);
        }
        catch (IOException)
        {
            // The next start removes temporary files; the exception under way matters more.
        }
    }

    private void Prune()
    {
        try
        {
            while (_snapshots.Count > 2)
            {
                _files.DeleteFile(_snapshots[0].Path);
                _snapshots.RemoveAt(0);
            }

            if (_snapshots.Count == 2)
            {
                _log.DeleteCovered(_snapshots[0].RefEnd);
            }
        }
        catch (IOException e)
        {
            RegistryLog.PruneFailed(_logger, e, _directory); // only space is at stake; the next snapshot tries again
        }
    }
}
