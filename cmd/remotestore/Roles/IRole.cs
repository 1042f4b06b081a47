namespace RemoteStore.Server.Roles;

/// <summary>A part that this process plays. The host starts roles in order and disposes them in reverse.</summary>
internal interface IRole : IAsyncDisposable
{
    /// <summary>Adds the role's endpoints. Called once, before anything is served; until all roles are started the host answers 503 for them.</summary>
    void Map(IEndpointRouteBuilder endpoints);

    /// <summary>Loads what the role needs; completes when it can serve.</summary>
    Task StartAsync(CancellationToken cancellationToken);
}
