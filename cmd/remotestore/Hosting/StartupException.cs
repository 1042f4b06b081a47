namespace RemoteStore.Server.Hosting;

/// <summary>The process cannot start, for a reason that its operator can change. The message is all that is printed.</summary>
internal sealed class StartupException : Exception
{
    /// <summary>Creates the exception.</summary>
    public StartupException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
