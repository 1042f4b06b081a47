using RemoteStore.Blocks.Format.Reading;
using RemoteStore.Model;
using RemoteStore.Model.Labels;
using RemoteStore.Primitives.Files;
using RemoteStore.Storage.Querying;

namespace RemoteStore.Blocks.Format.Checking;

/// <summary>
/// Goes over all series of a block in label order, page by page: for compaction, dumps and salvage. On request it goes on behind damage and tells what was
/// lost. Holds a share of the block; dispose it.
/// </summary>
/// <remarks>Not safe for concurrent use.</remarks>
public sealed class BlockCursor : IAsyncDisposable
{
    private readonly BlockReader _block;
    private readonly IndexReader _index;
    private readonly QueryRange _range;
    private readonly bool _skipDamage;
    private readonly List<BlockDamage> _damage = [];
    private readonly HashSet<(BlockFile, long)> _reported = [];
    private readonly HashSet<int> _needed = [];
    private readonly ChunkDecoder _decoder;
    private readonly PageReader _pages;
    private readonly Queue<SamplePage> _loaded = new();
    private IndexDirectory? _directory;
    private LabelReader? _labels;
    private ColumnStore? _columns;
    private PageEntry[] _entries = [];
    private SamplePage? _page;
    private int _frame = -1;
    private int _entry = -1; // of the frame
    private int _next; // series to give next
    private int _damagedTo = -1; // the last series of the damaged pages so far
    private bool _lostChunk; // of the current series
    private bool _disposed;

    internal BlockCursor(BlockReader block, QueryRange range, bool skipDamage)
    {
        _block = block;
        _index = block.Index;
        _range = range;
        _skipDamage = skipDamage;
        _decoder = new ChunkDecoder(block.Meta.Range);
        _pages = new PageReader(block.Files, (int)Math.Min(block.Meta.Stats.Columns, int.MaxValue));
    }

    /// <summary>Labels of the current series; valid until the cursor moves.</summary>
    public LabelSet Labels { get; private set; }

    /// <summary>Samples of the current series that lie in the range and could be read; valid until the cursor moves.</summary>
    public SampleBuffer Samples { get; } = new();

    /// <summary>Number of the current series in label order; of <see cref="BlockStats.Series"/>.</summary>
    public int Number { get; private set; } = -1;

    /// <summary>False when something of the current series in the range could not be read; always true unless damage is skipped.</summary>
    public bool IsWhole => !_lostChunk && Number > _damagedTo;

    /// <summary>Damage met so far, in the order met; empty unless it is skipped.</summary>
    public IReadOnlyList<BlockDamage> Damage => _damage;

    /// <summary>Moves to the next series; false at the end.</summary>
    /// <exception cref="CorruptDataException">Something is damaged and damage is not to be skipped, or the directory is, without which nothing can be found.</exception>
    public async ValueTask<bool> MoveNextAsync(CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (_directory is null)
        {
            _directory = await _index.GetDirectoryAsync(cancellationToken).ConfigureAwait(false);
            _labels = new LabelReader(_index, _directory);
            _columns = new ColumnStore(_index, _directory, _pages);
        }

        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            while (_page is null || _next > _page.Entry.Last)
            {
                if (!await NextPageAsync(cancellationToken).ConfigureAwait(false))
                {
                    return false;
                }
            }

            int series = _next;
            Samples.Clear();
            _lostChunk = false;
            ReadSeries(series);
            while (NextFirst() == series && await NextPageAsync(cancellationToken).ConfigureAwait(false))
            {
                if (_page is not null)
                {
                    ReadSeries(series);
                }
            }

            _next = series + 1;
            if (await TryLoadLabelsAsync(series, cancellationToken).ConfigureAwait(false))
            {
                Number = series;
                return true;
            }
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        if (!_disposed)
        {
            _disposed = true;
            _block.Release();
        }

        return ValueTask.CompletedTask;
    }

    /// <summary>First series of the page behind the current one; -1 at the end.</summary>
    private int NextFirst()
    {
        if (_entry + 1 < _entries.Length)
        {
            return _entries[_entry + 1].First;
        }

        PageTable table = _directory!.SamplePages;
        return _frame + 1 < table.Frames.Count ? table.First[_frame + 1] : -1;
    }

    /// <summary>Moves to the next page; <see cref="_page"/> is null when it is damaged. False at the end.</summary>
    private async ValueTask<bool> NextPageAsync(CancellationToken cancellationToken)
    {
        PageTable table = _directory!.SamplePages;
        _page = null;
        _entry++;
        if (_entry >= _entries.Length)
        {
            if (_frame + 1 >= table.Frames.Count)
            {
                return false;
            }

            _frame++;
            _entry = 0;
            _loaded.Clear();
            try
            {
                _entries = await _index.GetPagesAsync(BlockSection.SamplePages, table, _frame, cancellationToken).ConfigureAwait(false);
            }
            catch (CorruptDataException corrupt) when (_skipDamage)
            {
                int last = _damagedTo = _frame + 1 < table.Frames.Count ? table.First[_frame + 1] : _directory.Footers.Series - 1;
                Report(BlockDamage.Of(corrupt, BlockFile.Index, BlockSection.SamplePages, table.Frames.Offset(_frame), table.Frames.Length(_frame)) with
                {
                    Lost = new(table.First[_frame], last, _block.Meta.MinTime, _block.Meta.MaxTime),
                });
                _entries = [];
                return true;
            }
        }

        PageEntry entry = _entries[_entry];
        _next = Math.Max(_next, entry.First);
        try
        {
            _page = await LoadPageAsync(cancellationToken).ConfigureAwait(false);
            await LoadColumnsAsync(_page, cancellationToken).ConfigureAwait(false);
        }
        catch (CorruptDataException corrupt) when (_skipDamage)
        {
            _damagedTo = entry.Last;
            Report(BlockDamage.Of(corrupt, BlockFile.Chunks, BlockSection.SamplePage, entry.Offset, entry.StoredLength) with
            {
                Lost = new(entry.First, entry.Last, entry.MinTime, entry.MaxTime),
            });
        }

        return true;
    }

