using RemoteStore.Index.Dictionary;
using RemoteStore.Index.Postings;
using RemoteStore.Index.Selection;
using RemoteStore.Model;
using RemoteStore.Model.Labels;
using RemoteStore.Primitives.Memory;

namespace RemoteStore.Index;

/// <summary>
/// (label name, value) → ascending series refs, for one tenant. Refs only grow and are never removed, so lists are append-only.
/// </summary>
/// <remarks>
/// One thread adds; any number reads at the same time. A short lock guards the dictionary and the heads of lists; contents of lists and texts are read
/// outside it. Texts are not copied: they point into the label bytes given to <see cref="Add(SeriesRef, StableBytes)"/>, so dispose of the index before
/// the memory those lie in, and of neither while a reader is active.
/// </remarks>
public sealed class InvertedIndex : IDisposable
{
    private const int RememberedPositions = 64;

    private readonly NativeArena _arena = new();
    private readonly PairDictionary _dictionary;
    private readonly PostingsStore _store;
    private readonly Lock _lock = new(); // guards _dictionary's tables, heads and tails of lists; innermost, held for one series or one lookup
    private readonly uint[] _previousPairs = new uint[RememberedPositions];
    private readonly uint[] _previousNames = new uint[RememberedPositions];
    private PostingsHead _all;
    private int _previousCount;

    /// <summary>Creates an empty index.</summary>
    /// <param name="seed">Random per process, so that senders cannot choose labels that collide.</param>
    public InvertedIndex(long seed)
    {
        _dictionary = new PairDictionary(seed);
        _store = new PostingsStore(_arena);
    }

    /// <summary>Number of distinct label pairs.</summary>
    public int PairCount => _dictionary.PairCount;

    /// <summary>Number of distinct label names.</summary>
    public int NameCount => _dictionary.NameCount;

    /// <summary>Native memory in bytes.</summary>
    public long AllocatedBytes => _arena.AllocatedBytes + _dictionary.AllocatedBytes;

    /// <summary>Adds a series under each of its labels.</summary>
    /// <param name="seriesRef">Greater than all added before.</param>
    /// <param name="canonicalLabels">Canonical label bytes that stay put until the index is disposed.</param>
    /// <exception cref="ArgumentException">The bytes are not canonical.</exception>
    public void Add(SeriesRef seriesRef, StableBytes canonicalLabels)
    {
        ReadOnlySpan<byte> labels = canonicalLabels.Span;
        lock (_lock)
        {
            _store.Append(ref _all, seriesRef.Value);
            int position = 0;
            int field = 0;
            while (position < labels.Length)
            {
                int length = LabelFields.LengthAt(labels, position);
                AddField(seriesRef.Value, field++, canonicalLabels.Slice(position, length));
                position += length;
            }

            _previousCount = Math.Min(field, RememberedPositions);
        }
    }

    /// <summary>Refs of the series that satisfy all matchers, ascending; a missing label counts as an empty value.</summary>
    /// <param name="matchers">All must hold; none selects every series.</param>
    /// <param name="upTo">Only refs below this count.</param>
    /// <param name="labels">Labels of the series added here.</param>
    /// <param name="cancellationToken">Stops long scans.</param>
    public uint[] Select(IReadOnlyList<LabelMatcher> matchers, uint upTo, ILabelSource labels, CancellationToken cancellationToken) =>
        new Selector(this, upTo, labels, cancellationToken).Select(matchers);

    /// <summary>Names of labels of the series that match, in UTF-8 order.</summary>
    /// <param name="matchers">None takes all series.</param>
    /// <param name="limit">Most names, 0 = all.</param>
    /// <param name="upTo">Only series with refs below this count, when there are matchers.</param>
    /// <param name="labels">Labels of the series added here.</param>
    /// <param name="truncated">True when the limit left some out.</param>
    /// <param name="cancellationToken">Stops long scans.</param>
    public IReadOnlyList<string> LabelNames(
        IReadOnlyList<LabelMatcher> matchers, int limit, uint upTo, ILabelSource labels, out bool truncated, CancellationToken cancellationToken) =>
        new LabelListing(this, upTo, labels, cancellationToken).Names(matchers, limit, out truncated);

