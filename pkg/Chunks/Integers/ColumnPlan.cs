namespace RemoteStore.Chunks.Integers;

/// <summary>How a column of integers will be written, and what that takes.</summary>
/// <param name="Transform">What is packed.</param>
/// <param name="Shift">Zero bits below every difference from the first number.</param>
/// <param name="FixedAnchor">True when the first number (plain: the base) takes eight bytes instead of a varint: bits of floats have no small ones.</param>
/// <param name="Frame">How the transformed numbers are packed; meaningless for a constant.</param>
/// <param name="HeaderBytes">Bytes in the header, without the kind byte.</param>
/// <param name="PackedBytes">Bytes in the packed stream.</param>
internal readonly record struct ColumnPlan(ColumnTransform Transform, int Shift, bool FixedAnchor, FramePlan Frame, int HeaderBytes, int PackedBytes)
{
    /// <summary>The bits of the kind byte.</summary>
    public byte Kind => (byte)(((int)Transform << ColumnKind.TransformShift) | (Shift > 0 ? ColumnKind.Shifted : 0));

    /// <summary>All bytes but that of the kind.</summary>
    public int TotalBytes => HeaderBytes + PackedBytes;
}
