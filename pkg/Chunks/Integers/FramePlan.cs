using RemoteStore.Primitives.Encoding;

namespace RemoteStore.Chunks.Integers;

/// <summary>
/// How a run of integers is packed: each less <paramref name="Base"/>, its lowest <paramref name="Width"/> bits in the packed stream, what is above them,
/// where anything is, as a patch in the header.
/// </summary>
internal readonly record struct FramePlan(long Base, int Width, int PatchCount, int PatchBytes)
{
    /// <summary>Bytes in the header without the base: width, and patches with their number.</summary>
    public int HeaderBytes => 1 + (PatchCount == 0 ? 0 : Varint.Length((ulong)PatchCount) + PatchBytes);

    /// <summary>Bytes that <paramref name="count"/> numbers of this width take.</summary>
    public int PackedBytes(int count) => ((count * Width) + 7) >> 3;
}
