using System.Runtime.InteropServices;

namespace RemoteStore.Index.Postings;

/// <summary>
/// A list of ascending refs, as kept per label pair. While the refs are consecutive, first and count say it all: a value that one series has, or one
/// target's series created in a row, costs these twelve bytes. Else <see cref="Tail"/> names a <see cref="PostingsTail"/>.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
internal struct PostingsHead
{
    /// <summary>First ref.</summary>
    public uint First;

    /// <summary>Number of refs.</summary>
    public uint Count;

    /// <summary>Handle of the tail, 0 while the refs are consecutive.</summary>
    public uint Tail;
}

/// <summary>What a list needs once its refs have gaps.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct PostingsTail
{
    /// <summary>Consecutive refs from the first on, before the tokens begin.</summary>
    public uint Leading;

    /// <summary>Newest ref.</summary>
    public uint Last;

    /// <summary>Consecutive refs up to <see cref="Last"/> that are not yet written as a token.</summary>
    public uint Pending;

    /// <summary>Handle of the first chunk of tokens, 0 = none yet.</summary>
    public uint FirstChunk;

    /// <summary>Handle of the chunk being filled.</summary>
    public uint LastChunk;

    /// <summary>Bytes used of the chunk being filled, its link included.</summary>
    public ushort Used;

    /// <summary>Size of the chunk being filled.</summary>
    public ushort Size;
}
