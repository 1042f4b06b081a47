using RemoteStore.Tsdb.Heads;
using RemoteStore.Tsdb.Memtables;

namespace RemoteStore.Tsdb.Eviction;

/// <summary>The lowest number of a row that a tenant has in memtables or parts.</summary>
internal static class EvictionFloor
{
    /// <summary>
    /// Looks at memtables first, at parts second: a row on its way from the one to the other is seen at least once. Rows that come later are numbered
    /// higher, so the floor stays true.
    /// </summary>
    /// <param name="head">The tenant.</param>
    /// <param name="lowestInParts">
    /// Asked after the memtables: the lowest row in the live parts from which the tenant is not dropped, <see cref="long.MaxValue"/> when there is none,
    /// -1 when one of them is from before the start of the process.
    /// </param>
    public static long Of(TenantHead head, Func<long> lowestInParts)
    {
        long floor;
        lock (head.Lock)
        {
            floor = head.Active.FirstRow;
            foreach (Memtable memtable in head.MemtablesWithRows())
            {
                floor = Math.Min(floor, memtable.FirstRow);
            }
        }

        return Math.Min(floor, lowestInParts());
    }
}
