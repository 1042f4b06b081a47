using RemoteStore.Model;

namespace RemoteStore.StoreGateway.Planning;

/// <summary>A stretch of a block to be read.</summary>
/// <param name="Block">Number of the block in the list that was planned for.</param>
/// <param name="Range">
/// Times of samples, or, where windows are read as windows, of their ends: the first and the last end are multiples of the resolution, and each window is read
/// whole.
/// </param>
internal readonly record struct TierRead(int Block, QueryRange Range);
