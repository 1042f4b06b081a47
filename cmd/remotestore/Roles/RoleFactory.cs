namespace RemoteStore.Server.Roles;

/// <summary>Makes the roles that <c>-target</c> names.</summary>
internal static class RoleFactory
{
    /// <summary>Roles in order of start. The option's validation admits no target but <c>all</c>.</summary>
    public static IReadOnlyList<IRole> Create(RoleContext context) => [new StoreRole(context)];
}
