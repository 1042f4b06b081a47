using RemoteStore.Blocks.Parts;
using RemoteStore.Model;
using RemoteStore.Primitives.Files;

namespace RemoteStore.Blocks.Merging;

/// <summary>
/// Spreads merged rows over one new part per time range. So many ranges as are met first get a writer; rows of others are left for a further pass over the
/// inputs, so that memory stays bounded however wide they spread.
/// </summary>
internal sealed class RangeSplitter : IMergeSink, IDisposable
{
    private readonly IFileSystem _files;
    private readonly string _directory;
    private readonly Func<PartId> _nextId;
    private readonly int _level;
    private readonly MergeOptions _options;
    private readonly HashSet<long> _done = [];
    private readonly List<Output> _open = [];
    private readonly List<PartInfo> _parts = [];
    private TenantId _tenant;
    private bool _kept;
    private Output? _current; // of the range that the last row lay in; null when that range is not this pass's
    private long _first = 1; // that range, both inclusive; empty at first
    private long _last;

    public RangeSplitter(IFileSystem files, string directory, Func<PartId> nextId, int level, MergeOptions options)
    {
        _files = files;
        _directory = directory;
        _nextId = nextId;
        _level = level;
        _options = options;
    }

    /// <summary>Parts finished so far.</summary>
    public IReadOnlyList<PartInfo> Parts => _parts;

    /// <summary>True when rows were left for a further pass.</summary>
    public bool HasMore { get; private set; }

    /// <summary>True when no row between the times is wanted in this pass.</summary>
    public bool PassesOver(long minTime, long maxTime)
    {
        long range = _options.Ranges.NumberOf(minTime);
        return _done.Contains(range) && _options.Ranges.NumberOf(maxTime) == range;
    }

    /// <summary>Rows that follow belong to this tenant.</summary>
    public void BeginTenant(TenantId tenant) => _tenant = tenant;

    /// <inheritdoc/>
    public void AddRun(uint seriesRef, ReadOnlySpan<long> timestamps, ReadOnlySpan<long> valueBits, ReadOnlySpan<long> startTimestamps)
    {
        while (!timestamps.IsEmpty)
        {
            Select(timestamps[0]);
            int count = timestamps[^1] <= _last ? timestamps.Length : BlockCache.LowerBound(timestamps, _last + 1);
            _current?.Writer(_tenant).AddRun(
                seriesRef, timestamps[..count], valueBits[..count], startTimestamps.IsEmpty ? [] : startTimestamps[..count]);
            timestamps = timestamps[count..];
            valueBits = valueBits[count..];
            startTimestamps = startTimestamps.IsEmpty ? [] : startTimestamps[count..];
        }
    }

    /// <inheritdoc/>
    public void AddHistogram(uint seriesRef, long timestampMs, long startTimestampMs, ReadOnlySpan<byte> payload)
    {
        Select(timestampMs);
        _current?.Writer(_tenant).AddHistogram(seriesRef, timestampMs, startTimestampMs, payload);
    }

    /// <summary>Finishes the parts of this pass, durably.</summary>
    public void EndPass()
    {
        foreach (Output output in _open)
        {
            PartInfo part = output.Finish();
            _parts.Add(part);
            _done.Add(output.Range);
        }

        _open.Clear();
        _current = null;
        (_first, _last) = (1, 0);
    }

    /// <summary>Prepares a further pass over the same rows.</summary>
    public void BeginPass() => HasMore = false;

    /// <summary>The parts stay when this is disposed.</summary>
    public void Keep() => _kept = true;

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (Output output in _open)
        {
            output.Dispose(); // unfinished: removes its file
        }

        if (!_kept)
        {
            foreach (PartInfo part in _parts)
            {
                Remove(Path.Combine(_directory, part.Id.FileName));
            }
        }
    }

    private void Select(long timestampMs)
    {
        if (timestampMs >= _first && timestampMs <= _last)
        {
            return;
        }

        long range = _options.Ranges.NumberOf(timestampMs);
        _first = _options.Ranges.FirstOf(range);
        _last = _options.Ranges.LastOf(range);
        _current = _open.Find(output => output.Range == range);
        if (_current is not null || _done.Contains(range))
        {
            return;
        }

        if (_open.Count == _options.MaxOpenOutputs)
        {
            HasMore = true;
            return;
        }

        PartId id = _nextId();
        _current = new Output(range, PartWriter.Create(_files, Path.Combine(_directory, id.FileName), id, _level, _options.Writer));
        _open.Add(_current);
    }

    private void Remove(string path)
    {
        try
        {
            _files.DeleteFile(path);
        }
        catch (IOException)
        {
            // No manifest names the file: whoever opens the folder next removes it.
        }
    }

    /// <summary>The part of one range.</summary>
    private sealed class Output(long range, PartWriter writer) : IDisposable
    {
        private TenantId? _tenant;

        public long Range => range;

        public PartWriter Writer(TenantId tenant)
        {
            if (_tenant != tenant)
            {
                writer.BeginTenant(tenant);
                _tenant = tenant;
            }

            return writer;
        }

        public PartInfo Finish()
        {
            PartInfo part = writer.Finish();
            writer.Dispose();
            return part;
        }

        public void Dispose() => writer.Dispose();
    }
}
