using RemoteStore.Server.Roles.Buckets;

namespace RemoteStore.Server.Roles;

/// <summary>Makes the roles that <c>-target</c> names.</summary>
internal static class RoleFactory
{
    /// <summary>Roles in order of start. The option's validation admits no target but <c>all</c>.</summary>
    /// <exception cref="Hosting.StartupException">A role cannot be made of the options.</exception>
    public static IReadOnlyList<IRole> Create(RoleContext context)
    {
        var limits = new TenantLimitsRole(context);
        context = context with { Limits = limits.Limits };
        var bucket = new BucketStorage(context);
        var store = new StoreRole(context, bucket);
        var ruler = new RulerRole(context, store.Access, bucket.For("ruler"));
        store.Rules = ruler.Directory;
        var handover = new HandoverRole(context, bucket, store.LocalBlocks, store.Uploads);
        var compactor = new CompactorRole(context, bucket, store.Local, store.Deletions);
        store.RemoveDeleted = _ => compactor.Wake();
        store.BlockDamaged = compactor.Examine;
        limits.Changed = tenant =>
        {
            store.ForgetAnswers(tenant);
            compactor.Wake();
        };
        return [limits, bucket, store, handover, compactor, new DownsamplerRole(context, bucket, store.Deletions), ruler];
    }
}
