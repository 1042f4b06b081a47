using System.Text;
using RemoteStore.Primitives.Memory;

namespace RemoteStore.Index.Selection;

/// <summary>Gathers distinct texts and keeps the first ones in UTF-8 order; memory grows with the limit, not with what is offered.</summary>
internal sealed class SmallestTexts
{
    private readonly int _limit;
    private readonly List<StableBytes> _all = [];
    private readonly PriorityQueue<StableBytes, StableBytes> _kept = new(LargestFirst.Instance);
    private bool _leftOut;

    /// <summary>Keeps at most <paramref name="limit"/> texts, 0 or below = all.</summary>
    public SmallestTexts(int limit) => _limit = limit;

    /// <summary>False when adding the text would change nothing: it is past the limit, and it is known already that texts are left out.</summary>
    public bool Wants(StableBytes text) => _limit <= 0 || !_leftOut || Compare(text, _kept.Peek()) < 0;

    /// <summary>Takes a text that was not added before.</summary>
    public void Add(StableBytes text)
    {
        if (_limit <= 0)
        {
            _all.Add(text);
        }
        else if (_kept.Count < _limit)
        {
            _kept.Enqueue(text, text);
        }
        else
        {
            _leftOut = true;
            _ = _kept.EnqueueDequeue(text, text);
        }
    }

    /// <summary>The texts in order.</summary>
    /// <param name="truncated">True when the limit left some out.</param>
    public List<string> ToStrings(out bool truncated)
    {
        truncated = _leftOut;
        while (_kept.TryDequeue(out StableBytes text, out _))
        {
            _all.Add(text);
        }

        _all.Sort(Compare);
        return _all.ConvertAll(static text => Encoding.UTF8.GetString(text.Span));
    }

    private static int Compare(StableBytes left, StableBytes right) => left.Span.SequenceCompareTo(right.Span);

    private sealed class LargestFirst : IComparer<StableBytes>
    {
        public static LargestFirst Instance { get; } = new();

        public int Compare(StableBytes x, StableBytes y) => SmallestTexts.Compare(y, x);
    }
}
