using RemoteStore.Blocks.Format;
using RemoteStore.Blocks.Format.Writing;
using RemoteStore.Model.Labels;
using RemoteStore.Primitives.Encoding;
using RemoteStore.Primitives.Files;
using RemoteStore.Storage.Querying;

namespace RemoteStore.Blocks.Windows;

/// <summary>
/// Writes a block of windows: each series as up to seven columns, which are series of an ordinary block. Memory as that of <see cref="BlockWriter"/> with sorted
/// series, plus the columns of a few series. Disposed before <see cref="Finish"/> has returned, it removes what it wrote.
/// </summary>
/// <remarks>Not safe for concurrent use.</remarks>
public sealed class WindowColumnsWriter : IDisposable
{
    private const int MaxReported = 10;

    private readonly BlockWriter _writer;
    private readonly BlockRange _range;
    private readonly long _resolutionMs;
    private readonly Stack<WindowColumnBuffers> _waiting = new();
    private readonly Stack<WindowColumnBuffers> _spare = new();
    private readonly ByteBuffer _labels = new();
    private readonly List<string> _leftOut = [];

    private WindowColumnsWriter(BlockWriter writer, BlockWriterOptions options)
    {
        _writer = writer;
        _range = options.Range;
        _resolutionMs = options.ResolutionMs;
    }

    /// <summary>Series written.</summary>
    public long SeriesCount { get; private set; }

    /// <summary>Series left out because their labels have the reserved name (<see cref="WindowFormat.IsReserved"/>).</summary>
    public long LeftOutCount { get; private set; }

    /// <summary>The first few of the series left out.</summary>
    public IReadOnlyList<string> LeftOut => _leftOut;

    /// <summary>Makes the block's directory.</summary>
    /// <param name="files">Where it is made.</param>
    /// <param name="directory">Path ending in <c>&lt;tenant&gt;/&lt;ULID&gt;</c>.</param>
    /// <param name="options">What the block is; its resolution is that of all windows.</param>
    /// <exception cref="ArgumentException">The resolution is not above 0.</exception>
    /// <exception cref="IOException">The directory or a file cannot be made.</exception>
    public static WindowColumnsWriter Create(IFileSystem files, string directory, BlockWriterOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.ResolutionMs, 1, nameof(options));
        return new WindowColumnsWriter(BlockWriter.Create(files, directory, options with { SeriesAreSorted = true }), options);
    }

    /// <summary>Adds a series. One without windows leaves no trace.</summary>
    /// <param name="labels">Its labels, which sort behind those added before; valid for the call.</param>
    /// <param name="windows">Its windows, ascending and disjoint; samples in the buffer do not count.</param>
    /// <exception cref="ArgumentException">The labels do not sort behind the others, or a window is of another resolution or has samples outside the block's range.</exception>
    /// <exception cref="IOException">The columns cannot be written.</exception>
    public void AddSeries(LabelSet labels, SampleBuffer windows)
    {
        ArgumentNullException.ThrowIfNull(windows);
        if (windows.Windows.IsEmpty && windows.HistogramWindows.IsEmpty)
        {
            return;
        }

        if (WindowFormat.IsReserved(labels))
        {
            LeftOutCount++;
            if (_leftOut.Count < MaxReported)
            {
                _leftOut.Add(labels.ToString());
            }

            return;
        }

        CheckWindows(windows);

        // In label order a series comes before those that have further labels. Its columns come behind theirs: the name of the label of columns is greater than
        // that of any further label. So a series waits until one comes that does not begin with its labels.
        WriteWaiting(labels.Bytes.Span);
        WindowColumnBuffers columns = _spare.TryPop(out WindowColumnBuffers? spare) ? spare : new WindowColumnBuffers();
        columns.Fill(labels, windows);
        _waiting.Push(columns);
        SeriesCount++;
    }

    /// <summary>As <see cref="BlockWriter.Finish"/>.</summary>
    public BlockMeta Finish(CancellationToken cancellationToken)
    {
        while (_waiting.TryPop(out WindowColumnBuffers? columns))
        {
            Write(columns);
        }

        return _writer.Finish(cancellationToken);
    }

    /// <inheritdoc/>
    public void Dispose() => _writer.Dispose();

    private void WriteWaiting(ReadOnlySpan<byte> next)
    {
        while (_waiting.TryPeek(out WindowColumnBuffers? columns) && !next.StartsWith(columns.Labels))
        {
            Write(_waiting.Pop());
        }
    }

    private void Write(WindowColumnBuffers columns)
    {
        for (int column = 0; column < WindowFormat.Columns.Length; column++)
        {
            _labels.Clear();
            _labels.Add(columns.Labels);
            _labels.Add(WindowFormat.FieldOf(column));
            _writer.AddSeries(_labels.WrittenMemory, columns.Column(column));
        }

        _spare.Push(columns);
    }

    private void CheckWindows(SampleBuffer windows)
    {
        foreach (ref readonly WindowAggregate window in windows.Windows)
        {
            Check(window.ResolutionMs, window.StartMs, window.EndMs);
        }

        foreach (ref readonly HistogramWindow window in windows.HistogramWindows)
        {
            Check(window.ResolutionMs, window.StartMs, window.EndMs);
        }
    }

    private void Check(long resolutionMs, long startMs, long endMs)
    {
        if (resolutionMs != _resolutionMs)
        {
            throw new ArgumentException($"a window of {resolutionMs} ms is no part of a block of windows of {_resolutionMs} ms");
        }

        if (endMs < _range.Start || startMs >= _range.End)
        {
            throw new ArgumentException($"the window up to {endMs} lies outside the block's range from {_range.Start} to {_range.End}");
        }
    }
}
