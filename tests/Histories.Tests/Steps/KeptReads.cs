using RemoteStore.Histories.Tests.Model;
using RemoteStore.Histories.Tests.Store;
using RemoteStore.Model;
using RemoteStore.Storage.Querying;

namespace RemoteStore.Histories.Tests.Steps;

/// <summary>
/// Answers that are kept while the history goes on, as a cache does: as long as the store says that nothing of their times has changed, a read gives them again.
/// </summary>
internal sealed class KeptReads(StoreUnderTest store)
{
    private const int MaxKept = 12;

    private readonly List<Kept> _kept = [];
    private IWriteVersions? _versions;

    /// <summary>Reads and keeps.</summary>
    public async Task KeepAsync(TenantModel tenant, QueryRange range, MatcherModel matchers)
    {
        if (_versions != store.Versions)
        {
            _kept.Clear(); // another process: what is kept is in memory
            _versions = store.Versions;
        }

        WriteVersion version = _versions.Watch(tenant.Tenant, long.MaxValue);
        _kept.Add(new Kept(tenant.Tenant, range, matchers, version, await ReadAsync(tenant.Tenant, range, matchers)));
        if (_kept.Count > MaxKept)
        {
            _kept.RemoveAt(0);
        }
    }

    /// <summary>Reads again what should be as it was.</summary>
    public async Task CheckAsync()
    {
        foreach (Kept kept in _versions == store.Versions ? _kept.ToArray() : [])
        {
            if (!IsValid(kept))
            {
                _ = _kept.Remove(kept);
                continue;
            }

            List<string> now = await ReadAsync(kept.Tenant, kept.Range, kept.Matchers);
            if (!now.SequenceEqual(kept.Answer) && IsValid(kept)) // what is read may turn out damaged just then
            {
                throw new HistoryException(
                    $"{kept.Tenant} {kept.Matchers} in {kept.Range}: nothing is said to have changed, but [{string.Join(", ", kept.Answer.Except(now).Take(5))}] "
                    + $"became [{string.Join(", ", now.Except(kept.Answer).Take(5))}]");
            }
        }
    }

    private bool IsValid(Kept kept) =>
        kept.Range.MinTime >= _versions!.Watch(kept.Tenant, long.MaxValue).OldestMs && _versions.IsUnchanged(kept.Tenant, kept.Version, kept.Range);

    private async Task<List<string>> ReadAsync(TenantId tenant, QueryRange range, MatcherModel matchers)
    {
        List<SeriesAnswer> answers = await StoreReader.SelectAsync(store.Queryable, tenant, range, range, matchers, sorted: true);
        return [.. answers.SelectMany(static answer => answer.Samples, static (answer, sample) => $"{answer.Labels} {sample.T} {sample.Sample}")];
    }

    private sealed record Kept(TenantId Tenant, QueryRange Range, MatcherModel Matchers, WriteVersion Version, List<string> Answer);
}
