using System.Runtime.InteropServices;

namespace RemoteStore.Blocks.Format.Writing;

/// <summary>A chunk on its way from the spool to its page. In memory and spool only; the page has a form of its own.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct ChunkHead
{
    /// <summary>Slot of the range.</summary>
    public ulong Slot;

    /// <summary>Oldest sample, milliseconds.</summary>
    public long MinTime;

    /// <summary>Newest sample.</summary>
    public long MaxTime;

    /// <summary>Column by order of creation, for chunks that refer to one.</summary>
    public int Column;

    /// <summary>Samples.</summary>
    public int Count;

    /// <summary>Header bytes: which times of a column, values, start timestamps, own timestamps, each where there are any.</summary>
    public int HeaderLength;

    /// <summary>Packed bytes: values, start timestamps, own timestamps.</summary>
    public int PackedLength;

    /// <summary>Packed bytes of the start timestamps.</summary>
    public int StartsPackedLength;

    /// <summary>Packed bytes of the chunk's own timestamps.</summary>
    public int TimesPackedLength;

    /// <summary>Slots are a 2^exponent-th of the range.</summary>
    public byte Exponent;

    /// <summary>What the chunk holds.</summary>
    public ChunkFlags Flags;

    /// <summary>How it says its times.</summary>
    public readonly ChunkTimes Times => (ChunkTimes)(Flags & ChunkFlags.TimesMask);
}
