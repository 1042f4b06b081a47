namespace RemoteStore.Server.Roles;

/// <summary>A role that takes changes while it runs.</summary>
internal interface IReloadable
{
    /// <summary>Takes what has changed, as SIGHUP and <c>/-/reload</c> ask for. What has faults changes nothing.</summary>
    /// <returns>All faults; empty when everything is in force.</returns>
    Task<IReadOnlyList<string>> ReloadAsync();
}
