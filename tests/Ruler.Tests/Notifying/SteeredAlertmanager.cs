using System.Threading.Channels;
using RemoteStore.Ruler.Notifying;

namespace RemoteStore.Ruler.Tests.Notifying;

/// <summary>An Alertmanager whose answers the test gives: each request waits until <see cref="Answer"/> is called for it.</summary>
internal sealed class SteeredAlertmanager(string address = "http://am") : IAlertmanager
{
    private readonly Channel<(IReadOnlyList<AlertNotification> Batch, TaskCompletionSource<(SendOutcome, string?)> Answer)> _requests =
        Channel.CreateUnbounded<(IReadOnlyList<AlertNotification>, TaskCompletionSource<(SendOutcome, string?)>)>();

    private TaskCompletionSource<(SendOutcome, string?)>? _open;

    public string Address => address;

    public bool Disposed { get; private set; }

    public async Task<(SendOutcome Outcome, string? Reason)> SendAsync(IReadOnlyList<AlertNotification> notifications, CancellationToken cancellationToken)
    {
        var answer = new TaskCompletionSource<(SendOutcome, string?)>(TaskCreationOptions.RunContinuationsAsynchronously);
        await _requests.Writer.WriteAsync((notifications, answer), cancellationToken);
        return await answer.Task.WaitAsync(cancellationToken);
    }

    /// <summary>Names of the alerts of the next request; it stays open until it is answered.</summary>
    public async Task<string[]> NextAsync()
    {
        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        (IReadOnlyList<AlertNotification> batch, _open) = await _requests.Reader.ReadAsync(timeout.Token);
        return [.. batch.Select(static notification => notification.Labels.ToString())];
    }

    public void Answer(SendOutcome outcome) => _open!.SetResult((outcome, outcome == SendOutcome.Delivered ? null : "no"));

    public void Dispose() => Disposed = true;
}
