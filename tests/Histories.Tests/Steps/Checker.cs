using RemoteStore.Histories.Tests.Model;
using RemoteStore.Histories.Tests.Store;
using RemoteStore.Model;
using RemoteStore.Model.Labels;
using RemoteStore.Storage.Querying;

namespace RemoteStore.Histories.Tests.Steps;

/// <summary>
/// Compares answers with the model. Once a file was damaged, samples may be missing if the store has reported a loss since, and what was lost may come
/// back; nothing else may differ, and nothing may show that was never acknowledged.
/// </summary>
internal sealed class Checker(StoreUnderTest store, TenantModel[] tenants)
{
    private readonly KeptReads _kept = new(store);
    private int _reported;

    /// <summary>True once a file was damaged.</summary>
    public bool LossesExpected { get; private set; }

    /// <summary>A file is about to be damaged.</summary>
    public void ExpectLosses() => LossesExpected = true;

    /// <summary>Everything of every tenant.</summary>
    public async Task CheckAllAsync()
    {
        foreach (TenantModel tenant in tenants)
        {
            await CheckAsync(tenant, QueryRange.All, QueryRange.All, MatcherModel.All, sorted: true);
        }

        _reported = Reports(); // what goes missing from here on must be reported anew
        if (!LossesExpected && (_reported > 0 || store.Durability is { LostWindows.Count: > 0 } or { QuarantinedParts.Count: > 0 }))
        {
            throw new HistoryException("a loss is reported although nothing was damaged");
        }
    }

    /// <summary>Some series over some time.</summary>
    public async Task CheckSelectAsync(TenantModel tenant, Random random)
    {
        QueryRange range = AnyRange(tenant, random);
        QueryRange hint = random.Next(3) == 0 ? AnyRange(tenant, random) : range;
        hint = new QueryRange(Math.Max(range.MinTime, hint.MinTime), Math.Min(range.MaxTime, hint.MaxTime));
        if (!hint.IsEmpty)
        {
            MatcherModel matchers = random.Next(3) == 0 ? MatcherModel.All : MatcherModel.Any(random);
            await CheckAsync(tenant, range, hint, matchers, random.Next(2) == 0);
            await _kept.CheckAsync();
            await _kept.KeepAsync(tenant, hint, matchers);
        }
    }

    /// <summary>Lists of series, label names and values: what has samples in the range must be there, what never was written must not.</summary>
    public async Task CheckLabelsAsync(TenantModel tenant, Random random)
    {
        if (LossesExpected)
        {
            return;
        }

        QueryRange range = AnyRange(tenant, random);
        MatcherModel matchers = MatcherModel.Any(random);
        List<SeriesAnswer> must = tenant.Select(matchers, Visible(range));
        SeriesModel[] may = [.. tenant.Series.Where(s => matchers.Matches(s.Labels))];
        await using IQuerier querier = await store.Queryable.OpenQuerierAsync(tenant.Tenant, range, CancellationToken.None);
        LimitedList<LabelSet> series = await querier.SelectSeriesAsync(matchers.Matchers, 0, CancellationToken.None);
        Bounded("series", series.Items, must.Select(static s => s.Labels.ToString()), may.Select(static s => s.Labels.ToString()), range, matchers);
        LimitedList<string> names = await querier.LabelNamesAsync(matchers.Matchers, 0, CancellationToken.None);
        Bounded("names", names.Items, Names(must.Select(static s => s.Labels)), Names(may.Select(static s => s.Labels)), range, matchers);
        foreach (string name in new[] { "__name__", "pod" })
        {
            LimitedList<string> values = await querier.LabelValuesAsync(name, matchers.Matchers, 0, CancellationToken.None);
            Bounded(name, values.Items, ValuesOf(name, must.Select(static s => s.Labels)), ValuesOf(name, may.Select(static s => s.Labels)), range, matchers);
        }

        List<SeriesAnswer> only = await StoreReader.SelectAsync(store.Queryable, tenant.Tenant, range, range, matchers, sorted: true, labelsOnly: true);
        Bounded("labels only", [.. only.Select(static s => s.Labels)], must.Select(static s => s.Labels.ToString()), may.Select(static s => s.Labels.ToString()), range, matchers);
    }

