namespace RemoteStore.Limits;

/// <summary>What a tenant's retention leaves of its samples at one moment.</summary>
/// <param name="retention">How long they are kept.</param>
/// <param name="nowMs">Milliseconds since the Unix epoch.</param>
public readonly struct RetentionFloors(TenantRetention retention, long nowMs)
{
    /// <summary>Of samples as received.</summary>
    public long RawMs => Of(0);

    /// <summary>Samples, or windows that end, before this time are in no answer; the least possible time when they are kept for ever.</summary>
    /// <param name="resolutionMs">Milliseconds; 0 = as received.</param>
    public long Of(long resolutionMs) => retention.FloorMs(resolutionMs, nowMs);
}
