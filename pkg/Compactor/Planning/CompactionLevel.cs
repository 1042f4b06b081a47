namespace RemoteStore.Compactor.Planning;

/// <summary>A length of time that blocks are joined to.</summary>
/// <param name="LengthMs">Milliseconds; ranges are aligned to the Unix epoch by it.</param>
/// <param name="MaxBytes">Blocks are joined to this length when they have at most this many bytes together.</param>
public readonly record struct CompactionLevel(long LengthMs, long MaxBytes);