    /// <summary>Takes over which samples of a write that was partly refused are stored.</summary>
    public async Task AdoptAsync(TenantModel tenant, List<(SeriesModel Series, long T, Sample Sample)> written)
    {
        List<SeriesAnswer> answers = await StoreReader.SelectAsync(store.Queryable, tenant.Tenant, QueryRange.All, QueryRange.All, MatcherModel.All, false);
        foreach ((SeriesModel series, long t, Sample sample) in written)
        {
            if (answers.Exists(a => a.Labels.CompareTo(series.Labels) == 0 && a.Samples.Contains((t, sample))))
            {
                series.Accept(t, sample);
            }
        }
    }

    private static IEnumerable<string> Names(IEnumerable<LabelSet> series) => series.SelectMany(static s => Pairs(s).Keys).Distinct();

    private static IEnumerable<string> ValuesOf(string name, IEnumerable<LabelSet> series) =>
        series.Select(s => Pairs(s).GetValueOrDefault(name)).OfType<string>().Distinct();

    private static Dictionary<string, string> Pairs(LabelSet labels)
    {
        var pairs = new Dictionary<string, string>();
        foreach (LabelPair label in new LabelEnumerator(labels.Bytes.Span))
        {
            pairs.Add(System.Text.Encoding.UTF8.GetString(label.Name), System.Text.Encoding.UTF8.GetString(label.Value));
        }

        return pairs;
    }

    private static void Bounded<T>(
        string what, IReadOnlyList<T> actual, IEnumerable<string> must, IEnumerable<string> may, QueryRange range, MatcherModel matchers)
        where T : notnull
    {
        List<string> texts = [.. actual.Select(static a => a.ToString()!)];
        string[] missing = [.. must.Except(texts)];
        string[] unknown = [.. texts.Except(may)];
        if (missing.Length > 0 || unknown.Length > 0 || texts.Distinct().Count() != texts.Count)
        {
            throw new HistoryException(
                $"{what} of {matchers} in {range}: [{string.Join(", ", texts)}], missing [{string.Join(", ", missing)}], unknown [{string.Join(", ", unknown)}]");
        }
    }

    private async Task CheckAsync(TenantModel tenant, QueryRange range, QueryRange hint, MatcherModel matchers, bool sorted)
    {
        List<SeriesAnswer> answers = await StoreReader.SelectAsync(store.Queryable, tenant.Tenant, range, hint, matchers, sorted);
        CheckShape(tenant, answers, hint, matchers, sorted);
        List<SeriesAnswer> expected = tenant.Select(matchers, Visible(hint));
        if (store.LongTerm is not null)
        {
            // What is past the retention goes from the bucket block by block, and may be seen until then.
            answers.ForEach(a => a.Samples.RemoveAll(s => s.T < store.FloorMs));
        }

        answers.RemoveAll(static a => a.Samples.Count == 0);
        answers.Sort(static (a, b) => a.Labels.CompareTo(b.Labels));
        if (Difference(expected, answers) is not { } difference)
        {
            return;
        }

        int reported = Reports();
        if (!LossesExpected || (IsShort(expected, answers) && reported <= _reported))
        {
            throw new HistoryException($"{tenant.Tenant} {matchers} in {hint}: {difference}; losses reported {reported}, known {_reported}");
        }

        _reported = reported;
        await ResyncAsync();
    }

    /// <summary>Takes what the store has for the truth, as long as all of it was acknowledged once.</summary>
    private async Task ResyncAsync()
    {
        foreach (TenantModel tenant in tenants)
        {
            List<SeriesAnswer> answers =
                await StoreReader.SelectAsync(store.Queryable, tenant.Tenant, QueryRange.All, QueryRange.All, MatcherModel.All, sorted: true);
            CheckShape(tenant, answers, QueryRange.All, MatcherModel.All, sorted: true);
            foreach (SeriesModel series in tenant.Series)
            {
                series.Samples.Clear();
                foreach ((long t, Sample sample) in answers.Find(a => a.Labels.CompareTo(series.Labels) == 0)?.Samples ?? [])
                {
                    series.Samples[t] = sample;
                }
            }
        }

        _reported = Reports();
    }

