namespace RemoteStore.Tsdb;

/// <summary>How long samples of a tenant are of use to the store of recent data; zero = for ever.</summary>
/// <param name="Read">Older samples are refused, and are in no answer.</param>
/// <param name="Kept">Older samples are removed: not shorter than <paramref name="Read"/>, and longer where something is still to be made of them.</param>
public readonly record struct LocalRetention(TimeSpan Read, TimeSpan Kept);
