using System.Diagnostics;

namespace RemoteStore.CompatTests.Peers;

/// <summary>Waits for a condition of a process that offers no event to wait for.</summary>
internal static class Until
{
    public static async Task TrueAsync(string what, TimeSpan within, Func<Task<bool>> condition, Func<string> state, CancellationToken cancellationToken)
    {
        long started = Stopwatch.GetTimestamp();
        while (!await condition())
        {
            if (Stopwatch.GetElapsedTime(started) > within)
            {
                throw new TimeoutException($"waited {within} until {what}; state:\n{state()}");
            }

            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, cancellationToken);
        }
    }
}
