using CsCheck;
using RemoteStore.Model;
using RemoteStore.Model.Labels;
using RemoteStore.Primitives.Memory;
using Shouldly;
using Xunit;
using MatchType = RemoteStore.Model.Labels.MatchType;

namespace RemoteStore.Index.Tests;

public sealed class InvertedIndexTests
{
    private static readonly string[] s_values = ["", "a", "b", "c", "ab", "zz"];
    private static readonly string[] s_patterns = ["", ".*", ".+", "a|b", "a", "a.*", "|a", "[ab]+", "none", "a|none|a", "zz?"];

    private static readonly Gen<LabelMatcher> s_matcher = Gen.OneOf(
        Gen.Select(OneOf("x", "y", "z", "missing"), OneOf(s_values), OneOf(MatchType.Equal, MatchType.NotEqual))
            .Select((name, value, type) => new LabelMatcher(type, name, value)),
        Gen.Select(OneOf("x", "y", "z", "missing"), OneOf(s_patterns), OneOf(MatchType.Regexp, MatchType.NotRegexp))
            .Select((name, value, type) => new LabelMatcher(type, name, value)));

    private static readonly Gen<string[]> s_series =
        Gen.Select(OneOf(s_values), OneOf(s_values), OneOf(s_values))
            .Select((x, y, z) => new[] { "__name__", "m", "x", x, "y", y, "z", z });

    [Fact]
    public void Select_AnySeriesAndMatchers_AgreesWithTestingEachSeries() =>
        Gen.Select(s_series.Array[0, 120], s_matcher.Array[0, 4]).Sample(
            (series, matchers) =>
            {
                using var indexed = new IndexedSeries();
                foreach (string[] labels in series)
                {
                    indexed.Add(labels);
                }

                indexed.Select(matchers).ShouldBe(indexed.SelectFromModel(matchers));
            },
            iter: 2000);

    [Fact]
    public void LabelNamesAndValues_AnySeriesAndMatchers_AgreeWithTestingEachSeries() =>
        Gen.Select(s_series.Array[0, 40], s_matcher.Array[0, 3], Gen.Int[0, 4]).Sample(
            (series, matchers, limit) =>
            {
                using var indexed = new IndexedSeries();
                foreach (string[] labels in series)
                {
                    indexed.Add(labels);
                }

                List<Dictionary<string, string>> selected = [.. indexed.SelectFromModel(matchers).Select(r => indexed.Model[(int)r])];
                string[] names = [.. selected.SelectMany(s => s.Keys).Distinct().Order(StringComparer.Ordinal)];
                string[] values = [.. selected.Select(s => s.GetValueOrDefault("x", "")).Where(v => v.Length > 0).Distinct().Order(StringComparer.Ordinal)];
                uint upTo = (uint)indexed.Model.Count;

                IReadOnlyList<string> foundNames = indexed.Index.LabelNames(matchers, limit, upTo, indexed, out bool namesCut, CancellationToken.None);
                foundNames.ShouldBe(limit == 0 ? names : names.Take(limit));
                namesCut.ShouldBe(limit > 0 && names.Length > limit);
                IReadOnlyList<string> foundValues =
                    indexed.Index.LabelValues("x", matchers, limit, upTo, indexed, out bool valuesCut, CancellationToken.None);
                foundValues.ShouldBe(limit == 0 ? values : values.Take(limit));
                valuesCut.ShouldBe(limit > 0 && values.Length > limit);
            },
            iter: 1000);

    [Fact]
    public void Select_ManySeriesWithFewCandidates_TestsTheirLabelsInsteadOfScanningValues()
    {
        using var indexed = new IndexedSeries();
        for (int i = 0; i < 5000; i++)
        {
            indexed.Add("__name__", i % 1000 == 0 ? "rare" : "common", "id", $"id-{i}");
        }

        uint[] found = indexed.Select(new(MatchType.Equal, "__name__", "rare"), new(MatchType.Regexp, "id", "id-[1-3]0*"));

        found.ShouldBe([1000u, 2000u, 3000u]);
        indexed.LookedAt.ShouldBe(5);
    }

