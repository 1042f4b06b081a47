namespace RemoteStore.Server.Options;

/// <summary>How long data is kept.</summary>
internal sealed record RetentionOptions
{
    /// <summary>Raw samples older than this are removed and refused; zero keeps them for ever.</summary>
    public TimeSpan Raw { get; init; } = TimeSpan.Zero;
}
