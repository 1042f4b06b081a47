using System.Runtime.InteropServices;

namespace RemoteStore.Server.Hosting;

/// <summary>Turns SIGTERM and SIGINT into a cancelled token. A second SIGINT ends the process at once: someone is waiting at a keyboard.</summary>
internal sealed class StopSignals : IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly PosixSignalRegistration[] _registrations;

    /// <summary>Starts to listen.</summary>
    public StopSignals()
    {
        _registrations =
        [
            PosixSignalRegistration.Create(PosixSignal.SIGTERM, OnSignal),
            PosixSignalRegistration.Create(PosixSignal.SIGINT, OnSignal),
            PosixSignalRegistration.Create(PosixSignal.SIGQUIT, OnSignal),
        ];
    }

    /// <summary>Cancelled by the first signal.</summary>
    public CancellationToken Token => _stop.Token;

    /// <summary>The signal that came, for the log.</summary>
    public string Reason { get; private set; } = "asked to";

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (PosixSignalRegistration registration in _registrations)
        {
            registration.Dispose();
        }

        _stop.Dispose();
    }

    private void OnSignal(PosixSignalContext context)
    {
        context.Cancel = !_stop.IsCancellationRequested || context.Signal != PosixSignal.SIGINT;
        if (!_stop.IsCancellationRequested)
        {
            Reason = context.Signal.ToString();
            _stop.Cancel();
        }
    }
}
