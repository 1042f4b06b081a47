using RemoteStore.Model.Labels;
using RemoteStore.Model.Relabeling;

namespace RemoteStore.Ruler.Notifying;

/// <summary>The notifications of one tenant: gives them their last labels and queues them for every Alertmanager. Safe for concurrent use.</summary>
internal sealed class TenantNotifier
{
    private readonly Lock _lock = new(); // the relabeler has scratch, and queues get what one call sends in one piece
    private readonly LabelDefaults _defaults;
    private readonly Relabeler _relabeler;

    public TenantNotifier(IReadOnlyList<KeyValuePair<string, string>> externalLabels, Relabeler relabeler, IReadOnlyList<AlertSender> senders)
    {
        _defaults = new LabelDefaults(externalLabels);
        _relabeler = relabeler;
        Senders = senders;
    }

    /// <summary>One for each Alertmanager.</summary>
    public IReadOnlyList<AlertSender> Senders { get; }

    public void Send(IReadOnlyList<AlertNotification> notifications)
    {
        lock (_lock)
        {
            var kept = new List<AlertNotification>(notifications.Count);
            foreach (AlertNotification notification in notifications)
            {
                if (_relabeler.TryApply(_defaults.AddTo(notification.Labels), out LabelSet labels))
                {
                    kept.Add(notification with { Labels = labels });
                }
            }

            foreach (AlertSender sender in Senders)
            {
                sender.Add(kept);
            }
        }
    }
}
