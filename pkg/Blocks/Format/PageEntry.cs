namespace RemoteStore.Blocks.Format;

/// <summary>A page as its directory describes it.</summary>
/// <param name="Offset">Where it begins in the chunks file.</param>
/// <param name="HeaderStored">Stored bytes of its header.</param>
/// <param name="HeaderRaw">Bytes of its header; equal when it is stored plain.</param>
/// <param name="PackedLength">Bytes of its packed stream, behind the header.</param>
/// <param name="First">First series or column number.</param>
/// <param name="Last">Last one, inclusive.</param>
/// <param name="MinTime">Oldest sample, milliseconds since the Unix epoch.</param>
/// <param name="MaxTime">Newest sample, inclusive.</param>
internal readonly record struct PageEntry(
    long Offset, int HeaderStored, int HeaderRaw, int PackedLength, int First, int Last, long MinTime, long MaxTime)
{
    /// <summary>Bytes in the file, checksum included.</summary>
    public long StoredLength => (long)HeaderStored + PackedLength + BlockFormat.HashLength;

    /// <summary>Where the next page begins.</summary>
    public long End => Offset + StoredLength;
}
