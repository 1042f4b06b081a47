using RemoteStore.Model;
using RemoteStore.Tsdb.Flushing;
using RemoteStore.Tsdb.Heads;
using RemoteStore.Tsdb.Merging;

namespace RemoteStore.Tsdb.Cutting;

/// <summary>Finds what is to be cut and has it cut, tenant by tenant, oldest range first.</summary>
internal sealed class CutRunner
{
    private const int MaxInputs = 32; // parts read at once for a block; each costs two decoded blocks of rows

    private readonly HeadSet _heads;
    private readonly PartCatalog _catalog;
    private readonly MergeRunner _merges;
    private readonly BlockCutter _cutter;
    private readonly PendingDrops _drops;
    private readonly CutRules _rules;
    private readonly TimeProvider _time;

    public CutRunner(
        TsdbOptions options, HeadSet heads, PartCatalog catalog, MergeRunner merges, BlockCutter cutter, PendingDrops drops, TimeProvider time)
    {
        _heads = heads;
        _catalog = catalog;
        _merges = merges;
        _cutter = cutter;
        _drops = drops;
        _time = time;
        _rules = new CutRules(options, merges.Policy.Ranges);
    }

    /// <summary>Called for a tenant after a round of cuts, with the time before which all of its samples are in blocks; null = nobody asks.</summary>
    public Func<TenantHead, long, CancellationToken, Task>? AfterCut { get; set; }

    /// <summary>Cuts what is to be cut now.</summary>
    /// <exception cref="IOException">A block or the manifest could not be written. Nothing is lost; another call goes on.</exception>
    /// <returns>True when something was cut.</returns>
    public async Task<bool> RunAsync(CutScope scope, CancellationToken cancellationToken)
    {
        bool any = false;
        await _merges.Turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            await _drops.CompleteAsync(cancellationToken).ConfigureAwait(false);
            await SplitAsync(scope, cancellationToken).ConfigureAwait(false);
            foreach (TenantHead head in _heads.All.OrderBy(static head => head.Tenant))
            {
                if (await CutTenantAsync(head, scope, cancellationToken).ConfigureAwait(false))
                {
                    await _drops.CompleteAsync(cancellationToken).ConfigureAwait(false);
                    await FinishAsync(head, scope, cancellationToken).ConfigureAwait(false);
                    any = true;
                }
            }

            return any;
        }
        finally
        {
            _merges.Turn.Release();
        }
    }

    /// <summary>Splits parts that lie in several ranges when a tenant has something in them that is to be cut.</summary>
    private async Task SplitAsync(CutScope scope, CancellationToken cancellationToken)
    {
        DateTimeOffset now = _time.GetUtcNow();
        Dictionary<TenantId, long> over = _heads.All.ToDictionary(static head => head.Tenant, head => _rules.OverBefore(head.Ages, now, scope));
        LivePart[] wide =
        [
            .. _merges.Candidates.Where(part =>
                !_merges.Policy.IsInOneRange(part.Info)
                && _rules.IsRipe(0, part.GatheredSinceMs, now, scope)
                && part.Reader.Tenants.Any(tenant => part.Holds(tenant) && part.Reader.ExtentOf(tenant)?.MinTime < over.GetValueOrDefault(tenant, long.MinValue))),
        ];
        await _merges.SplitAsync(wide, cancellationToken).ConfigureAwait(false);
    }

    private async Task<bool> CutTenantAsync(TenantHead head, CutScope scope, CancellationToken cancellationToken)
    {
        DateTimeOffset now = _time.GetUtcNow();
        long over = _rules.OverBefore(head.Ages, now, scope);
        bool any = false;
        foreach ((long range, List<LivePart> parts) in PartsOver(head, over))
        {
            long bytes = parts.Sum(part => part.Reader.ExtentOf(head.Tenant)?.SizeBytes ?? 0);
            if (!_rules.IsRipe(bytes, parts.Min(static part => part.GatheredSinceMs), now, scope))
            {
                continue;
            }

            List<LivePart> inputs = parts;
            while (inputs.Count > MaxInputs)
            {
                int before = inputs.Count;
                await _merges.SplitAsync(inputs, cancellationToken).ConfigureAwait(false);
                inputs = PartsOver(head, over).Where(group => group.Range == range).Select(static group => group.Parts).FirstOrDefault([]);
                if (inputs.Count >= before)
                {
                    break; // parts as large as the limit; there are few of those
                }
            }

            await _cutter.CutAsync(head, range, inputs, cancellationToken).ConfigureAwait(false);
            any = true;
        }

        return any;
    }

    /// <summary>The tenant's parts in ranges before a time, by range, oldest first.</summary>
    private (long Range, List<LivePart> Parts)[] PartsOver(TenantHead head, long overBefore) =>
    [
        .. _merges.Candidates
            .Where(part => _merges.Policy.IsInOneRange(part.Info) && part.Info.MaxTime < overBefore && part.Holds(head.Tenant))
            .GroupBy(part => _merges.Policy.Ranges.NumberOf(part.Info.MinTime))
            .OrderBy(static group => group.Key)
            .Select(static group => (group.Key, group.ToList())),
    ];

    private async Task FinishAsync(TenantHead head, CutScope scope, CancellationToken cancellationToken)
    {
        if (AfterCut is not { } afterCut)
        {
            return;
        }

        long inBlocks = _rules.OverBefore(head.Ages, _time.GetUtcNow(), scope);
        foreach (LivePart part in _catalog.Parts.Where(part => part.Holds(head.Tenant)))
        {
            inBlocks = Math.Min(inBlocks, part.Reader.ExtentOf(head.Tenant)?.MinTime ?? long.MaxValue);
        }

        await afterCut(head, inBlocks, cancellationToken).ConfigureAwait(false);
    }
}
