using System.Diagnostics;
using RemoteStore.Model.Histograms;
using RemoteStore.Model.Labels;
using RemoteStore.PromQL.Execution;

namespace RemoteStore.PromQL.Results;

/// <summary>Reads an operator to its end: drops names that are to be dropped, joins what becomes equal, and orders the series of a range query.</summary>
internal static class ResultReader
{
    /// <summary>Reads all series. The answer counts as memory and samples of the query while it is made.</summary>
    public static async ValueTask<List<ResultSeries>> ReadAsync(
        QueryContext query, StepGrid grid, SeriesOperator input, CancellationToken cancellationToken)
    {
        var editor = new LabelEditor();
        using var answer = new AnswerBuilder(query, grid);
        using var row = new StepSeries(query.Memory, grid.Count);
        while (await input.LoadAsync(cancellationToken).ConfigureAwait(false))
        {
            while (input.TryNext(row))
            {
                query.ThrowIfCancelled();
                if (row.DropName)
                {
                    row.SetLabels(editor.Without(row.Labels, LabelNameList.Metadata));
                }

                answer.Add(row);
            }
        }

        return answer.Take(sorted: query.IsRange);
    }

    /// <summary>Collects the series of an answer, each as long as it has points.</summary>
    private sealed class AnswerBuilder : IDisposable
    {
        private readonly QueryContext _query;
        private readonly StepGrid _grid;
        private readonly LabelTable _labels;
        private readonly List<ResultSeries> _series = [];
        private long[]? _allTimes;
        private long _charged;
        private long _held;

        public AnswerBuilder(QueryContext query, StepGrid grid)
        {
            _query = query;
            _grid = grid;
            _labels = new LabelTable(query);
        }

        /// <summary>Adds a series, or what is a piece of one.</summary>
        /// <exception cref="QueryException">A series with these labels has a value at one of its steps.</exception>
        public void Add(StepSeries row)
        {
            int count = Presence.Count(row.Present);
            if (count == 0)
            {
                return;
            }

            _held += _query.Hold(count);
            int number = _labels.GetOrAdd(row.Labels);
            ResultSeries piece = Copy(row, count, number < _series.Count ? _series[number].Labels : null);
            if (number < _series.Count)
            {
                _series[number] = Join(_series[number], piece);
            }
            else
            {
                _series.Add(piece);
            }
        }

        /// <summary>The series, in the order in which they came or by labels.</summary>
        public List<ResultSeries> Take(bool sorted)
        {
            if (!sorted)
            {
                return _series;
            }

            long began = Stopwatch.GetTimestamp();
            int[] order = _query.Memory.RentInts(_series.Count);
            try
            {
                for (int i = 0; i < _series.Count; i++)
                {
                    order[i] = i;
                }

                StableSort.Sort(_query, order.AsSpan(0, _series.Count), (a, b) => _series[a].Labels.CompareTo(_series[b].Labels));
                var result = new List<ResultSeries>(_series.Count);
                for (int i = 0; i < _series.Count; i++)
                {
                    result.Add(_series[order[i]]);
                }

                _query.SortTime = Stopwatch.GetElapsedTime(began);
                return result;
            }
            finally
            {
                _query.Memory.Return(order);
            }
        }

        /// <inheritdoc/>
        public void Dispose()
        {
            _labels.Dispose();
            _query.Memory.Release(_charged);
            _query.LetGo(_held);
        }

        private ResultSeries Copy(StepSeries row, int count, LabelSet? labels)
        {
            bool histograms = row.HasHistograms;
            bool all = count == _grid.Count;
            Charge((count * (sizeof(double) + (all && _allTimes is not null ? 0 : sizeof(long)) + (histograms ? IntPtr.Size : 0L)))
                + (labels is null ? row.Labels.Length : 0));
            long[] times = all && _allTimes is not null ? _allTimes : new long[count];
            double[] values = new double[count];
            FloatHistogram?[]? copies = histograms ? new FloatHistogram?[count] : null;
            FloatHistogram? last = null;
            int next = 0;
            ReadOnlySpan<ulong> present = row.Present;
            for (int step = Presence.Next(present, 0); step >= 0; step = Presence.Next(present, step + 1))
            {
                times[next] = _grid.Time(step);
                FloatHistogram? histogram = row.Histogram(step);
                if (histogram is null)
                {
                    values[next] = row.Values[step];
                }
                else
                {
                    copies![next] = histogram;
                    Charge(ReferenceEquals(histogram, last) ? 0 : histogram.AllocatedBytes);
                    last = histogram;
                }

                next++;
            }

            _allTimes ??= all ? times : null;
            return new ResultSeries(labels ?? new LabelSet(row.Labels.ToArray()), times, values, last is null ? null : copies);
        }

        private static ResultSeries Join(ResultSeries a, ResultSeries b)
        {
            int count = a.Times.Length + b.Times.Length;
            long[] times = new long[count];
            double[] values = new double[count];
            FloatHistogram?[]? histograms = a.Histograms is null && b.Histograms is null ? null : new FloatHistogram?[count];
            int i = 0;
            int j = 0;
            for (int next = 0; next < count; next++)
            {
                long left = i < a.Times.Length ? a.Times.Span[i] : long.MaxValue;
                long right = j < b.Times.Length ? b.Times.Span[j] : long.MaxValue;
                if (left == right)
                {
                    throw QueryException.SameLabels();
                }

                (ResultSeries from, int at) = left < right ? (a, i++) : (b, j++);
                times[next] = from.Times.Span[at];
                values[next] = from.Values.Span[at];
                if (histograms is not null)
                {
                    histograms[next] = from.Histograms?[at];
                }
            }

            return a with { Times = times, Values = values, Histograms = histograms };
        }

        private void Charge(long bytes)
        {
            _query.Memory.Charge(bytes);
            _charged += bytes;
        }
    }
}
