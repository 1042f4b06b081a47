using RemoteStore.Model;
using RemoteStore.Ruler.Evaluation;
using RemoteStore.Ruler.Files;

namespace RemoteStore.Ruler.Scheduling;

/// <summary>Evaluates one group at its times, from <see cref="Start"/> to <see cref="StopAsync"/>. One evaluation at a time.</summary>
internal sealed class GroupRunner : IAsyncDisposable
{
    private readonly TenantContext _context;
    private readonly GroupSlots _slots;
    private readonly GroupRestoration? _restoration;
    private readonly IReadOnlyList<IReadOnlyList<int>> _steps;
    private readonly RulerMetrics.Group _metrics;
    private readonly CancellationTokenSource _stop = new();
    private readonly CancellationTokenSource _abort = new();
    private volatile Evaluation _last = new(0, TimeSpan.Zero);
    private Task _loop = Task.CompletedTask;

    /// <summary>Creates a runner.</summary>
    /// <param name="key">What the group is called.</param>
    /// <param name="group">The group.</param>
    /// <param name="context">What surrounds it.</param>
    /// <param name="restore">True when alerts may have been active before a restart.</param>
    public GroupRunner(GroupKey key, RuleGroup group, TenantContext context, bool restore)
    {
        Key = key;
        _context = context;
        Interval = group.Interval ?? context.Options.EvaluationInterval;
        Evaluator = new GroupEvaluator(group, context.Environment, restore);
        _slots = new GroupSlots(Tenant, key, Interval);
        _restoration = restore && Evaluator.AlertingRules.Any() ? new GroupRestoration(Evaluator, context) : null;
        _steps = RuleDependencies.Steps(group.Rules, context.Options.ConcurrentRules);
        _metrics = context.Metrics.For(Tenant, key);
    }

    /// <summary>What the group is called.</summary>
    public GroupKey Key { get; }

    /// <summary>How often it is evaluated.</summary>
    public TimeSpan Interval { get; }

    /// <summary>State of its rules.</summary>
    public GroupEvaluator Evaluator { get; }

    /// <summary>The group as it is now.</summary>
    public GroupStatus Status => new(Evaluator.Group, Key.Origin, Interval, Evaluator.Rules, _last.StartedAtMs, _last.Time);

    private TenantId Tenant => _context.Environment.Tenant;

    private long NowMs => _context.Environment.Time.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>Goes on where an earlier configuration of the group is; its runner has stopped.</summary>
    public void TakeOver(GroupRunner earlier)
    {
        Evaluator.TakeOver(earlier.Evaluator);
        _last = earlier._last;
    }

    /// <summary>Begins to evaluate.</summary>
    public void Start()
    {
        _metrics.Starts(Interval, Evaluator.Rules.Count);
        _loop = Task.Run(RunAsync);
    }

    /// <summary>Ends after the rule under way.</summary>
    public async Task StopAsync()
    {
        await _stop.CancelAsync();
        await _loop;
    }

    /// <summary>Ends at once, if <see cref="StopAsync"/> did not before.</summary>
    public async ValueTask DisposeAsync()
    {
        await _abort.CancelAsync();
        await StopAsync();
        _stop.Dispose();
        _abort.Dispose();
    }

    /// <summary>The group is no longer configured: its metrics go.</summary>
    public void RemoveMetrics() => _metrics.Remove();

    private async Task RunAsync()
    {
        try
        {
            long slotMs = await WaitAsync(_slots.After(NowMs));
            while (true)
            {
                await EvaluateAsync(slotMs);
                long next = _slots.Next(slotMs, NowMs, out long missed);
                if (missed > 0)
                {
                    _metrics.Missed(missed);
                    _context.Logger.EvaluationsMissed(Tenant.Name, Key.File, Key.Name, missed);
                }

                slotMs = await WaitAsync(next);
            }
        }
        catch (Exception e) when (_abort.IsCancellationRequested || (e is OperationCanceledException && _stop.IsCancellationRequested))
        {
            // Asked to end.
        }
        catch (Exception e)
        {
            _context.Logger.GroupCrashed(Tenant.Name, Key.File, Key.Name, e);
        }
    }

    /// <summary>Waits for a time, or for another one when the clock is set back meanwhile; returns which.</summary>
    private async Task<long> WaitAsync(long slotMs)
    {
        while (true)
        {
            _stop.Token.ThrowIfCancellationRequested();
            long leftMs = slotMs - NowMs;
            if (leftMs <= 0)
            {
                return slotMs;
            }

            if (leftMs > 2 * Interval.TotalMilliseconds)
            {
                slotMs = _slots.After(NowMs);
            }
            else
            {
                await Task.Delay(TimeSpan.FromMilliseconds(Math.Min(leftMs, int.MaxValue)), _context.Environment.Time, _stop.Token);
            }
        }
    }

    private async Task EvaluateAsync(long slotMs)
    {
        long startedAtMs = NowMs;
        long started = _context.Environment.Time.GetTimestamp();
        long samples = 0;
        foreach (IReadOnlyList<int> step in _steps)
        {
            _stop.Token.ThrowIfCancellationRequested();
            long[] counts = step.Count == 1
                ? [await EvaluateRuleAsync(Evaluator.Rules[step[0]], slotMs)]
                : await Task.WhenAll(step.Select(rule => EvaluateRuleAsync(Evaluator.Rules[rule], slotMs)));
            samples += counts.Sum();
        }

        await Evaluator.EndSeriesAsync(slotMs, _abort.Token);
        if (_restoration is { IsOver: false })
        {
            long began = _context.Environment.Time.GetTimestamp();
            await _restoration.ContinueAsync(_abort.Token);
            _metrics.Restored(_context.Environment.Time.GetElapsedTime(began));
        }

        TimeSpan time = _context.Environment.Time.GetElapsedTime(started);
        _last = new Evaluation(startedAtMs, time);
        _metrics.Evaluated(startedAtMs, time, samples);
    }

    private async Task<long> EvaluateRuleAsync(RuleState rule, long slotMs)
    {
        await _context.Turns.WaitAsync(_abort.Token);
        try
        {
            return await Evaluator.EvaluateAsync(rule, slotMs, _abort.Token);
        }
        catch (Exception e) when (!_abort.IsCancellationRequested)
        {
            // A fault of ours in one rule must not end the others.
            _context.Logger.RuleCrashed(Tenant.Name, Key.File, Key.Name, rule.Rule.Name, e);
            rule.Report(new RuleStatus(RuleHealth.Bad, e.Message, NowMs, TimeSpan.Zero, 0));
            return 0;
        }
        finally
        {
            _context.Turns.Release();
            _context.Metrics.RuleEvaluated(rule.Status.Duration);
            _metrics.RuleEvaluated(rule.Status.Health == RuleHealth.Bad);
        }
    }

    private sealed record Evaluation(long StartedAtMs, TimeSpan Time);
}
