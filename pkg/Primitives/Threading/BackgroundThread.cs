using System.Collections.Concurrent;
using System.Runtime.InteropServices;

namespace RemoteStore.Primitives.Threading;

/// <summary>
/// A thread for long CPU-bound work that must not delay requests: it asks the scheduler for less than an ordinary share. .NET's thread priorities do
/// nothing on Linux, so the thread sets its own nice value there; elsewhere it runs at the platform's "below normal".
/// </summary>
public sealed partial class BackgroundThread : IDisposable
{
    private readonly BlockingCollection<Action> _work = [];
    private readonly Thread _thread;
    private readonly int _niceness;

    /// <summary>Starts the thread.</summary>
    /// <param name="name">Its name, for debuggers and <c>ps</c>.</param>
    /// <param name="niceness">0 (as others) to 19 (only what is left over); each step takes a fifth of the share.</param>
    public BackgroundThread(string name, int niceness)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(niceness);
        _niceness = niceness;
        _thread = new Thread(Run) { IsBackground = true, Name = name, Priority = ThreadPriority.BelowNormal };
        _thread.Start();
    }

    /// <summary>Runs the work on the thread, after what was asked for before.</summary>
    /// <returns>Completes with the work's result or exception.</returns>
    public Task<T> RunAsync<T>(Func<T> work)
    {
        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        _work.Add(() =>
        {
            try
            {
                done.SetResult(work());
            }
            catch (Exception e)
            {
                done.SetException(e);
            }
        });
        return done.Task;
    }

    /// <summary>Lets the thread end when it has done what was asked for; does not wait for it.</summary>
    public void Dispose() => _work.CompleteAdding();

    private void Run()
    {
        if (OperatingSystem.IsLinux())
        {
            _ = SetPriority(which: 0, who: 0, _niceness); // on Linux "process 0" is the calling thread; a refusal only costs the courtesy
        }

        foreach (Action work in _work.GetConsumingEnumerable())
        {
            work();
        }
    }

    [LibraryImport("libc", EntryPoint = "setpriority")]
    private static partial int SetPriority(int which, int who, int priority);
}
