using RemoteStore.Model.Labels;
using RemoteStore.Ruler.Evaluation;
using RemoteStore.Ruler.Files;

namespace RemoteStore.Ruler.Scheduling;

/// <summary>The groups of a tenant that are evaluated. Changes take turns; what is there may be read meanwhile.</summary>
internal sealed class TenantGroups : IAsyncDisposable
{
    private readonly TenantContext _context;
    private readonly SemaphoreSlim _changing = new(1, 1);
    private readonly CancellationTokenSource _closing = new();
    private readonly List<Task> _endings = [];
    private Dictionary<GroupKey, GroupRunner> _runners = []; // replaced, never changed, so that readers need no lock

    public TenantGroups(TenantContext context) => _context = context;

    /// <summary>All groups, by file, then name.</summary>
    public IReadOnlyList<GroupStatus> Groups =>
        [.. _runners.Values.OrderBy(static r => r.Key.File, StringComparer.Ordinal).ThenBy(static r => r.Key.Name, StringComparer.Ordinal).Select(static r => r.Status)];

    /// <summary>Replaces the groups of one origin. Groups that are the same go on as if nothing had happened.</summary>
    /// <param name="origin">Where they come from.</param>
    /// <param name="groups">All that there are now.</param>
    /// <param name="restore">True when alerts may have been active before a restart.</param>
    public async Task ReplaceAsync(RuleOrigin origin, IReadOnlyList<RuleGroup> groups, bool restore)
    {
        await _changing.WaitAsync(_closing.Token);
        try
        {
            var next = _runners.Where(runner => runner.Key.Origin != origin).ToDictionary();
            var replaced = new List<(GroupRunner? Old, GroupRunner New)>();
            int added = 0;
            foreach (RuleGroup group in groups)
            {
                GroupKey key = GroupKey.Of(origin, group);
                GroupRunner? known = _runners.GetValueOrDefault(key);
                if (known is not null && GroupComparison.AreSame(known.Evaluator.Group, group))
                {
                    next[key] = known;
                    continue;
                }

                added += known is null ? 1 : 0;
                var runner = new GroupRunner(key, group, _context, restore && known is null);
                next[key] = runner;
                replaced.Add((known, runner));
            }

            GroupRunner[] removed = [.. _runners.Values.Where(runner => !next.ContainsKey(runner.Key))];
            await Task.WhenAll(replaced.Select(static pair => pair.Old?.StopAsync() ?? Task.CompletedTask)
                .Concat(removed.Select(static runner => runner.StopAsync())));
            foreach ((GroupRunner? old, GroupRunner runner) in replaced)
            {
                if (old is not null)
                {
                    runner.TakeOver(old);
                    await old.DisposeAsync();
                }
            }

            _runners = next;
            foreach ((_, GroupRunner runner) in replaced)
            {
                runner.Start();
            }

            foreach (GroupRunner runner in removed)
            {
                runner.RemoveMetrics();
                _endings.Add(EndSeriesAsync(runner));
            }

            _ = _endings.RemoveAll(static ending => ending.IsCompleted);
            if (replaced.Count + removed.Length > 0)
            {
                _context.Logger.RulesChanged(_context.Environment.Tenant.Name, origin, groups.Count, added, replaced.Count - added, removed.Length);
            }
        }
        finally
        {
            _changing.Release();
        }
    }

    /// <summary>Ends all evaluations. Series do not end: the next process goes on with them.</summary>
    public async ValueTask DisposeAsync()
    {
        await _changing.WaitAsync(CancellationToken.None);
        await _closing.CancelAsync(); // whoever waits for a turn now gets none
        await Task.WhenAll(_runners.Values.Select(static runner => runner.DisposeAsync().AsTask()).Concat(_endings));
        _closing.Dispose();
    }

    /// <summary>
    /// Ends the series of a group that is gone, as of now but not before rules that moved elsewhere had time to write them there; those live on.
    /// </summary>
    private async Task EndSeriesAsync(GroupRunner removed)
    {
        TimeProvider time = _context.Environment.Time;
        long removedAtMs = time.GetUtcNow().ToUnixTimeMilliseconds();
        try
        {
            await Task.Delay(TimeSpan.FromMilliseconds(Math.Min(2 * removed.Interval.TotalMilliseconds, int.MaxValue)), time, _closing.Token);
            var written = _runners.Values.SelectMany(static runner => runner.Evaluator.Rules).SelectMany(static rule => rule.Written).ToHashSet();
            foreach (RuleState rule in removed.Evaluator.Rules)
            {
                rule.Wrote([.. rule.Written.Where((LabelSet labels) => !written.Contains(labels))]);
            }

            removed.Evaluator.EndAllSeries();
            await removed.Evaluator.EndSeriesAsync(removedAtMs, _closing.Token);
        }
        catch (Exception) when (_closing.IsCancellationRequested)
        {
            // The series end when nothing was written to them for the lookback delta.
        }
        catch (Exception e)
        {
            _context.Logger.EndingSeriesFailed(_context.Environment.Tenant.Name, removed.Key.File, removed.Key.Name, e.Message);
        }

        await removed.DisposeAsync();
    }
}
