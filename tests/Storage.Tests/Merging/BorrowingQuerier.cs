using RemoteStore.Model.Labels;
using RemoteStore.Storage.Querying;

namespace RemoteStore.Storage.Tests.Merging;

/// <summary>A querier whose batches keep to the letter of the contract: labels and samples turn to nonsense when the set moves on or is disposed.</summary>
internal sealed class BorrowingQuerier(IQuerier inner, Action disposed) : IQuerier
{
    public IReadOnlyList<MissingData> Missing => inner.Missing;

    public async ValueTask<ISeriesSet> SelectAsync(
        bool sorted, SelectHints hints, IReadOnlyList<LabelMatcher> matchers, CancellationToken cancellationToken) =>
        new BorrowingSet(await inner.SelectAsync(sorted, hints, matchers, cancellationToken));

    public ValueTask<LimitedList<LabelSet>> SelectSeriesAsync(IReadOnlyList<LabelMatcher> matchers, int limit, CancellationToken cancellationToken) =>
        inner.SelectSeriesAsync(matchers, limit, cancellationToken);

    public ValueTask<LimitedList<string>> LabelNamesAsync(IReadOnlyList<LabelMatcher> matchers, int limit, CancellationToken cancellationToken) =>
        inner.LabelNamesAsync(matchers, limit, cancellationToken);

    public ValueTask<LimitedList<string>> LabelValuesAsync(
        string name, IReadOnlyList<LabelMatcher> matchers, int limit, CancellationToken cancellationToken) =>
        inner.LabelValuesAsync(name, matchers, limit, cancellationToken);

    public ValueTask DisposeAsync()
    {
        disposed();
        return inner.DisposeAsync();
    }

    private sealed class BorrowingSet(ISeriesSet inner) : ISeriesSet
    {
        private byte[] _labels = [];

        public SeriesBatch Current { get; set; } = new();

        public async ValueTask<bool> MoveNextAsync(CancellationToken cancellationToken)
        {
            _labels.AsSpan().Fill(0xee);
            Current.Clear();
            if (!await inner.MoveNextAsync(cancellationToken))
            {
                return false;
            }

            SeriesBatch from = inner.Current;
            _labels = new byte[Enumerable.Range(0, from.Count).Sum(i => from.Labels(i).Bytes.Length)];
            int used = 0;
            for (int i = 0; i < from.Count; i++)
            {
                ReadOnlyMemory<byte> labels = from.Labels(i).Bytes;
                labels.CopyTo(_labels.AsMemory(used));
                SampleMark before = Current.Samples.Mark;
                from.CopySamples(i, Current.Samples);
                Current.AddSeries(new LabelSet(_labels.AsMemory(used, labels.Length)), before);
                used += labels.Length;
            }

            return true;
        }

        public ValueTask DisposeAsync()
        {
            _labels.AsSpan().Fill(0xee);
            return inner.DisposeAsync();
        }
    }
}