    /// <summary>The current page: several are read at once, unless one of them is damaged.</summary>
    private async ValueTask<SamplePage> LoadPageAsync(CancellationToken cancellationToken)
    {
        if (_loaded.TryPeek(out SamplePage? next) && next.Entry.Offset == _entries[_entry].Offset)
        {
            return _loaded.Dequeue();
        }

        _loaded.Clear();
        var run = new List<(int Number, PageEntry Entry)>();
        for (int i = _entry; i < _entries.Length && (run.Count == 0 || _pages.Joins(run[0].Entry, run[^1].Entry, _entries[i])); i++)
        {
            run.Add(((_frame * BlockFormat.PagesPerFrame) + i, _entries[i]));
        }

        SamplePage[] pages;
        try
        {
            pages = await _pages.ReadSamplesAsync(run, keep: false, cancellationToken).ConfigureAwait(false);
        }
        catch (CorruptDataException) when (_skipDamage && run.Count > 1)
        {
            pages = await _pages.ReadSamplesAsync(run[..1], keep: false, cancellationToken).ConfigureAwait(false);
        }

        foreach (SamplePage page in pages.AsSpan(1))
        {
            _loaded.Enqueue(page);
        }

        return pages[0];
    }

    private async ValueTask LoadColumnsAsync(SamplePage page, CancellationToken cancellationToken)
    {
        _needed.Clear();
        foreach (ref readonly ChunkInfo chunk in page.AllChunks)
        {
            if (chunk.Column >= 0)
            {
                _needed.Add(chunk.Column);
            }
        }

        try
        {
            await _columns!.LoadAsync(_needed, cancellationToken).ConfigureAwait(false);
        }
        catch (CorruptDataException) when (_skipDamage)
        {
            foreach (int column in _needed)
            {
                try
                {
                    await _columns!.LoadAsync([column], cancellationToken).ConfigureAwait(false);
                }
                catch (CorruptDataException corrupt)
                {
                    bool inIndex = corrupt.File == _block.Source.Describe(BlockFile.Index);
                    Report(BlockDamage.Of(
                        corrupt, inIndex ? BlockFile.Index : BlockFile.Chunks, inIndex ? BlockSection.ColumnPages : BlockSection.ColumnPage, corrupt.Offset, 0));
                }
            }
        }
    }

    private void ReadSeries(int series)
    {
        SamplePage page = _page!;
        try
        {
            foreach (ref readonly ChunkInfo chunk in page.Chunks(series))
            {
                bool readable = chunk.Column < 0 || !_skipDamage || _columns!.Has(chunk.Column);
                _lostChunk |= !readable;
                if (readable && _decoder.MayOverlap(chunk, _range))
                {
                    _decoder.Decode(page, chunk, chunk.Column < 0 ? [] : _columns!.Times(chunk.Column), _range, Samples);
                }
            }
        }
        catch (InvalidDataException broken)
        {
            Samples.Clear();
            _lostChunk = true;
            CorruptDataException corrupt = _block.Files.Corrupt(
                BlockFile.Chunks, page.Entry.Offset, $"{BlockFiles.Name(BlockSection.SamplePage)}, series {series}: {broken.Message}");
            if (!_skipDamage)
            {
                throw corrupt;
            }

            Report(BlockDamage.Of(corrupt, BlockFile.Chunks, BlockSection.SamplePage, page.Entry.Offset, page.Entry.StoredLength) with
            {
                Lost = new(series, series, page.Entry.MinTime, page.Entry.MaxTime),
            });
        }
    }

    private async ValueTask<bool> TryLoadLabelsAsync(int series, CancellationToken cancellationToken)
    {
        _labels!.Recycle();
        try
        {
            await _labels.LoadAsync(series, series + 1, cancellationToken).ConfigureAwait(false);
            Labels = _labels.Labels(series);
            return true;
        }
        catch (CorruptDataException corrupt) when (_skipDamage)
        {
            int frame = series / BlockFormat.SeriesPerFrame;
            bool inSeries = corrupt.Offset == _directory!.Series.Offset(frame);
            Report(BlockDamage.Of(corrupt, BlockFile.Index, inSeries ? BlockSection.Series : BlockSection.Pairs, corrupt.Offset, 0) with
            {
                Lost = inSeries
                    ? new(
                        frame * BlockFormat.SeriesPerFrame, Math.Min((frame + 1) * BlockFormat.SeriesPerFrame, _directory.Footers.Series) - 1,
                        _block.Meta.MinTime, _block.Meta.MaxTime)
                    : null,
            });
            return false;
        }
    }

    private void Report(BlockDamage damage)
    {
        if (_reported.Add((damage.File, damage.Offset)))
        {
            _damage.Add(damage);
        }
    }
}
