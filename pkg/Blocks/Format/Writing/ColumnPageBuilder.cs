using RemoteStore.Primitives.Encoding;

namespace RemoteStore.Blocks.Format.Writing;

/// <summary>Gathers timestamp columns into one page. Layout: docs/block.md, "Page of columns".</summary>
internal sealed class ColumnPageBuilder
{
    private readonly ByteBuffer _counts = new();
    private readonly ByteBuffer _headerLengths = new();
    private readonly ByteBuffer _packedLengths = new();
    private readonly ByteBuffer _headers = new();
    private readonly ByteBuffer _packed = new();
    private readonly ByteBuffer _raw = new();
    private int _first;
    private long _minTime;
    private long _maxTime;

    /// <summary>Columns in the page.</summary>
    public int Columns { get; private set; }

    /// <summary>Size by which pages are closed.</summary>
    public int Size => _packed.Length + _headers.Length + (4 * Columns);

    /// <summary>Header bytes of columns; append to it, then call <see cref="Add"/>.</summary>
    public ByteBuffer Headers => _headers;

    /// <summary>Packed bytes of columns; append to it, then call <see cref="Add"/>.</summary>
    public ByteBuffer Packed => _packed;

    /// <summary>Empties the page; the next column is <paramref name="first"/>.</summary>
    public void Begin(int first)
    {
        _counts.Clear();
        _headerLengths.Clear();
        _packedLengths.Clear();
        _headers.Clear();
        _packed.Clear();
        _first = first;
        Columns = 0;
        _minTime = long.MaxValue;
        _maxTime = long.MinValue;
    }

    /// <summary>Counts a column whose bytes were appended behind the given positions.</summary>
    public void Add(ReadOnlySpan<long> timestamps, int headerStart, int packedStart)
    {
        _counts.AddVarint((ulong)timestamps.Length);
        _headerLengths.AddVarint((ulong)(_headers.Length - headerStart));
        _packedLengths.AddVarint((ulong)(_packed.Length - packedStart));
        _minTime = Math.Min(_minTime, timestamps[0]);
        _maxTime = Math.Max(_maxTime, timestamps[^1]);
        Columns++;
    }

    /// <summary>The header, before compression.</summary>
    public ReadOnlySpan<byte> BuildHeader()
    {
        _raw.Clear();
        _raw.Add(_counts.Written);
        _raw.Add(_headerLengths.Written);
        _raw.Add(_packedLengths.Written);
        _raw.Add(_headers.Written);
        return _raw.Written;
    }

    /// <summary>Describes the page once it is written.</summary>
    public PageEntry Describe(long offset, int headerStored) =>
        new(offset, headerStored, _raw.Length, _packed.Length, _first, _first + Columns - 1, _minTime, _maxTime);
}
