using Microsoft.Extensions.Logging;
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
    private readonly List<(string Path, long Sequence, uint Count)> _snapshots;
    private long _snapshotSequence;
    private uint _newestSnapshotCount;

    private TenantRegistryStore(
        IFileSystem files,
        string directory,
        ILogger logger,
        SeriesRegistry registry,
        SeriesLog log,
        List<(string Path, long Sequence, uint Count)> snapshots,
        RegistryLoadReport report)
    {
        _files = files;
        _directory = directory;
        _logger = logger;
        Registry = registry;
        _log = log;
        _snapshots = snapshots;
        _snapshotSequence = report.HighestSnapshotSequence;
        Report = report;
    }

    /// <summary>The series; disposed with the store.</summary>
    public SeriesRegistry Registry { get; }

    /// <summary>What was found at start.</summary>
    public RegistryLoadReport Report { get; }

    /// <summary>Series that survive a crash: all below this ref.</summary>
    public uint DurableCount => _log.LoggedCount;

    /// <summary>Series added since the newest snapshot; a measure of when to save the next.</summary>
    public long SeriesSinceSnapshot => Registry.Count - (long)Volatile.Read(ref _newestSnapshotCount);

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
            List<(string Path, long Sequence, uint Count)> snapshots = LoadSnapshot(files, directory, registry, damages, out long highest);
            uint fromSnapshot = (uint)registry.Count;
            var segments = new List<SeriesLogSegment>();
            foreach ((string path, long sequence) in RegistryFiles.Logs(directory))
            {
                loader.Load(path);
                segments.Add(new SeriesLogSegment(path, sequence, (uint)registry.Count));
            }

            loader.ReserveClaimed();
            var report = new RegistryLoadReport(registry.Count, (int)fromSnapshot, registry.UnknownCount, damages, highest);
            Tell(logger, directory, report);
            var log = new SeriesLog(files, directory, registry, segments);
            return new TenantRegistryStore(files, directory, logger, registry, log, snapshots, report)
            {
                _newestSnapshotCount = fromSnapshot,
            };
        }
        catch
        {
            registry.Dispose();
            throw;
        }
    }

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
            uint count = (uint)Registry.Count;
            string path = RegistryFiles.Snapshot(_directory, _snapshotSequence + 1);
            string temporary = path + DurableFile.TemporarySuffix;
            try
            {
                SeriesSnapshot.Write(_files, temporary, Registry, count, cancellationToken);
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
            _snapshots.Add((path, _snapshotSequence, count));
            Volatile.Write(ref _newestSnapshotCount, count);
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

    private static List<(string Path, long Sequence, uint Count)> LoadSnapshot(
        IFileSystem files, string directory, SeriesRegistry registry, List<RegistryDamage> damages, out long highest)
    {
        var valid = new List<(string Path, long Sequence, uint Count)>();
        List<(string Path, long Sequence)> found = RegistryFiles.Snapshots(directory);
        highest = found.Count == 0 ? 0 : found[^1].Sequence;
        foreach ((string path, long sequence) in found)
        {
            try
            {
                valid.Add((path, sequence, SeriesSnapshot.Verify(path)));
            }
            catch (CorruptDataException e)
            {
                damages.Add(new RegistryDamage(path, e.Offset, new FileInfo(path).Length, MoveAside(files, path), true));
            }
        }

        if (valid.Count > 0)
        {
            SeriesSnapshot.Load(valid[^1].Path, registry, valid[^1].Count);
        }

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
                _log.DeleteCovered(_snapshots[0].Count);
            }
        }
        catch (IOException e)
        {
            RegistryLog.PruneFailed(_logger, e, _directory); // only space is at stake; the next snapshot tries again
        }
    }
}
