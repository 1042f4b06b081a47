using System.Runtime.InteropServices;

namespace RemoteStore.Primitives.Files;

/// <summary>
/// Named places in flush, merge, manifest swap and truncation where a test may stop the process. Code calls
/// <see cref="Hit"/> with a constant name; unless that name was armed nothing happens.
/// </summary>
public sealed partial class Failpoints
{
    /// <summary>Environment variable that arms failpoints: <c>name=kill</c> or <c>name=kill:N</c> (the Nth hit), separated by <c>;</c>.</summary>
    public const string EnvironmentVariable = "REMOTESTORE_FAILPOINTS";

    private readonly Dictionary<string, (int Countdown, Action Fire)> _armed;
    private readonly Lock _lock = new(); // guards _armed countdowns

    private Failpoints(Dictionary<string, (int, Action)> armed) => _armed = armed;

    /// <summary>Nothing is armed.</summary>
    public static Failpoints None { get; } = new([]);

    /// <summary>Parses the environment variable's form; null or empty arms nothing.</summary>
    /// <exception cref="FormatException">An item is not <c>name=kill[:N]</c>.</exception>
    public static Failpoints Parse(string? text)
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            return None;
        }

        var armed = new Dictionary<string, (int, Action)>(StringComparer.Ordinal);
        foreach (string item in text.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            string[] pair = item.Split('=', 2);
            string[] action = pair.Length == 2 ? pair[1].Split(':', 2) : [];
            int hits = 1;
            if (action.Length == 0 || action[0] != "kill" || (action.Length == 2 && !int.TryParse(action[1], out hits)))
            {
                throw new FormatException($"failpoint '{item}' is not of the form name=kill[:N]");
            }

            armed[pair[0]] = (hits, KillSelf);
        }

        return new Failpoints(armed);
    }

    /// <summary>Arms one failpoint with an action of a test's own, fired at the <paramref name="hit"/>th hit.</summary>
    public static Failpoints With(string name, Action fire, int hit = 1) => new(new() { [name] = (hit, fire) });

    /// <summary>Fires the action armed for <paramref name="name"/>, if any.</summary>
    public void Hit(string name)
    {
        if (_armed.Count == 0)
        {
            return;
        }

        Action? fire = null;
        lock (_lock)
        {
            if (_armed.TryGetValue(name, out (int Countdown, Action Fire) point))
            {
                _armed[name] = (point.Countdown - 1, point.Fire);
                fire = point.Countdown == 1 ? point.Fire : null;
            }
        }

        fire?.Invoke();
    }

    private static void KillSelf()
    {
        _ = Kill(Environment.ProcessId, 9);
        new ManualResetEventSlim().Wait(); // SIGKILL arrives asynchronously; nothing may run on meanwhile
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int pid, int signal);
}
