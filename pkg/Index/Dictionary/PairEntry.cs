using System.Runtime.InteropServices;
using RemoteStore.Index.Postings;

namespace RemoteStore.Index.Dictionary;

/// <summary>A label pair: 24 bytes, and 8 to 16 for its slot in the hash table. Its text is the label field of the first series that has it.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct PairEntry
{
    /// <summary>Where the field lies in the owner's memory.</summary>
    public nint Field;

    /// <summary>Pair of the same name added before, plus one; 0 = none.</summary>
    public uint PreviousOfName;

    /// <summary>Series with this pair.</summary>
    public PostingsHead Series;
}

/// <summary>A label name.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct NameEntry
{
    /// <summary>Where the name lies in the owner's memory.</summary>
    public nint Address;

    /// <summary>Its length in bytes.</summary>
    public int Length;

    /// <summary>Newest pair of this name, plus one.</summary>
    public uint NewestPair;

    /// <summary>Number of distinct values.</summary>
    public uint ValueCount;

    /// <summary>Series that have the label.</summary>
    public PostingsHead Series;
}
