using System.Buffers;
using Microsoft.Extensions.Logging;
using RemoteStore.Model;
using RemoteStore.Primitives.Files;
using RemoteStore.Tsdb.Exemplars;
using RemoteStore.Tsdb.Metadata;
using RemoteStore.Tsdb.Wal;

namespace RemoteStore.Tsdb.Heads;

/// <summary>Snapshots of a tenant's exemplars and metadata. Between snapshots the log has what changed.</summary>
internal sealed class SideDataFiles
{
    private const string ExemplarsFile = "exemplars";
    private const string MetadataFile = "metadata";

    private readonly string _directory;
    private readonly IFileSystem _files;
    private readonly ILogger _logger;
    private readonly TenantId _tenant;
    private bool _changed;

    public SideDataFiles(string directory, IFileSystem files, ILogger logger, TenantId tenant)
    {
        _directory = directory;
        _files = files;
        _logger = logger;
        _tenant = tenant;
    }

    /// <summary>Position of the oldest log entry that no snapshot has. Under the head's lock.</summary>
    public WalPosition? UnsavedPosition { get; private set; }

    /// <summary>Notes that an entry at this position changed something. Under the head's lock.</summary>
    public void NoteChange(WalPosition position)
    {
        _changed = true;
        UnsavedPosition ??= position;
    }

    /// <summary>Loads both snapshots; one that cannot be read is set aside and its store starts empty.</summary>
    public void Load(ExemplarStore exemplars, MetadataStore metadata)
    {
        LoadOne(ExemplarsFile, exemplars.TryLoadSnapshot);
        LoadOne(MetadataFile, metadata.TryLoadSnapshot);
    }

    /// <summary>Saves both if something changed; a failure keeps the log entries alive and is repeated with the next flush.</summary>
    public void Save(TenantHead head)
    {
        WalPosition? covered;
        lock (head.Lock)
        {
            if (!_changed)
            {
                return;
            }

            // What changes from here on counts as unsaved again, whether the snapshot happens to have it or not.
            covered = UnsavedPosition;
            _changed = false;
            UnsavedPosition = null;
        }

        try
        {
            var buffer = new ArrayBufferWriter<byte>(4096);
            head.Exemplars.WriteSnapshot(buffer);
            DurableFile.Replace(_files, Path.Combine(_directory, ExemplarsFile), buffer.WrittenSpan);
            buffer.ResetWrittenCount();
            head.Metadata.WriteSnapshot(buffer);
            DurableFile.Replace(_files, Path.Combine(_directory, MetadataFile), buffer.WrittenSpan);
        }
        catch (IOException e)
        {
            lock (head.Lock)
            {
                _changed = true;
                UnsavedPosition = covered ?? UnsavedPosition;
            }

            Log.SideDataNotSaved(_logger, e, "exemplars and metadata", _tenant.Name);
        }
    }

    private void LoadOne(string name, LoadSnapshot load)
    {
        string path = Path.Combine(_directory, name);
        if (!File.Exists(path))
        {
            return;
        }

        if (!load(File.ReadAllBytes(path)))
        {
            _files.Move(path, path + ".corrupt");
            Log.SideDataUnreadable(_logger, name, _tenant.Name, "its checksum does not hold");
        }
    }

    private delegate bool LoadSnapshot(ReadOnlySpan<byte> bytes);
}
