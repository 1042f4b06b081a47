using RemoteStore.Model;
using RemoteStore.Model.Labels;
using RemoteStore.Primitives.Memory;

namespace RemoteStore.Index.Tests;

/// <summary>An index with the labels it points into, and the same series as dictionaries for comparison.</summary>
internal sealed class IndexedSeries : ILabelSource, IDisposable
{
    private readonly NativeArena _arena = new();
    private readonly List<StableBytes> _labels = [];

    public InvertedIndex Index { get; } = new(seed: 1);

    public List<Dictionary<string, string>> Model { get; } = [];

    public int LookedAt { get; private set; }

    public void Add(params string[] namesAndValues)
    {
        LabelSet set = LabelSet.From(namesAndValues);
        uint handle = _arena.Allocate(set.Bytes.Length);
        set.Bytes.Span.CopyTo(_arena.Bytes(handle, 0, set.Bytes.Length));
        StableBytes labels = _arena.Stable(handle, 0, set.Bytes.Length);
        _labels.Add(labels);
        Model.Add(set.ToPairs().ToDictionary());
        Index.Add(new SeriesRef((uint)(_labels.Count - 1)), labels);
    }

    public ReadOnlySpan<byte> GetLabels(SeriesRef seriesRef)
    {
        LookedAt++;
        return _labels[(int)seriesRef.Value].Span;
    }

    public uint[] Select(params LabelMatcher[] matchers) => Index.Select(matchers, (uint)Model.Count, this, CancellationToken.None);

    public uint[] SelectFromModel(params LabelMatcher[] matchers) =>
        [.. Enumerable.Range(0, Model.Count).Where(i => matchers.All(m => Matches(m, i))).Select(i => (uint)i)];

    public void Dispose()
    {
        Index.Dispose();
        _arena.Dispose();
    }

    private bool Matches(LabelMatcher matcher, int series) =>
        matcher.Matches(System.Text.Encoding.UTF8.GetBytes(Model[series].GetValueOrDefault(matcher.Name, "")));
}
