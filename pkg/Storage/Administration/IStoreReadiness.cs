namespace RemoteStore.Storage.Administration;

/// <summary>Whether a store takes writes and queries. Safe for concurrent use, cheap enough for each request.</summary>
public interface IStoreReadiness
{
    /// <summary>The phase now.</summary>
    StorePhase Phase { get; }
}

/// <summary>Life of a store. Only <see cref="Ready"/> serves; the other two answer 503.</summary>
public enum StorePhase
{
    /// <summary>Loading and replaying.</summary>
    Starting,

    /// <summary>Serving.</summary>
    Ready,

    /// <summary>Draining for shutdown.</summary>
    Stopping,
}
