using Microsoft.Extensions.Logging;
using RemoteStore.Model;
using RemoteStore.Model.Labels;
using RemoteStore.Model.Relabeling;
using RemoteStore.Telemetry;

namespace RemoteStore.Ruler.Notifying;

/// <summary>Sends alerts to all Alertmanagers. Each tenant has a queue for each of them: one that does not answer holds up nobody else.</summary>
public sealed class Notifier : INotifier, IAsyncDisposable
{
    private readonly AlertmanagerOptions _options;
    private readonly IReadOnlyList<KeyValuePair<string, string>> _externalLabels;
    private readonly IReadOnlyList<RelabelConfig> _relabeling;
    private readonly IReadOnlyList<IAlertmanager> _targets;
    private readonly NotifierMetrics _metrics;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Lock _lock = new(); // guards the fields below
    private readonly Dictionary<TenantId, TenantNotifier> _tenants = [];
    private bool _disposed;

    /// <summary>Creates a notifier.</summary>
    /// <param name="options">Where to send; they are valid.</param>
    /// <param name="externalLabels">Labels that every alert gets which does not have them.</param>
    /// <param name="relabeling">Applied to every alert then; valid.</param>
    /// <param name="registry">Where metrics go.</param>
    /// <param name="time">Clock.</param>
    /// <param name="logger">Where failures go.</param>
    public Notifier(
        AlertmanagerOptions options,
        IReadOnlyList<KeyValuePair<string, string>> externalLabels,
        IReadOnlyList<RelabelConfig> relabeling,
        MetricsRegistry registry,
        TimeProvider time,
        ILogger<Notifier> logger)
        : this(options, [.. options.Targets.Select(url => new HttpAlertmanager(url, options, time))], externalLabels, relabeling, registry, time, logger)
    {
    }

    internal Notifier(
        AlertmanagerOptions options,
        IReadOnlyList<IAlertmanager> targets,
        IReadOnlyList<KeyValuePair<string, string>> externalLabels,
        IReadOnlyList<RelabelConfig> relabeling,
        MetricsRegistry registry,
        TimeProvider time,
        ILogger logger)
    {
        _options = options;
        _targets = targets;
        _externalLabels = externalLabels;
        _relabeling = relabeling;
        _time = time;
        _logger = logger;
        _metrics = new NotifierMetrics(registry);
        _metrics.QueueCapacity.Set(options.QueueCapacity);
        _metrics.Alertmanagers.Set(targets.Count);
        _metrics.WatchQueues(QueueLengths);
    }

    /// <summary>Addresses of the Alertmanagers.</summary>
    public IReadOnlyList<string> Addresses => [.. _targets.Select(static target => target.Address)];

    /// <inheritdoc/>
    public void Send(TenantId tenant, IReadOnlyList<AlertNotification> notifications)
    {
        ArgumentNullException.ThrowIfNull(notifications);
        if (notifications.Count > 0 && _targets.Count > 0)
        {
            For(tenant)?.Send(notifications);
        }
    }

    /// <summary>Sends what waits, as far as it goes within <see cref="AlertmanagerOptions.DrainTimeout"/>.</summary>
    public async ValueTask DisposeAsync()
    {
        TenantNotifier[] tenants;
        lock (_lock)
        {
            if (_disposed)
            {
                return;
            }

            _disposed = true;
            tenants = [.. _tenants.Values];
        }

        using var timeout = new CancellationTokenSource(_options.DrainTimeout, _time);
        AlertSender[] senders = [.. tenants.SelectMany(static tenant => tenant.Senders)];
        await Task.WhenAll(senders.Select(sender => sender.StopAsync(timeout.Token))).ConfigureAwait(false);
        foreach (AlertSender sender in senders)
        {
            await sender.DisposeAsync().ConfigureAwait(false);
        }

        foreach (IAlertmanager target in _targets)
        {
            target.Dispose();
        }
    }

    private TenantNotifier? For(TenantId tenant)
    {
        lock (_lock)
        {
            if (_disposed)
            {
                return null;
            }

            if (!_tenants.TryGetValue(tenant, out TenantNotifier? notifier))
            {
                notifier = new TenantNotifier(
                    _externalLabels,
                    new Relabeler(_relabeling, NameScheme.Utf8),
                    [.. _targets.Select(target => new AlertSender(target, _options, _metrics, _time, _logger))]);
                _tenants.Add(tenant, notifier);
            }

            return notifier;
        }
    }

    private Dictionary<string, int> QueueLengths()
    {
        Dictionary<string, int> lengths = _targets.ToDictionary(static target => target.Address, static _ => 0);
        lock (_lock)
        {
            foreach (TenantNotifier tenant in _tenants.Values)
            {
                for (int i = 0; i < _targets.Count; i++)
                {
                    lengths[_targets[i].Address] += tenant.Senders[i].Waiting;
                }
            }
        }

        return lengths;
    }
}
