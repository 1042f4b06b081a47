namespace RemoteStore.Ruler.Notifying;

/// <summary>One Alertmanager. Safe for concurrent use.</summary>
internal interface IAlertmanager : IDisposable
{
    /// <summary>Its address, as metrics and logs name it; without secrets.</summary>
    string Address { get; }

    /// <summary>Sends one batch, in one request.</summary>
    /// <param name="notifications">The batch.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>What became of it, and why it was not taken.</returns>
    /// <exception cref="OperationCanceledException">It was given up.</exception>
    Task<(SendOutcome Outcome, string? Reason)> SendAsync(IReadOnlyList<AlertNotification> notifications, CancellationToken cancellationToken);
}
