namespace RemoteStore.Server.Roles;

/// <summary>Makes the roles that <c>-target</c> names.</summary>
internal static class RoleFactory
{
    /// <summary>Roles in order of start.</summary>
    public static IReadOnlyList<IRole> Create(RoleContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return [];
    }
}
