namespace RemoteStore.Storage;

/// <summary>The store cannot serve now but will later: replay, a failed log, a full disk, shutdown. HTTP 503 with <c>Retry-After</c>.</summary>
public sealed class StorageUnavailableException : IOException
{
    /// <summary>Creates the exception.</summary>
    public StorageUnavailableException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
