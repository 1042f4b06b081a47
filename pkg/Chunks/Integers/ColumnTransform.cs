namespace RemoteStore.Chunks.Integers;

/// <summary>How the integers of a column became the small ones that are packed. Format: bits 2 to 4 of a kind byte, never renumber.</summary>
internal enum ColumnTransform : byte
{
    /// <summary>All are equal; nothing is packed.</summary>
    Constant = 0,

    /// <summary>Packed as they are.</summary>
    Plain = 1,

    /// <summary>Differences of neighbours.</summary>
    Delta = 2,

    /// <summary>Differences of differences.</summary>
    DeltaOfDelta = 3,

    /// <summary>A bitmap tells which differ from the one before; only those differences are packed.</summary>
    Sparse = 4,
}
