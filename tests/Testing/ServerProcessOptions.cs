namespace RemoteStore.Testing;

/// <summary>How a test wants its server.</summary>
public sealed record ServerProcessOptions
{
    /// <summary>The data directory; null makes a temporary one, removed with the process.</summary>
    public string? DataDirectory { get; init; }

    /// <summary>Port of the HTTP listener; 0 takes a free one.</summary>
    public int Port { get; init; }

    /// <summary>Further arguments, such as <c>--storage.flush-interval=300ms</c>.</summary>
    public IReadOnlyList<string> Arguments { get; init; } = [];

    /// <summary>The value of <c>REMOTESTORE_FAILPOINTS</c>; null arms nothing.</summary>
    public string? Failpoints { get; init; }

    /// <summary>How long until <c>/-/ready</c> must answer.</summary>
    public TimeSpan ReadyWithin { get; init; } = TimeSpan.FromSeconds(60);
}
