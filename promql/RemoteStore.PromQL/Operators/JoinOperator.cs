using RemoteStore.Model.Histograms;
using RemoteStore.Model.Labels;
using RemoteStore.PromQL.Execution;
using RemoteStore.PromQL.Functions;
using RemoteStore.PromQL.Parser.Syntax;

namespace RemoteStore.PromQL.Operators;

/// <summary>
/// An arithmetic operator or comparison between series of two vectors. The "many" side (the left one, but for <c>group_right</c>) is matched with at most one
/// series of the "one" side at each step, by the bytes of the labels that are compared.
/// </summary>
internal sealed class JoinOperator(
    QueryContext query, SeriesOperator left, SeriesOperator right, ElementOperator element, VectorMatching matching, bool returnBool)
    : BlockingOperator(query, left.Grid)
{
    private readonly MatchSignature _signature = new(matching);
    private readonly bool _swapped = matching.Cardinality == MatchCardinality.OneToMany;
    private JoinSide? _many;
    private JoinSide? _one;
    private JoinOutput? _output;

    /// <inheritdoc/>
    protected override async ValueTask CloseAsync()
    {
        await base.CloseAsync().ConfigureAwait(false);
        await left.DisposeAsync().ConfigureAwait(false);
        await right.DisposeAsync().ConfigureAwait(false);
    }

    /// <inheritdoc/>
    protected override async ValueTask ComputeAsync(CancellationToken cancellationToken)
    {
        using var table = new LabelTable(Query);
        using RowStore leftRows = await ReadAllAsync(left, cancellationToken).ConfigureAwait(false);
        bool canFill = matching.FillLeft is not null || matching.FillRight is not null;
        if (leftRows.Count == 0 && !canFill)
        {
            return; // nothing can match, and nothing is wrong with the other side either
        }

        using RowStore rightRows = await ReadAllAsync(right, cancellationToken).ConfigureAwait(false);
        _many = new JoinSide(_swapped ? rightRows : leftRows, table, _signature);
        _one = new JoinSide(_swapped ? leftRows : rightRows, table, _signature);
        using var output = new JoinOutput(Query, Grid, matching, _signature, element.Op, returnBool);
        _output = output;
        Result = output.Rows;
        using var one = new OneSide(Query, Grid, _one, table.Count);
        one.Index(_many, canFill, (first, second, group) => Duplicate(first, second, group));
        double? fillOne = _swapped ? matching.FillLeft : matching.FillRight;
        double? fillMany = _swapped ? matching.FillRight : matching.FillLeft;
        for (int row = 0; row < _many.Rows.Count; row++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            JoinMany(row, one, fillOne);
        }

        if (fillMany is { } fill)
        {
            FillMany(one, fill);
        }
    }

    private void JoinMany(int row, OneSide one, double? fill)
    {
        RowStore rows = _many!.Rows;
        int group = _many.Group(row);
        ReadOnlySpan<ulong> present = rows.Present(row);
        ReadOnlySpan<double> values = rows.Values(row);
        FloatHistogram?[]? histograms = rows.Histograms(row);
        int target = -1;
        int targetOf = -2;
        for (int step = Presence.Next(present, 0); step >= 0; step = Presence.Next(present, step + 1))
        {
            int match = one.Row(group, step);
            if (match < 0 && fill is null)
            {
                continue;
            }

            double other = match < 0 ? fill!.Value : _one!.Rows.Values(match)[step];
            FloatHistogram? otherHistogram = match < 0 ? null : _one!.Rows.Histograms(match)?[step];
            if (match != targetOf)
            {
                ReadOnlySpan<byte> otherLabels = match < 0 ? _signature.Of(rows.Labels(row)) : _one!.Rows.Labels(match);
                target = _output!.Target(rows.Labels(row), otherLabels, rows.DropName(row));
                targetOf = match;
            }

            Element(step, target, group, values[step], histograms?[step], other, otherHistogram);
        }
    }

    private void FillMany(OneSide one, double fill)
    {
        RowStore rows = _one!.Rows;
        for (int row = 0; row < rows.Count; row++)
        {
            int group = _one.Group(row);
            ReadOnlySpan<ulong> present = rows.Present(row);
            int target = -1;
            for (int step = Presence.Next(present, 0); step >= 0; step = Presence.Next(present, step + 1))
            {
                if (_output!.IsMatched(group, step) || one.Row(group, step) != row)
                {
                    continue;
                }

                if (target < 0)
                {
                    target = _output.Target(_signature.Of(rows.Labels(row)), rows.Labels(row), dropName: false);
                }

                Element(step, target, group, fill, null, rows.Values(row)[step], rows.Histograms(row)?[step]);
            }
        }
    }

    private void Element(int step, int target, int group, double many, FloatHistogram? manyHistogram, double one, FloatHistogram? oneHistogram)
    {
        (double l, double r) = _swapped ? (one, many) : (many, one);
        (FloatHistogram? hl, FloatHistogram? hr) = _swapped ? (oneHistogram, manyHistogram) : (manyHistogram, oneHistogram);
        double value = 0;
        FloatHistogram? histogram = null;
        bool keep;
        if (hl is null && hr is null && element.Op is not (BinaryOperator.TrimLower or BinaryOperator.TrimUpper))
        {
            keep = element.Floats(l, r, out value);
        }
        else if (!element.TryHistograms(l, hl, r, hr, out keep, out histogram))
        {
            return;
        }

        _output!.Match(group, target, step);
        if (returnBool)
        {
            _output.Set(target, step, keep ? 1 : 0, null);
        }
        else if (keep)
        {
            _output.Set(target, step, value, histogram);
        }
    }

    private void Duplicate(int first, int second, int row)
    {
        RowStore rows = _one!.Rows;
        string group = GoText.Labels(_signature.Of(rows.Labels(row)));
        string side = _swapped ? "left" : "right";
        if (LabelSet.Compare(rows.Labels(first), rows.Labels(second)) > 0)
        {
            (first, second) = (second, first);
        }

        throw QueryException.Execution(
            $"found duplicate series for the match group {group} on the {side} hand-side of the operation: [{GoText.Labels(rows.Labels(first))}, {GoText.Labels(rows.Labels(second))}];many-to-many matching not allowed: matching labels must be unique on one side");
    }
}
