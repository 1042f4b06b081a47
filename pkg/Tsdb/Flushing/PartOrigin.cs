using RemoteStore.Model;

namespace RemoteStore.Tsdb.Flushing;

/// <summary>Where the rows of a part come from. Known to this process only; not durable.</summary>
/// <param name="GatheredSinceMs">When the oldest of its rows was flushed from memory, or the start of the process; milliseconds since the Unix epoch.</param>
/// <param name="FirstRows">Lowest row number of each tenant's rows; rows from before the start have none.</param>
internal sealed record PartOrigin(long GatheredSinceMs, IReadOnlyDictionary<TenantId, long> FirstRows)
{
    private static readonly Dictionary<TenantId, long> s_unknown = [];

    /// <summary>Of a part that was there at the start.</summary>
    public static PartOrigin BeforeStart(long sinceMs) => new(sinceMs, s_unknown);

    /// <summary>Of a flush.</summary>
    public static PartOrigin OfFlush(long nowMs, IEnumerable<FrozenHead> heads) => new(
        nowMs,
        heads.ToDictionary(
            static head => head.Head.Tenant, static head => head.Memtables.Min(static memtable => memtable.FirstRow)));

    /// <summary>Of parts made from others.</summary>
    public static PartOrigin OfMerge(IReadOnlyCollection<LivePart> inputs)
    {
        var firstRows = new Dictionary<TenantId, long>();
        foreach (LivePart input in inputs)
        {
            foreach (TenantId tenant in input.Reader.Tenants)
            {
                if (input.Holds(tenant))
                {
                    firstRows[tenant] = Math.Min(input.FirstRow(tenant), firstRows.GetValueOrDefault(tenant, long.MaxValue));
                }
            }
        }

        return new(inputs.Min(static input => input.GatheredSinceMs), firstRows);
    }
}
