using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using RemoteStore.Model;

namespace RemoteStore.Ruler.Scheduling;

/// <summary>
/// When a group is evaluated: at multiples of its interval, shifted by a hash of its name, so that groups spread over the interval and each keeps its times from
/// start to start.
/// </summary>
internal sealed class GroupSlots
{
    private readonly long _intervalMs;
    private readonly long _offsetMs;

    /// <summary>The times of a group.</summary>
    public GroupSlots(TenantId tenant, GroupKey key, TimeSpan interval)
    {
        _intervalMs = Math.Max(1, (long)interval.TotalMilliseconds);
        byte[] hash = SHA256.HashData(Encoding.UTF8.GetBytes($"{tenant}\n{key.File}\n{key.Name}"));
        _offsetMs = (long)(BinaryPrimitives.ReadUInt64BigEndian(hash) % (ulong)_intervalMs);
    }

    /// <summary>The first time after one.</summary>
    /// <param name="timeMs">Milliseconds since the Unix epoch.</param>
    public long After(long timeMs)
    {
        long rest = (timeMs - _offsetMs) % _intervalMs;
        return timeMs - (rest < 0 ? rest + _intervalMs : rest) + _intervalMs;
    }

    /// <summary>The time for the next evaluation.</summary>
    /// <param name="lastMs">Time of the last one.</param>
    /// <param name="nowMs">By the clock.</param>
    /// <param name="missed">Times between that have passed by.</param>
    public long Next(long lastMs, long nowMs, out long missed)
    {
        missed = 0;
        if (nowMs < lastMs - _intervalMs)
        {
            return After(nowMs); // the clock was set back
        }

        missed = Math.Max(0, ((nowMs - lastMs) / _intervalMs) - 1);
        return lastMs + ((missed + 1) * _intervalMs);
    }
}
