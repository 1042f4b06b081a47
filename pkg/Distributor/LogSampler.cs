namespace RemoteStore.Distributor;

/// <summary>Lets one log line through per interval and counts the others. Safe for concurrent use.</summary>
internal sealed class LogSampler(TimeProvider time, TimeSpan interval)
{
    private readonly Lock _lock = new(); // guards the fields below
    private bool _any;
    private long _last;
    private long _suppressed;

    /// <summary>True when a line may be written now.</summary>
    /// <param name="suppressed">Lines held back since the last one that was let through.</param>
    public bool TryTake(out long suppressed)
    {
        lock (_lock)
        {
            long now = time.GetTimestamp();
            if (_any && time.GetElapsedTime(_last, now) < interval)
            {
                _suppressed++;
                suppressed = 0;
                return false;
            }

            _any = true;
            _last = now;
            suppressed = _suppressed;
            _suppressed = 0;
            return true;
        }
    }
}
