using RemoteStore.Model;
using RemoteStore.Model.Labels;

namespace RemoteStore.Histories.Tests.Model;

/// <summary>A tenant as the store must have it.</summary>
internal sealed class TenantModel(TenantId tenant)
{
    private readonly Dictionary<int, SeriesModel> _series = [];

    public TenantId Tenant { get; } = tenant;

    /// <summary>Series ever written.</summary>
    public IEnumerable<SeriesModel> Series => _series.Values;

    /// <summary>Series that were acknowledged at least once, by their labels.</summary>
    public SeriesModel? Find(LabelSet labels) => _series.Values.FirstOrDefault(s => s.Labels.CompareTo(labels) == 0);

    /// <summary>A series, made when missing.</summary>
    public SeriesModel GetOrAdd(int number)
    {
        if (!_series.TryGetValue(number, out SeriesModel? series))
        {
            _series.Add(number, series = new SeriesModel(number, SeriesNames.Labels(number)));
        }

        return series;
    }

    /// <summary>What was deleted.</summary>
    public List<(MatcherModel Matchers, QueryRange Range)> Deleted { get; } = [];

    /// <summary>Deletes samples; those that are acknowledged later stay.</summary>
    public void Delete(MatcherModel matchers, QueryRange range)
    {
        Deleted.Add((matchers, range));
        foreach (SeriesModel series in _series.Values.Where(s => matchers.Matches(s.Labels)))
        {
            foreach (long t in series.Samples.Keys.Where(range.Contains).ToArray())
            {
                _ = series.Samples.Remove(t);
            }
        }
    }

    /// <summary>True when a sample lies where its series was deleted: as long as that is going on it is refused.</summary>
    public bool MayRefuse(SeriesModel series, long timestampMs) =>
        Deleted.Exists(d => d.Range.Contains(timestampMs) && d.Matchers.Matches(series.Labels));

    /// <summary>Series that satisfy the matchers and have samples in the range, in label order.</summary>
    public List<SeriesAnswer> Select(MatcherModel matchers, QueryRange range)
    {
        var answers = new List<SeriesAnswer>();
        foreach (SeriesModel series in _series.Values)
        {
            if (matchers.Matches(series.Labels))
            {
                List<(long T, Sample Sample)> samples = [.. series.Samples.Where(s => range.Contains(s.Key)).Select(static s => (s.Key, s.Value))];
                if (samples.Count > 0)
                {
                    answers.Add(new SeriesAnswer(series.Labels, samples));
                }
            }
        }

        answers.Sort(static (a, b) => a.Labels.CompareTo(b.Labels));
        return answers;
    }
}

/// <summary>A series with its samples, ascending.</summary>
internal sealed record SeriesAnswer(LabelSet Labels, List<(long T, Sample Sample)> Samples);
