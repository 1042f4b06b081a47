using RemoteStore.Index.Dictionary;
using RemoteStore.Primitives.Memory;

namespace RemoteStore.Index.Selection;

/// <summary>Walks over the values of a label name as they were at one moment, without a lock, newest first.</summary>
internal struct ValueWalk
{
    private readonly PairDictionary? _dictionary;
    private uint _next;

    internal ValueWalk(PairDictionary dictionary, uint newestPair, int count)
    {
        _dictionary = dictionary;
        _next = newestPair;
        Count = count;
    }

    /// <summary>Number of values.</summary>
    public int Count { get; }

    /// <summary>Number of the current pair.</summary>
    public uint Pair { get; private set; }

    /// <summary>Text of the current value.</summary>
    public readonly StableBytes Value => _dictionary!.Value(Pair);

    /// <summary>Moves on; false at the end.</summary>
    public bool MoveNext()
    {
        if (_next == 0)
        {
            return false;
        }

        Pair = _next - 1;
        _next = _dictionary!.Pair(Pair).PreviousOfName;
        return true;
    }
}
