namespace RemoteStore.PromQL.Execution;

/// <summary>
/// How many tasks the queries of an engine may have running beside their own. What is taken is not waited for: a query that gets nothing computes alone.
/// Safe for concurrent use.
/// </summary>
internal sealed class WorkerBudget
{
    private int _taken;

    /// <summary>Takes up to <paramref name="wanted"/> tasks, as many as are left of <paramref name="limit"/>.</summary>
    /// <returns>How many were taken; give them back with <see cref="Return"/>.</returns>
    public int Take(int wanted, int limit)
    {
        int seen = Volatile.Read(ref _taken);
        while (true)
        {
            int granted = Math.Min(wanted, limit - seen);
            if (granted <= 0)
            {
                return 0;
            }

            int before = Interlocked.CompareExchange(ref _taken, seen + granted, seen);
            if (before == seen)
            {
                return granted;
            }

            seen = before;
        }
    }

    /// <summary>Gives tasks back.</summary>
    public void Return(int count) => Interlocked.Add(ref _taken, -count);
}