    /// <summary>What holds for every answer, damage or not: known series, each once; times ascending and in the range; only what was acknowledged.</summary>
    private void CheckShape(TenantModel tenant, List<SeriesAnswer> answers, QueryRange range, MatcherModel matchers, bool sorted)
    {
        for (int i = 0; i < answers.Count; i++)
        {
            SeriesAnswer answer = answers[i];
            SeriesModel series = tenant.Find(answer.Labels) ?? throw new HistoryException($"{tenant.Tenant} never wrote {answer.Labels}");
            if (!matchers.Matches(answer.Labels))
            {
                throw new HistoryException($"{answer.Labels} does not match {matchers}");
            }

            if (answers.FindIndex(a => a.Labels.CompareTo(answer.Labels) == 0) != i || (sorted && i > 0 && answers[i - 1].Labels.CompareTo(answer.Labels) >= 0))
            {
                throw new HistoryException($"{answer.Labels} comes twice or out of order");
            }

            for (int s = 0; s < answer.Samples.Count; s++)
            {
                (long t, Sample sample) = answer.Samples[s];
                if ((s > 0 && answer.Samples[s - 1].T >= t) || !(store.LongTerm is null ? Visible(range) : range).Contains(t) || !(IsExpired(t) || series.WasAccepted(t, sample)))
                {
                    throw new HistoryException($"{answer.Labels} at {t}: {sample} comes twice, is out of the range, or was never acknowledged");
                }
            }
        }
    }

    private static string? Difference(List<SeriesAnswer> expected, List<SeriesAnswer> actual)
    {
        foreach (SeriesAnswer series in expected)
        {
            SeriesAnswer? found = actual.Find(a => a.Labels.CompareTo(series.Labels) == 0);
            foreach ((long t, Sample sample) in series.Samples)
            {
                int at = found?.Samples.FindIndex(s => s.T == t) ?? -1;
                if (at < 0)
                {
                    return $"{series.Labels} lacks {sample} at {t} ({found?.Samples.Count ?? 0} of {series.Samples.Count} samples are there)";
                }

                if (found!.Samples[at].Sample != sample)
                {
                    return $"{series.Labels} has {found.Samples[at].Sample} at {t}, expected {sample}";
                }
            }

            if (found!.Samples.Count > series.Samples.Count)
            {
                return $"{series.Labels} has {found.Samples.Count} samples, expected {series.Samples.Count}";
            }
        }

        return actual.Count > expected.Count ? $"{actual.Count} series, expected {expected.Count}" : null;
    }

    /// <summary>True when a sample is missing, or one shows that had lost against another.</summary>
    private static bool IsShort(List<SeriesAnswer> expected, List<SeriesAnswer> actual) => expected.Exists(series =>
    {
        SeriesAnswer? found = actual.Find(a => a.Labels.CompareTo(series.Labels) == 0);
        return series.Samples.Exists(s => found is null || !found.Samples.Exists(f => f.T == s.T && (f.Sample == s.Sample || f.Sample.WinsOver(s.Sample))));
    });

    /// <summary>True when only windows may be left of a sample: those tell no start timestamps.</summary>
    private bool IsExpired(long timestampMs) => store.LongTerm is not null && timestampMs < store.FloorMs;

    private QueryRange Visible(QueryRange range) => range with { MinTime = Math.Max(range.MinTime, store.FloorMs) };

    /// <summary>Some range with samples, or all time.</summary>
    public static QueryRange AnyRange(TenantModel tenant, Random random)
    {
        long[] times = [.. tenant.Series.SelectMany(static s => s.Samples.Keys).Order()];
        if (times.Length == 0 || random.Next(4) == 0)
        {
            return QueryRange.All;
        }

        long a = times[random.Next(times.Length)] + random.Next(-1, 2);
        long b = times[random.Next(times.Length)] + random.Next(-1, 2);
        return new QueryRange(Math.Min(a, b), Math.Max(a, b));
    }

    private int Reports() => store.Losses.Count;
}
