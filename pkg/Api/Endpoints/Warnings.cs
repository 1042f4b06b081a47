namespace RemoteStore.Api.Endpoints;

/// <summary>Warnings that clients know by their text.</summary>
internal static class Warnings
{
    /// <summary>A limit of the request left some results out.</summary>
    public const string Truncated = "results truncated due to limit";
}
