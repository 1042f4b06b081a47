using RemoteStore.Model;
using RemoteStore.Primitives.Files;

namespace RemoteStore.Tsdb.Registry;

/// <summary>
/// Makes new series durable in order of their refs. Nothing is queued: the registry itself knows what was added, this log knows how far it is written.
/// Each segment is a file of frames; a frame tells its refs, so that damage to one shifts no other.
/// </summary>
/// <remarks>Safe for concurrent use. <see cref="AppendPending"/> may run while series are added.</remarks>
internal sealed class SeriesLog : IDisposable
{
    private readonly IFileSystem _files;
    private readonly string _directory;
    private readonly RegistryHolder _registry;
    private readonly SeriesKeyWriter _writer = new(null);
    private readonly Lock _lock = new(); // guards all below; for writing files only, never taken with the owner's lock held
    private readonly List<SeriesLogSegment> _closed;
    private IWritableFile? _file;
    private long _sequence;
    private long _length;
    private bool _entryDurable;
    private bool _tailUnknown;
    private uint _logged;

    /// <summary>Goes on after what was loaded.</summary>
    /// <param name="files">Where to write.</param>
    /// <param name="directory">Folder of the segments.</param>
    /// <param name="registry">The series.</param>
    /// <param name="closed">Segments found; new series go to a new one.</param>
    public SeriesLog(IFileSystem files, string directory, RegistryHolder registry, IReadOnlyList<SeriesLogSegment> closed)
    {
        _files = files;
        _directory = directory;
        _registry = registry;
        _closed = [.. closed];
        _sequence = closed.Count == 0 ? 0 : closed.Max(static s => s.Sequence);
        _logged = registry.Current.RefEnd;
    }

    /// <summary>Series below this ref are durable.</summary>
    public uint LoggedCount => Volatile.Read(ref _logged);

    /// <summary>Writes all series not yet written and syncs them.</summary>
    /// <returns>Number of series written; 0 means that there was nothing to do.</returns>
    /// <exception cref="IOException">Nothing of it counts as written; call again.</exception>
    public int AppendPending()
    {
        // A series that was added before the call is in whatever registry is in use now.
        if (LoggedCount >= _registry.Current.RefEnd)
        {
            return 0;
        }

        lock (_lock)
        {
            SeriesRegistry registry = _registry.Retain();
            try
            {
                uint from = _logged;
                uint to = registry.RefEnd;
                if (to > from)
                {
                    Append(registry, from, to);
                }

                return (int)(to - from);
            }
            finally
            {
                registry.Dispose();
            }
        }
    }

    /// <summary>Closes the current segment, so that a snapshot taken from now on covers it.</summary>
    public void Rotate()
    {
        lock (_lock)
        {
            if (_file is null || _tailUnknown)
            {
                return; // after a failed write the segment needs mending first: it is closed next time
            }

            _closed.Add(new SeriesLogSegment(_file.Path, _sequence, _logged));
            _file.Dispose();
            _file = null;
        }
    }

    /// <summary>Deletes closed segments all of whose series are below <paramref name="covered"/>.</summary>
    public void DeleteCovered(uint covered)
    {
        lock (_lock)
        {
            foreach (SeriesLogSegment segment in _closed)
            {
                if (segment.End <= covered)
                {
                    _files.DeleteFile(segment.Path);
                }
            }

            if (_closed.RemoveAll(s => s.End <= covered) > 0)
            {
                _files.SyncDirectory(_directory);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_lock)
        {
            _file?.Dispose();
            _file = null;
        }
    }

    private void Append(SeriesRegistry registry, uint from, uint to)
    {
        IWritableFile file = EnsureSegment();
        long position = _length;
        _tailUnknown = true; // until the sync below returns
        uint next = from;
        while (registry.TryNext(ref next, to))
        {
            uint first = next;
            _writer.Begin();
            while (next < to && _writer.Length < RegistryFrame.UsualPayloadBytes && registry.Contains(new SeriesRef(next)))
            {
                _writer.Add(registry.GetStableLabels(new SeriesRef(next++)));
            }

            Span<byte> frame = _writer.Written;
            RegistryFrame.Seal(frame, RegistryFrame.LogMagic, first, next - first);
            file.Write(position, frame);
            position += frame.Length;
        }

        file.Sync();
        _length = position;
        _tailUnknown = false;
        if (!_entryDurable)
        {
            _files.SyncDirectory(_directory);
            _entryDurable = true;
        }

        Volatile.Write(ref _logged, to);
    }

    private IWritableFile EnsureSegment()
    {
        if (_file is null)
        {
            _sequence++; // also after a failed creation: what it left behind is an empty or foreign file
            _length = 0;
            _entryDurable = false;
            _file = _files.Create(RegistryFiles.Log(_directory, _sequence));
        }
        else if (_tailUnknown)
        {
            // A failed write or sync leaves an unknown tail, and pages the system may hold for clean: cut it and write everything again.
            _file.SetLength(_length);
        }

        return _file;
    }
}

/// <summary>A segment that is not written any more.</summary>
/// <param name="Path">File.</param>
/// <param name="Sequence">Its place in the order of segments.</param>
/// <param name="End">One past its greatest ref.</param>
internal readonly record struct SeriesLogSegment(string Path, long Sequence, uint End);
