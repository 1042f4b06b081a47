using RemoteStore.Model;

namespace RemoteStore.Tsdb.Heads;

/// <summary>
/// Notes which UTC days of a tenant changed below the time that readers watch, see <see cref="Storage.Querying.IWriteVersions"/>. An append notes its late rows
/// by their first and last time only, and publishes them once the rows are visible. Changes are counted from 1: the version of a tenant without a head is 0.
/// </summary>
/// <remarks>
/// <see cref="BeforeMs"/>, <see cref="Note"/>, <see cref="Publish"/> and <see cref="Watch"/> are called under the head's lock: an append sees one watched time
/// from beginning to end, and who raises that time afterwards reads what the append has put in.
/// </remarks>
internal sealed class LateWrites
{
    /// <summary>Length of a UTC day in milliseconds.</summary>
    private const long DayMs = 86_400_000;

    // What a backfill of more days than that costs is a cache that starts anew, not memory.
    private const int MaxDays = 4_096;

    private readonly Lock _lock = new(); // guards _days and _allChanged; taken after the head's lock
    private readonly Dictionary<long, long> _days = [];
    private long _allChanged = 1; // with its first write: 0 is the version of a tenant that has nothing
    private long _changes = 1;
    private long _writes;
    private long _beforeMs = long.MinValue;
    private long _firstMs = long.MaxValue;
    private long _lastMs = long.MinValue;

    /// <summary>Rows before this time are late.</summary>
    public long BeforeMs => Volatile.Read(ref _beforeMs);

    /// <summary>Number of changes so far.</summary>
    public long Changes => Volatile.Read(ref _changes);

    /// <summary>Number of appends so far.</summary>
    public long Writes => Volatile.Read(ref _writes);

    /// <summary>Raises the watched time.</summary>
    public void Watch(long beforeMs) => Volatile.Write(ref _beforeMs, Math.Max(_beforeMs, beforeMs));

    /// <summary>Notes a late row of the append under way.</summary>
    public void Note(long timestampMs)
    {
        _firstMs = Math.Min(_firstMs, timestampMs);
        _lastMs = Math.Max(_lastMs, timestampMs);
    }

    /// <summary>Ends an append: its rows are in memory, its acknowledgement is yet to come.</summary>
    public void Publish()
    {
        if (_firstMs <= _lastMs)
        {
            Change(DayOf(_firstMs), DayOf(_lastMs));
            _firstMs = long.MaxValue;
            _lastMs = long.MinValue;
        }

        Volatile.Write(ref _writes, _writes + 1);
    }

    /// <summary>Everything may have changed.</summary>
    public void ChangeAll() => Change(long.MinValue, long.MaxValue);

    /// <summary>True when none of the days that the range touches changed since.</summary>
    public bool IsUnchanged(long since, QueryRange range)
    {
        if (Changes == since || range.IsEmpty)
        {
            return true;
        }

        long first = DayOf(range.MinTime);
        long last = DayOf(range.MaxTime);
        lock (_lock)
        {
            if (_allChanged > since)
            {
                return false;
            }

            if (last - first > _days.Count)
            {
                return !_days.Any(day => day.Key >= first && day.Key <= last && day.Value > since);
            }

            for (long day = first; day <= last; day++)
            {
                if (_days.GetValueOrDefault(day) > since)
                {
                    return false;
                }
            }

            return true;
        }
    }

    private static long DayOf(long timestampMs) => Math.DivRem(timestampMs, DayMs) is var (day, rest) && rest < 0 ? day - 1 : day;

    private void Change(long firstDay, long lastDay)
    {
        lock (_lock)
        {
            long change = _changes + 1;
            if (lastDay > firstDay + MaxDays || lastDay < firstDay || _days.Count > MaxDays)
            {
                _days.Clear();
                _allChanged = change;
            }
            else
            {
                for (long day = firstDay; day <= lastDay; day++)
                {
                    _days[day] = change;
                }
            }

            Volatile.Write(ref _changes, change); // last: who sees it finds the days
        }
    }
}
