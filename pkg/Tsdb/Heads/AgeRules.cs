using RemoteStore.Model;
using RemoteStore.Model.Writes;

namespace RemoteStore.Tsdb.Heads;

/// <summary>Which timestamps are taken at the moment of one request.</summary>
/// <param name="FloorMs">Samples before it are past the retention.</param>
/// <param name="CeilingMs">Samples after it lie too far in the future.</param>
/// <param name="WindowMs">How far a sample may lie behind the newest of its series.</param>
internal readonly record struct AgeRules(long FloorMs, long CeilingMs, long WindowMs)
{
    /// <summary>Rules of a tenant at a moment of the wall clock.</summary>
    public static AgeRules At(DateTimeOffset now, TsdbOptions options, TenantId tenant)
    {
        long nowMs = now.ToUnixTimeMilliseconds();
        return new(
            FloorOf(nowMs, options.RetentionOf?.Invoke(tenant).Read ?? options.Retention),
            nowMs + (long)options.MaxFuture.TotalMilliseconds,
            (long)options.OutOfOrderWindow.TotalMilliseconds);
    }

    /// <summary>Samples of a tenant before this time are to be removed.</summary>
    public static long KeptFloorMs(DateTimeOffset now, TsdbOptions options, TenantId tenant) =>
        FloorOf(now.ToUnixTimeMilliseconds(), options.RetentionOf?.Invoke(tenant).Kept ?? options.Retention);

    /// <summary>Checks a timestamp on its own and against the newest of its series (<see cref="long.MinValue"/> = none known).</summary>
    public AppendStatus Check(long timestampMs, long newestMs)
    {
        if (timestampMs > CeilingMs)
        {
            return AppendStatus.TooFarInFuture;
        }

        if (timestampMs < FloorMs)
        {
            return AppendStatus.TooOld;
        }

        bool behind = timestampMs < newestMs && unchecked((ulong)(newestMs - timestampMs)) > (ulong)WindowMs;
        return behind && newestMs != long.MinValue ? AppendStatus.OutOfOrder : AppendStatus.Ok;
    }

    private static long FloorOf(long nowMs, TimeSpan retention) => retention > TimeSpan.Zero ? nowMs - (long)retention.TotalMilliseconds : long.MinValue;

    /// <summary>Says why a timestamp was refused.</summary>
    public string Describe(AppendStatus status, long timestampMs, long newestMs) => status switch
    {
        AppendStatus.TooFarInFuture => $"timestamp {timestampMs} is too far in the future, the limit now is {CeilingMs} (storage.max-future)",
        AppendStatus.TooOld => $"timestamp {timestampMs} is older than the retention, which begins at {FloorMs} (retention)",
        AppendStatus.OutOfOrder =>
            $"out of order sample: timestamp {timestampMs} is more than {WindowMs} ms (storage.out-of-order-window) behind the newest of its series, {newestMs}",
        AppendStatus.DuplicateTimestamp => $"duplicate sample for timestamp {timestampMs}: another value is stored already",
        _ => $"timestamp {timestampMs}: {status}",
    };
}
