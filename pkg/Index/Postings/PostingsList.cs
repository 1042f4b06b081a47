using RemoteStore.Primitives.Memory;

namespace RemoteStore.Index.Postings;

/// <summary>An ascending list of refs as it was at one moment; the list may grow on, this view does not. Readable by any thread.</summary>
internal readonly struct PostingsList
{
    private readonly NativeArena? _arena;
    private readonly uint _first;
    private readonly uint _leading;
    private readonly uint _pending;
    private readonly uint _chunk;

    internal PostingsList(NativeArena arena, uint first, uint count, uint leading, uint pending, uint chunk)
    {
        _arena = arena;
        _first = first;
        Count = count;
        _leading = leading;
        _pending = pending;
        _chunk = chunk;
    }

    /// <summary>Number of refs.</summary>
    public uint Count { get; }

    /// <summary>Reads the list as runs of consecutive refs below <paramref name="upTo"/>.</summary>
    public PostingsRuns Runs(uint upTo) => new(_arena, _first, Count, _leading, _pending, _chunk, upTo);
}
