using RemoteStore.Blocks.Format.Reading;

namespace RemoteStore.Blocks.Format.Selection;

/// <summary>Finds label pairs by name and value, and reads their lists; remembers the frames used last. Not safe for concurrent use.</summary>
internal sealed class PairLookup(IndexReader index, IndexDirectory directory)
{
    private PairFrame? _pairs;
    private PostingsFrame? _postings;
    private int _postingsNumber = -1;

    /// <summary>The frame that a pair is in.</summary>
    public async ValueTask<PairFrame> FrameAsync(int pair, CancellationToken cancellationToken)
    {
        int number = pair / BlockFormat.PairsPerFrame;
        if (_pairs is null || _pairs.FirstPair != number * BlockFormat.PairsPerFrame)
        {
            cancellationToken.ThrowIfCancellationRequested(); // all may be in memory
            _pairs = await index.GetPairsAsync(directory, number, cancellationToken).ConfigureAwait(false);
        }

        return _pairs;
    }

    /// <summary>The pair of a name and a value; negative when there is none.</summary>
    public async ValueTask<int> FindAsync(int name, ReadOnlyMemory<byte> value, CancellationToken cancellationToken)
    {
        int pair = await LowerBoundAsync(name, value, cancellationToken).ConfigureAwait(false);
        return pair < directory.EndPair(name)
            && (await FrameAsync(pair, cancellationToken).ConfigureAwait(false)).Value(pair).SequenceEqual(value.Span) ? pair : -1;
    }

    /// <summary>The pairs of a name whose values begin with a prefix, which is not empty.</summary>
    public async ValueTask<(int From, int End)> WithPrefixAsync(int name, ReadOnlyMemory<byte> prefix, CancellationToken cancellationToken)
    {
        int from = await LowerBoundAsync(name, prefix, cancellationToken).ConfigureAwait(false);
        byte[] behind = prefix.ToArray();
        int last = behind.Length - 1;
        while (last >= 0 && behind[last] == byte.MaxValue)
        {
            last--;
        }

        if (last < 0)
        {
            return (from, directory.EndPair(name));
        }

        behind[last]++;
        return (from, await LowerBoundAsync(name, behind.AsMemory(0, last + 1), cancellationToken).ConfigureAwait(false));
    }

    /// <summary>Series that have a pair.</summary>
    public async ValueTask<SeriesRuns> ReadListAsync(int pair, CancellationToken cancellationToken)
    {
        (int frame, int list) = directory.FindPostings(pair);
        if (_postings is null || _postingsNumber != frame)
        {
            cancellationToken.ThrowIfCancellationRequested();
            _postings = await index.GetPostingsAsync(directory, frame, cancellationToken).ConfigureAwait(false);
            _postingsNumber = frame;
        }

        return index.Parse(directory.Postings.Offset(frame), BlockSection.Postings, () => _postings.Read(list));
    }

    /// <summary>First pair of the name whose value is not below; the end of the name's pairs when all are.</summary>
    private async ValueTask<int> LowerBoundAsync(int name, ReadOnlyMemory<byte> value, CancellationToken cancellationToken)
    {
        int number = directory.FrameOfValue(name, value.Span);
        int first = number * BlockFormat.PairsPerFrame;
        PairFrame frame = await FrameAsync(first, cancellationToken).ConfigureAwait(false);
        return frame.LowerBound(
            Math.Max(directory.FirstPair(name), first), Math.Min(directory.EndPair(name), first + frame.Count), value.Span);
    }
}
