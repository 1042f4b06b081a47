using RemoteStore.Storage.Administration;

namespace RemoteStore.Tsdb;

/// <summary>What was found corrupt since the start and set aside. Safe for concurrent use.</summary>
internal sealed class QuarantineLog(LossLog losses, TimeProvider time)
{
    private readonly List<QuarantinedPart> _entries = [];
    private readonly Lock _lock = new(); // guards _entries

    /// <summary>What was lost with it, now and before the start.</summary>
    public LossLog Losses => losses;

    /// <summary>Entries, oldest first.</summary>
    public IReadOnlyList<QuarantinedPart> Entries
    {
        get
        {
            lock (_lock)
            {
                return [.. _entries];
            }
        }
    }

    /// <summary>Adds one.</summary>
    public void Note(string name, string movedTo, string why)
    {
        lock (_lock)
        {
            _entries.Add(new QuarantinedPart(name, movedTo, why, time.GetUtcNow().ToUnixTimeMilliseconds()));
        }
    }
}
