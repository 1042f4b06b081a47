namespace RemoteStore.Server.Hosting;

/// <summary>What the process exits with.</summary>
internal static class ExitCodes
{
    /// <summary>Stopped when asked to, everything is on disk; or help was printed.</summary>
    public const int Success = 0;

    /// <summary>Could not start, or could not stop cleanly; the reason was printed.</summary>
    public const int Failure = 1;
}
