namespace RemoteStore.Chunks.Integers;

/// <summary>The bits of a kind byte that belong to an integer column; the others belong to the chunk around it.</summary>
internal static class ColumnKind
{
    public const int TransformShift = 2;
    public const int TransformMask = 7;
    public const byte Shifted = 0x40;
    public const byte Mask = (TransformMask << TransformShift) | Shifted;

    /// <summary>Flag of the width byte: patches follow.</summary>
    public const byte Patched = 0x80;

    public static ColumnTransform Transform(byte kind) => (ColumnTransform)((kind >> TransformShift) & TransformMask);
}
