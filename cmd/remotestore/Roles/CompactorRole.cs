using System.Security.Cryptography;
using RemoteStore.Blocks.Format;
using RemoteStore.Blocks.Local;
using RemoteStore.BlockStore.Deletions;
using RemoteStore.Compactor;
using RemoteStore.Model;
using RemoteStore.Server.Hosting;
using RemoteStore.Server.Roles.Buckets;
using RemoteStore.Storage.Querying;
using IQueryable = RemoteStore.Storage.Querying.IQueryable;

namespace RemoteStore.Server.Roles;

/// <summary>Keeps the blocks in the bucket in order, in the background. Started behind the store.</summary>
internal sealed class CompactorRole : IRole
{
    private readonly CompactorService _compactor;

    /// <summary>Prepares the compactor.</summary>
    /// <param name="context">The process.</param>
    /// <param name="bucket">Where the blocks are.</param>
    /// <param name="local">The local store, whose views tell what it holds.</param>
    /// <param name="deletions">Requests to delete series.</param>
    public CompactorRole(RoleContext context, BucketStorage bucket, IQueryable local, IDeletionJobs deletions)
    {
        var compaction = new CompactorContext
        {
            Options = context.Options.Compactor with
            {
                WorkDirectory = Path.Combine(context.Options.Storage.DataDirectory, context.Options.Compactor.WorkDirectory),
            },
            Bucket = bucket.For("compactor"),
            UpdateIndex = bucket.Updater.UpdateAsync,
            Deletions = deletions,
            LocalHoldings = (tenant, range, stop) => HoldingsAsync(local, tenant, range, stop),
            Files = context.Files,
            Failpoints = context.Failpoints,
            Metrics = new CompactorMetrics(context.Metrics),
            Logger = context.Loggers.CreateLogger<CompactorService>(),
            Time = context.Time,
            Random = new Random(RandomNumberGenerator.GetInt32(int.MaxValue)),
        };
        _compactor = new CompactorService(compaction, context.Limits);
    }

    /// <summary>Asks for a round soon.</summary>
    public void Wake() => _compactor.Wake();

    /// <summary>Has a block that a query found damaged set aside soon.</summary>
    public void Examine(BlockMeta block) => _compactor.Examine(block.Tenant, block.Id);

    /// <inheritdoc/>
    public void Map(IEndpointRouteBuilder endpoints)
    {
        // Its state is told by metrics, and by marks in the status of the object store.
    }

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        try
        {
            _compactor.Start();
            return Task.CompletedTask;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StartupException($"the compactor's folder in the data directory cannot be used: {e.Message}", e);
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _compactor.DisposeAsync();

    private static async ValueTask<LocalHoldings> HoldingsAsync(IQueryable local, TenantId tenant, QueryRange range, CancellationToken cancellationToken)
    {
        await using IQuerier view = await local.OpenQuerierAsync(tenant, range, cancellationToken);
        return view is ILocalView held ? held.Holdings : new LocalHoldings(new HashSet<BlockId>(), [range]);
    }
}
