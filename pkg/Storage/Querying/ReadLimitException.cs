namespace RemoteStore.Storage.Querying;

/// <summary>
/// A read that would cost more than a query may. No fault of the store and no gap: it is not tried again without what was too much. The message names the
/// option and its value. HTTP 422.
/// </summary>
public sealed class ReadLimitException : Exception
{
    /// <summary>Creates the exception.</summary>
    public ReadLimitException(string message)
        : base(message)
    {
    }
}
