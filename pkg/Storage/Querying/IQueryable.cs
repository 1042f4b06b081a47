using RemoteStore.Model;
using RemoteStore.Model.Labels;

namespace RemoteStore.Storage.Querying;

/// <summary>Something that holds series: recent data, blocks, or the merged view of both. The only thing PromQL and the API know of stored data.</summary>
public interface IQueryable
{
    /// <summary>Opens a consistent view of one tenant's data in the range. A write acknowledged before the call is in it.</summary>
    /// <exception cref="MissingDataException">A part of the range cannot be read. What was lost for good is no error, it is in <see cref="IQuerier.Missing"/>.</exception>
    /// <exception cref="StorageUnavailableException">The store is starting or stopping.</exception>
    ValueTask<IQuerier> OpenQuerierAsync(TenantId tenant, QueryRange range, CancellationToken cancellationToken);
}

/// <summary>A view of one tenant's data. Not safe for concurrent use; dispose it to release what it pins.</summary>
public interface IQuerier : IAsyncDisposable
{
    /// <summary>
    /// What the answers of this view lack: samples that were lost for good, and sources that the view was told to leave out. Every answer says it. Final
    /// when the answer has been read.
    /// </summary>
    IReadOnlyList<MissingData> Missing { get; }

    /// <summary>
    /// Series that satisfy all <paramref name="matchers"/> (a missing label matches as the empty value) and have samples in the querier's range, or
    /// may have some: a series can come back without samples.
    /// </summary>
    /// <param name="sorted">True for ascending label order (<see cref="LabelSet.Compare"/>), else any order.</param>
    /// <param name="hints">What the caller will do with the samples; never changes the answer within the hinted range.</param>
    /// <param name="matchers">At least one.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    ValueTask<ISeriesSet> SelectAsync(bool sorted, SelectHints hints, IReadOnlyList<LabelMatcher> matchers, CancellationToken cancellationToken);

    /// <summary>Label sets of the series that match, without samples, sorted; at most <paramref name="limit"/> (0 = all).</summary>
    ValueTask<LimitedList<LabelSet>> SelectSeriesAsync(IReadOnlyList<LabelMatcher> matchers, int limit, CancellationToken cancellationToken);

    /// <summary>Names of labels of the series that match (no matchers: of all), in ordinal UTF-8 order; at most <paramref name="limit"/> (0 = all).</summary>
    ValueTask<LimitedList<string>> LabelNamesAsync(IReadOnlyList<LabelMatcher> matchers, int limit, CancellationToken cancellationToken);

    /// <summary>Values of one label over the series that match (no matchers: of all), in ordinal UTF-8 order; at most <paramref name="limit"/> (0 = all).</summary>
    ValueTask<LimitedList<string>> LabelValuesAsync(string name, IReadOnlyList<LabelMatcher> matchers, int limit, CancellationToken cancellationToken);
}

/// <summary>A possibly shortened list.</summary>
/// <param name="Items">The items, in the order the method promises.</param>
/// <param name="Truncated">True when the limit left some out.</param>
public readonly record struct LimitedList<T>(IReadOnlyList<T> Items, bool Truncated);

/// <summary>Series in batches. Pull a batch asynchronously, compute on it synchronously.</summary>
public interface ISeriesSet : IAsyncDisposable
{
    /// <summary>
    /// The batch that <see cref="MoveNextAsync"/> fills, each time anew. Who wants to keep it sets another in its place before the next call: what was filled
    /// is then the caller's, valid as long as the set is not disposed.
    /// </summary>
    SeriesBatch Current { get; set; }

    /// <summary>Clears <see cref="Current"/> and reads the next series into it; false at the end.</summary>
    /// <exception cref="MissingDataException">A source cannot be read; it is named.</exception>
    /// <exception cref="IOException">Stored data cannot be read.</exception>
    ValueTask<bool> MoveNextAsync(CancellationToken cancellationToken);
}
