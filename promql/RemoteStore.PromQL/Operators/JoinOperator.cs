using RemoteStore.Model.Histograms;
using RemoteStore.PromQL.Execution;
using RemoteStore.PromQL.Functions;
using RemoteStore.PromQL.Parser.Syntax;

namespace RemoteStore.PromQL.Operators;

/// <summary>
/// An arithmetic operator or comparison between series of two vectors. The "many" side (the left one, but for <c>group_right</c>) is matched with at most one
/// series of the "one" side at each step, by the bytes of the labels that are compared. The "one" side is held; the "many" side passes through, series by series.
/// </summary>
internal sealed class JoinOperator(
    QueryContext query, SeriesOperator left, SeriesOperator right, ElementOperator element, VectorMatching matching, bool returnBool)
    : SeriesOperator(query, left.Grid)
{
    private readonly MatchSignature _signature = new(matching);
    private readonly bool _swapped = matching.Cardinality == MatchCardinality.OneToMany;
    private readonly SeriesOperator _many = matching.Cardinality == MatchCardinality.OneToMany ? right : left;
    private readonly SeriesOperator _others = matching.Cardinality == MatchCardinality.OneToMany ? left : right;
    private readonly double? _fillOne = matching.Cardinality == MatchCardinality.OneToMany ? matching.FillLeft : matching.FillRight;
    private readonly double? _fillMany = matching.Cardinality == MatchCardinality.OneToMany ? matching.FillRight : matching.FillLeft;
    private OneSide? _one;
    private JoinOutput? _output;
    private StepSeries? _current;
    private ulong[] _rest = [];
    private ulong[] _piece = [];
    private int _group;
    private int _nextFilled;
    private bool _manyEnded;

    /// <inheritdoc/>
    public override SeriesTraits Traits => RepeatGuard.TraitsOver(Grid)
        | (FloatArithmetic.ChangesMeaning(element.Op) && !matching.Include.Contains("__name__") ? SeriesTraits.OneName : SeriesTraits.None);

    /// <inheritdoc/>
    public override async ValueTask<bool> LoadAsync(CancellationToken cancellationToken)
    {
        if (_one is null)
        {
            await BeginAsync(cancellationToken).ConfigureAwait(false);
        }

        if (!_manyEnded)
        {
            if (await _many.LoadAsync(cancellationToken).ConfigureAwait(false))
            {
                return true;
            }

            _manyEnded = true;
        }

        return _fillMany is not null && _nextFilled < _one!.Rows.Count;
    }

    /// <inheritdoc/>
    public override bool TryNext(StepSeries row)
    {
        if (_manyEnded)
        {
            return TryFill(row);
        }

        while (true)
        {
            while (!Presence.IsEmpty(_rest))
            {
                TakePiece(row);
                if (!Presence.IsEmpty(row.Present))
                {
                    return true;
                }
            }

            if (!_many.TryNext(_current!))
            {
                return false;
            }

            BeginSeries();
        }
    }

    /// <inheritdoc/>
    protected override async ValueTask CloseAsync()
    {
        _current?.Dispose();
        _output?.Dispose();
        _one?.Dispose();
        Query.Memory.Return(_rest);
        Query.Memory.Return(_piece);
        _rest = [];
        _piece = [];
        await left.DisposeAsync().ConfigureAwait(false);
        await right.DisposeAsync().ConfigureAwait(false);
    }

    private async ValueTask BeginAsync(CancellationToken cancellationToken)
    {
        _one = new OneSide(Query, Grid, _signature, _swapped ? "left" : "right");
        _output = new JoinOutput(Query, Grid, matching, _signature, element.Op, returnBool);
        _current = new StepSeries(Query.Memory, Grid.Count);
        _rest = Query.Memory.RentWords(Grid.Words);
        _piece = Query.Memory.RentWords(Grid.Words);
        while (await _others.LoadAsync(cancellationToken).ConfigureAwait(false))
        {
            while (_others.TryNext(_current))
            {
                Query.ThrowIfCancelled();
                _one.Add(_current);
            }
        }

        if (_fillOne is not null || _fillMany is not null)
        {
            // What is missing on the other side is filled, so that it is empty nowhere.
            Presence.Fill(_piece, Grid.Count);
            _one.CheckUnique(_piece);
        }
    }

    /// <summary>Looks up the match group of a series of the "many" side; what it matches is then taken piece by piece.</summary>
    private void BeginSeries()
    {
        Query.ThrowIfCancelled();
        StepSeries current = _current!;
        _one!.CheckUnique(current.Present);
        ReadOnlySpan<byte> signature = _signature.Of(current.Labels);
        _group = _fillOne is null ? _one.Groups.Find(signature) : _one.Groups.GetOrAdd(signature);
        if (_group >= 0)
        {
            current.Present.CopyTo(_rest);
        }
    }

    /// <summary>Joins the current series with one series of the other side, at the steps that they share.</summary>
    private void TakePiece(StepSeries row)
    {
        Query.ThrowIfCancelled();
        OneSide one = _one!;
        StepSeries many = _current!;
        int match = one.Row(_group, Presence.Next(_rest, 0));
        _piece.AsSpan().Clear();
        for (int step = Presence.Next(_rest, 0); step >= 0; step = Presence.Next(_rest, step + 1))
        {
            if (one.Row(_group, step) == match)
            {
                Presence.Set(_piece, step);
                Presence.Clear(_rest, step);
            }
        }

        ReadOnlySpan<byte> manyLabels = many.Labels;
        if (match >= 0)
        {
            row.Begin(_output!.Labels(manyLabels, one.Rows.Labels(match)), _output.DropsName(many.DropName));
            Compute(row, many.Values, many, default, one.Rows.Values(match), one.Rows.Histograms(match));
        }
        else if (_fillOne is { } fill)
        {
            row.Begin(_output!.Labels(manyLabels, _signature.Of(manyLabels)), _output.DropsName(many.DropName));
            Compute(row, many.Values, many, fill, default, null);
        }
        else
        {
            row.Begin([], dropName: false);
            return;
        }

        _output.Pass(_group, _piece.AsSpan(0, Grid.Words), row);
    }

    /// <summary>Joins the next series of the "one" side with the fill value, where nothing of the "many" side has matched it.</summary>
    private bool TryFill(StepSeries row)
    {
        while (_fillMany is { } fill && _nextFilled < _one!.Rows.Count)
        {
            Query.ThrowIfCancelled();
            RowStore rows = _one.Rows;
            int other = _nextFilled++;
            _group = _one.Group(other);
            _piece.AsSpan().Clear();
            for (int step = Presence.Next(rows.Present(other), 0); step >= 0; step = Presence.Next(rows.Present(other), step + 1))
            {
                if (!_output!.IsMatched(_group, step))
                {
                    Presence.Set(_piece, step);
                }
            }

            if (Presence.IsEmpty(_piece))
            {
                continue;
            }

            row.Begin(_output!.Labels(_signature.Of(rows.Labels(other)), rows.Labels(other)), _output.DropsName(manyDrops: false));
            Compute(row, default, null, fill, rows.Values(other), rows.Histograms(other));
            _output.Pass(_group, _piece.AsSpan(0, Grid.Words), row);
            if (!Presence.IsEmpty(row.Present))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Computes the steps of the piece; those whose operands do not go together leave it.</summary>
    /// <param name="row">The result.</param>
    /// <param name="manyValues">Values of the "many" side; empty when it is filled.</param>
    /// <param name="many">The series of the "many" side, null when it is filled.</param>
    /// <param name="fill">What stands for the side that is filled.</param>
    /// <param name="oneValues">Values of the "one" side; empty when it is filled.</param>
    /// <param name="oneHistograms">Histograms of the "one" side, when it has any.</param>
    private void Compute(
        StepSeries row,
        ReadOnlySpan<double> manyValues,
        StepSeries? many,
        double fill,
        ReadOnlySpan<double> oneValues,
        FloatHistogram?[]? oneHistograms)
    {
        bool floats = oneHistograms is null && many is not { HasHistograms: true } && element.Op is not (BinaryOperator.TrimLower or BinaryOperator.TrimUpper);
        for (int step = Presence.Next(_piece, 0); step >= 0; step = Presence.Next(_piece, step + 1))
        {
            double ofMany = manyValues.IsEmpty ? fill : manyValues[step];
            double ofOne = oneValues.IsEmpty ? fill : oneValues[step];
            (double l, double r) = _swapped ? (ofOne, ofMany) : (ofMany, ofOne);
            double value = 0;
            FloatHistogram? histogram = null;
            bool keep;
            if (floats)
            {
                keep = element.Floats(l, r, out value);
            }
            else if (!TryElement(l, r, many?.Histogram(step), oneHistograms?[step], out keep, out value, out histogram))
            {
                Presence.Clear(_piece, step);
                continue;
            }

            if (returnBool)
            {
                row.Set(step, keep ? 1 : 0);
            }
            else if (keep && histogram is not null)
            {
                row.Set(step, histogram);
            }
            else if (keep)
            {
                row.Set(step, value);
            }
        }
    }

    private bool TryElement(
        double left, double right, FloatHistogram? many, FloatHistogram? one, out bool keep, out double value, out FloatHistogram? histogram)
    {
        (FloatHistogram? hl, FloatHistogram? hr) = _swapped ? (one, many) : (many, one);
        value = 0;
        histogram = null;
        if (hl is null && hr is null && element.Op is not (BinaryOperator.TrimLower or BinaryOperator.TrimUpper))
        {
            keep = element.Floats(left, right, out value);
            return true;
        }

        return element.TryHistograms(left, hl, right, hr, out keep, out histogram);
    }
}
