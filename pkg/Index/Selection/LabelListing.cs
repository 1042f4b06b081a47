using System.Text;
using RemoteStore.Index.Dictionary;
using RemoteStore.Index.Postings;
using RemoteStore.Model;
using RemoteStore.Model.Labels;
using RemoteStore.Primitives.Memory;

namespace RemoteStore.Index.Selection;

/// <summary>Lists label names and values, of all series or of those that match.</summary>
internal sealed class LabelListing(InvertedIndex index, uint upTo, ILabelSource labels, CancellationToken cancellationToken)
{
    private const int CheckEvery = 4096;

    /// <summary>Names in UTF-8 order.</summary>
    public List<string> Names(IReadOnlyList<LabelMatcher> matchers, int limit, out bool truncated)
    {
        uint[]? refs = matchers.Count == 0 ? null : Select(matchers);
        var smallest = new SmallestTexts(limit);
        int names = index.NameCount;
        for (uint name = 0; name < names; name++)
        {
            if (name % 64 == 0)
            {
                cancellationToken.ThrowIfCancellationRequested();
            }

            if (refs is null || RefSets.Intersects(refs, index.SeriesOfName(name).Runs(upTo)))
            {
                smallest.Add(index.NameText(name));
            }
        }

        return smallest.ToStrings(out truncated);
    }

    /// <summary>Values of one label in UTF-8 order.</summary>
    public List<string> Values(string name, IReadOnlyList<LabelMatcher> matchers, int limit, out bool truncated)
    {
        var smallest = new SmallestTexts(limit);
        byte[] nameUtf8 = Encoding.UTF8.GetBytes(name);
        if (!index.TryFindName(nameUtf8, out PostingsList withLabel, out ValueWalk values))
        {
            truncated = false;
            return [];
        }

        if (matchers.Count == 0)
        {
            AddValues(values, null, smallest);
        }
        else
        {
            uint[] refs = Select(matchers);
            int kept = RefSets.Intersect(refs, withLabel.Runs(upTo));
            if (kept > 0 && kept < values.Count)
            {
                AddValuesOf(refs.AsSpan(0, kept), nameUtf8, smallest);
            }
            else if (kept > 0)
            {
                AddValues(values, refs[..kept], smallest);
            }
        }

        return smallest.ToStrings(out truncated);
    }

    private uint[] Select(IReadOnlyList<LabelMatcher> matchers) => new Selector(index, upTo, labels, cancellationToken).Select(matchers);

    private void AddValues(ValueWalk values, uint[]? refs, SmallestTexts smallest)
    {
        int seen = 0;
        while (values.MoveNext())
        {
            if (seen++ % CheckEvery == 0)
            {
                cancellationToken.ThrowIfCancellationRequested();
            }

            StableBytes value = values.Value;
            if (smallest.Wants(value) && (refs is null || RefSets.Intersects(refs, index.SeriesOf(values.Pair).Runs(upTo))))
            {
                smallest.Add(value);
            }
        }
    }

    private void AddValuesOf(ReadOnlySpan<uint> refs, ReadOnlySpan<byte> name, SmallestTexts smallest)
    {
        var seen = new HashSet<uint>();
        ReadOnlySpan<byte> previous = [];
        for (int i = 0; i < refs.Length; i++)
        {
            if (i % CheckEvery == 0)
            {
                cancellationToken.ThrowIfCancellationRequested();
            }

            ReadOnlySpan<byte> field = FindField(labels.GetLabels(new SeriesRef(refs[i])), name);
            if (field.IsEmpty || field.SequenceEqual(previous))
            {
                continue;
            }

            previous = field;
            if (index.TryFindPair(field, out uint pair) && seen.Add(pair))
            {
                StableBytes text = index.Field(pair);
                FieldParts parts = LabelFields.Split(text.Span);
                smallest.Add(text.Slice(parts.ValueStart, parts.ValueLength));
            }
        }
    }

    private static ReadOnlySpan<byte> FindField(ReadOnlySpan<byte> canonical, ReadOnlySpan<byte> name)
    {
        int position = 0;
        while (position < canonical.Length)
        {
            ReadOnlySpan<byte> field = canonical.Slice(position, LabelFields.LengthAt(canonical, position));
            FieldParts parts = LabelFields.Split(field);
            if (field.Slice(parts.NameStart, parts.NameLength).SequenceEqual(name))
            {
                return field;
            }

            position += field.Length;
        }

        return [];
    }
}