    /// <summary>Values of one label over the series that match, in UTF-8 order.</summary>
    /// <param name="name">Label name.</param>
    /// <param name="matchers">None takes all series.</param>
    /// <param name="limit">Most values, 0 = all.</param>
    /// <param name="upTo">Only series with refs below this count, when there are matchers.</param>
    /// <param name="labels">Labels of the series added here.</param>
    /// <param name="truncated">True when the limit left some out.</param>
    /// <param name="cancellationToken">Stops long scans.</param>
    public IReadOnlyList<string> LabelValues(
        string name,
        IReadOnlyList<LabelMatcher> matchers,
        int limit,
        uint upTo,
        ILabelSource labels,
        out bool truncated,
        CancellationToken cancellationToken) =>
        new LabelListing(this, upTo, labels, cancellationToken).Values(name, matchers, limit, out truncated);

    /// <summary>What there is most of.</summary>
    /// <param name="limit">Most entries of each list.</param>
    /// <param name="cancellationToken">Stops the walk.</param>
    public IndexStatistics Count(int limit, CancellationToken cancellationToken) => new IndexCounting(this, limit, cancellationToken).Count();

    /// <summary>Number of a pair, by its label field (see <see cref="LabelSet"/>); numbers count up in order of first use.</summary>
    public bool TryFindPair(ReadOnlySpan<byte> field, out uint pair)
    {
        lock (_lock)
        {
            return _dictionary.TryFindPair(field, out pair);
        }
    }

    /// <summary>The label field of a pair.</summary>
    public StableBytes Field(uint pair) => _dictionary.Field(pair);

    /// <inheritdoc/>
    public void Dispose()
    {
        _dictionary.Dispose();
        _arena.Dispose();
    }

    /// <summary>All series.</summary>
    internal PostingsList All()
    {
        lock (_lock)
        {
            return _store.Snapshot(_all);
        }
    }

    /// <summary>Series with a pair.</summary>
    internal PostingsList SeriesOf(uint pair)
    {
        lock (_lock)
        {
            return _store.Snapshot(_dictionary.Pair(pair).Series);
        }
    }

    /// <summary>Number of series with a pair.</summary>
    internal long SeriesCount(uint pair)
    {
        lock (_lock)
        {
            return _dictionary.Pair(pair).Series.Count;
        }
    }

    /// <summary>Series with a pair; empty when there is no such pair.</summary>
    internal PostingsList SeriesOf(ReadOnlySpan<byte> field)
    {
        lock (_lock)
        {
            return _dictionary.TryFindPair(field, out uint pair) ? _store.Snapshot(_dictionary.Pair(pair).Series) : default;
        }
    }

    /// <summary>What is known of a label name.</summary>
    /// <param name="name">Its text.</param>
    /// <param name="series">Series that have the label.</param>
    /// <param name="values">Its values as of now.</param>
    internal bool TryFindName(ReadOnlySpan<byte> name, out PostingsList series, out ValueWalk values)
    {
        lock (_lock)
        {
            if (!_dictionary.TryFindName(name, out uint number))
            {
                series = default;
                values = default;
                return false;
            }

            ref NameEntry entry = ref _dictionary.Name(number);
            series = _store.Snapshot(entry.Series);
            values = new ValueWalk(_dictionary, entry.NewestPair, (int)entry.ValueCount);
            return true;
        }
    }

    /// <summary>Text of a name by number below <see cref="NameCount"/>.</summary>
    internal StableBytes NameText(uint name) => _dictionary.NameText(name);

    /// <summary>Series that have a label.</summary>
    internal PostingsList SeriesOfName(uint name)
    {
        lock (_lock)
        {
            return _store.Snapshot(_dictionary.Name(name).Series);
        }
    }

    private void AddField(uint seriesRef, int position, StableBytes field)
    {
        uint pair;
        uint name;
        bool remembered = position < _previousCount;

        // Series are created target by target: most labels equal those of the series before, at the same place.
        if (remembered && _dictionary.Field(_previousPairs[position]).Span.SequenceEqual(field.Span))
        {
            pair = _previousPairs[position];
            name = _previousNames[position];
        }
        else
        {
            FieldParts parts = LabelFields.Split(field.Span);
            StableBytes text = field.Slice(parts.NameStart, parts.NameLength);
            name = remembered && _dictionary.NameText(_previousNames[position]).Span.SequenceEqual(text.Span)
                ? _previousNames[position]
                : _dictionary.GetOrAddName(text);
            pair = _dictionary.GetOrAddPair(field, name);
            if (position < RememberedPositions)
            {
                _previousPairs[position] = pair;
                _previousNames[position] = name;
            }
        }

        _store.Append(ref _dictionary.Pair(pair).Series, seriesRef);
        _store.Append(ref _dictionary.Name(name).Series, seriesRef);
    }
}