    [Theory]
    [InlineData(MatchType.Equal, "", new uint[] { 1, 3 })]
    [InlineData(MatchType.NotEqual, "", new uint[] { 0, 2 })]
    [InlineData(MatchType.Equal, "a", new uint[] { 0 })]
    [InlineData(MatchType.NotEqual, "a", new uint[] { 1, 2, 3 })]
    [InlineData(MatchType.Regexp, ".*", new uint[] { 0, 1, 2, 3 })]
    [InlineData(MatchType.Regexp, ".+", new uint[] { 0, 2 })]
    [InlineData(MatchType.Regexp, "", new uint[] { 1, 3 })]
    [InlineData(MatchType.Regexp, "a|", new uint[] { 0, 1, 3 })]
    [InlineData(MatchType.NotRegexp, ".*", new uint[] { })]
    [InlineData(MatchType.NotRegexp, ".+", new uint[] { 1, 3 })]
    [InlineData(MatchType.NotRegexp, "", new uint[] { 0, 2 })]
    [InlineData(MatchType.NotRegexp, "a|", new uint[] { 2 })]
    [InlineData(MatchType.NotRegexp, "a|b", new uint[] { 1, 3 })]
    public void Select_EmptyValues_CountAsMissingLabel(MatchType type, string value, uint[] expected)
    {
        using var indexed = new IndexedSeries();
        indexed.Add("__name__", "m", "x", "a");
        indexed.Add("__name__", "m");
        indexed.Add("__name__", "m", "x", "b");
        indexed.Add("__name__", "n", "y", "a");

        indexed.Select(new LabelMatcher(type, "x", value)).ShouldBe(expected);
    }

    [Fact]
    public void Select_UpTo_LeavesOutNewerSeries()
    {
        using var indexed = new IndexedSeries();
        for (int i = 0; i < 10; i++)
        {
            indexed.Add("__name__", "m", "x", $"{i}");
        }

        indexed.Index.Select([new(MatchType.NotEqual, "x", "3")], 5, indexed, CancellationToken.None).ShouldBe([0u, 1u, 2u, 4u]);
        indexed.Index.Select([], 3, indexed, CancellationToken.None).ShouldBe([0u, 1u, 2u]);
    }

    [Fact]
    public void Select_Cancelled_Stops()
    {
        using var indexed = new IndexedSeries();
        for (int i = 0; i < 10_000; i++)
        {
            indexed.Add("__name__", "m", "x", $"{i}");
        }

        using var cancelled = new CancellationTokenSource();
        cancelled.Cancel();

        Should.Throw<OperationCanceledException>(
            () => indexed.Index.Select([new(MatchType.Regexp, "x", "1.*5")], 10_000, indexed, cancelled.Token));
    }

    [Fact]
    public void Add_UniqueValues_CostsLittleBesideTheirText()
    {
        using var indexed = new IndexedSeries();
        const int Series = 50_000;
        for (int i = 0; i < Series; i++)
        {
            indexed.Add("__name__", "m", "id", $"id-{i}");
        }

        ((double)indexed.Index.AllocatedBytes / Series).ShouldBeLessThan(45);
    }

    [Fact]
    public void Add_BytesThatAreNotCanonical_AreRefused()
    {
        using var arena = new NativeArena();
        using var index = new InvertedIndex(1);
        uint handle = arena.Allocate(8);
        "\n\u0010\n"u8.CopyTo(arena.Bytes(handle, 0, 3));

        Should.Throw<ArgumentException>(() => index.Add(new SeriesRef(0), arena.Stable(handle, 0, 3)));
    }

    [Fact]
    public async Task Select_WhileSeriesAreAdded_SeesAllBelowItsCount()
    {
        using var indexed = new IndexedSeries();
        const int Total = 20_000;
        int published = 0;
        LabelMatcher[] even = [new(MatchType.Equal, "parity", "0"), new(MatchType.NotEqual, "id", "nothing")];
        LabelMatcher[] scan = [new(MatchType.Regexp, "id", "id-.*7")];
        Task reader = Task.Run(() =>
        {
            for (int count = 0; count < Total;)
            {
                count = Volatile.Read(ref published);
                indexed.Index.Select(even, (uint)count, indexed, CancellationToken.None).Length.ShouldBe((count + 1) / 2);
                indexed.Index.Select(scan, (uint)count, indexed, CancellationToken.None).Length.ShouldBe((count + 2) / 10);
            }
        });
        for (int i = 0; i < Total; i++)
        {
            indexed.Add("__name__", "m", "id", $"id-{i}", "parity", $"{i % 2}");
            Volatile.Write(ref published, i + 1);
        }

        await reader.WaitAsync(TimeSpan.FromSeconds(60));
    }

    private static Gen<T> OneOf<T>(params T[] values) => Gen.Int[0, values.Length - 1].Select(i => values[i]);
}
