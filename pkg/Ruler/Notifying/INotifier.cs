using RemoteStore.Model;

namespace RemoteStore.Ruler.Notifying;

/// <summary>Tells alerts to those who tell people. Safe for concurrent use.</summary>
public interface INotifier
{
    /// <summary>Queues notifications and returns at once.</summary>
    /// <param name="tenant">Whose alerts.</param>
    /// <param name="notifications">In the order in which they are to arrive.</param>
    void Send(TenantId tenant, IReadOnlyList<AlertNotification> notifications);
}
