namespace RemoteStore.BlockStore.Uploading;

/// <summary>What waits to be uploaded.</summary>
/// <param name="Blocks">Blocks.</param>
/// <param name="SizeBytes">Bytes of their files.</param>
/// <param name="OldestMs">When the oldest of them was cut, milliseconds since the Unix epoch; null when none waits.</param>
/// <param name="Failure">Why the bucket took no uploads at the last try; null when it did.</param>
public sealed record UploadQueue(int Blocks, long SizeBytes, long? OldestMs, string? Failure)
{
    /// <summary>Nothing waits.</summary>
    public static UploadQueue Empty { get; } = new(0, 0, null, null);
}
