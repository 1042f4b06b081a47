namespace RemoteStore.Blocks.Format.Reading;

/// <summary>Timestamp columns of one query, each decoded once and shared by all series that refer to it. Not safe for concurrent use.</summary>
/// <param name="index">The index.</param>
/// <param name="directory">Its directory.</param>
/// <param name="pages">Reads pages of the block.</param>
/// <param name="maxTimes">Times that may stay; 16 MiB unless told otherwise.</param>
internal sealed class ColumnStore(IndexReader index, IndexDirectory directory, PageReader pages, int maxTimes = 2 << 20)
{
    private readonly Dictionary<int, long[]> _columns = [];
    private readonly SortedSet<int> _missing = [];
    private long _times;

    /// <summary>Column reads and decodes so far; for tests.</summary>
    public int Decoded { get; private set; }

    /// <summary>Times of a column that was loaded.</summary>
    public ReadOnlySpan<long> Times(int column) => _columns[column];

    /// <summary>True when the column was loaded.</summary>
    public bool Has(int column) => _columns.ContainsKey(column);

    /// <summary>Loads columns; those loaded before may go when they are many.</summary>
    /// <exception cref="Primitives.Files.CorruptDataException">One is broken.</exception>
    public async ValueTask LoadAsync(IReadOnlyCollection<int> columns, CancellationToken cancellationToken)
    {
        if (_times > maxTimes)
        {
            _columns.Clear();
            _times = 0;
        }

        _missing.Clear();
        foreach (int column in columns)
        {
            if (!_columns.ContainsKey(column))
            {
                _missing.Add(column);
            }
        }

        var run = new List<(int Number, PageEntry Entry)>();
        foreach (int column in _missing)
        {
            if (run.Count > 0 && column <= run[^1].Entry.Last)
            {
                continue;
            }

            (int Number, PageEntry Entry) page = await FindAsync(column, cancellationToken).ConfigureAwait(false);
            if (run.Count > 0 && !pages.Joins(run[0].Entry, run[^1].Entry, page.Entry))
            {
                await DecodeAsync(run, cancellationToken).ConfigureAwait(false);
                run.Clear();
            }

            run.Add(page);
        }

        if (run.Count > 0)
        {
            await DecodeAsync(run, cancellationToken).ConfigureAwait(false);
        }
    }

    private async ValueTask<(int Number, PageEntry Entry)> FindAsync(int column, CancellationToken cancellationToken)
    {
        PageTable table = directory.ColumnPages;
        int frame = Array.BinarySearch(table.First, column);
        frame = frame >= 0 ? frame : Math.Max(0, ~frame - 1);
        PageEntry[] entries = await index.GetPagesAsync(BlockSection.ColumnPages, table, frame, cancellationToken).ConfigureAwait(false);
        int at = Array.FindIndex(entries, entry => entry.First <= column && entry.Last >= column);
        return at >= 0
            ? ((frame * BlockFormat.PagesPerFrame) + at, entries[at])
            : throw index.Corrupt(table.Frames.Offset(frame), BlockSection.ColumnPages, new InvalidDataException($"no page has column {column}"));
    }

    private async ValueTask DecodeAsync(List<(int Number, PageEntry Entry)> run, CancellationToken cancellationToken)
    {
        ColumnPage[] loaded = await pages.ReadColumnsAsync(run, keep: true, cancellationToken).ConfigureAwait(false);
        foreach (ColumnPage page in loaded)
        {
            foreach (int column in _missing.GetViewBetween(page.Entry.First, page.Entry.Last))
            {
                try
                {
                    long[] times = page.Decode(column);
                    _columns[column] = times;
                    _times += times.Length;
                    Decoded++;
                }
                catch (InvalidDataException broken)
                {
                    throw index.Files.Corrupt(
                        BlockFile.Chunks, page.Entry.Offset, $"{BlockFiles.Name(BlockSection.ColumnPage)}, column {column}: {broken.Message}");
                }
            }
        }
    }
}
