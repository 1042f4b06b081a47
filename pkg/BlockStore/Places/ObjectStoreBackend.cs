namespace RemoteStore.BlockStore.Places;

/// <summary>What holds objects.</summary>
public enum ObjectStoreBackend
{
    /// <summary>A directory.</summary>
    FileSystem,

    /// <summary>Memory: gone with the process.</summary>
    Memory,

    /// <summary>A bucket of an S3-compatible store.</summary>
    S3,
}
