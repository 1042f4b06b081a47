using RemoteStore.Model.Histograms;
using RemoteStore.PromQL.Execution;
using RemoteStore.PromQL.Functions;
using RemoteStore.PromQL.Parser.Syntax;

namespace RemoteStore.PromQL.Operators;

/// <summary>A binary operator between each series and a scalar. A comparison without <c>bool</c> keeps the series' value on whichever side it stands.</summary>
internal sealed class VectorScalarOperator(
    QueryContext query, SeriesOperator input, ElementOperator element, double[] scalars, bool scalarLeft, bool returnBool) : UnaryOperator(query, input)
{
    /// <inheritdoc/>
    protected override void Apply(StepSeries row)
    {
        bool comparison = element.Op.IsComparison();
        Span<double> values = row.Values;
        ReadOnlySpan<ulong> present = row.Present;
        for (int step = Presence.Next(present, 0); step >= 0; step = Presence.Next(present, step + 1))
        {
            if (row.Histogram(step) is { } histogram)
            {
                ApplyHistogram(row, step, histogram);
                continue;
            }

            double own = values[step];
            double left = scalarLeft ? scalars[step] : own;
            double right = scalarLeft ? own : scalars[step];
            if (element.Op is BinaryOperator.TrimLower or BinaryOperator.TrimUpper)
            {
                element.TryHistograms(left, null, right, null, out _, out _);
                row.Remove(step);
                continue;
            }

            bool keep = element.Floats(left, right, out double result);
            if (returnBool)
            {
                values[step] = keep ? 1 : 0;
            }
            else if (!keep)
            {
                row.Remove(step);
            }
            else if (!comparison)
            {
                values[step] = result;
            }
        }

        row.DropName |= returnBool || FloatArithmetic.ChangesMeaning(element.Op);
    }

    private void ApplyHistogram(StepSeries row, int step, FloatHistogram histogram)
    {
        bool possible = scalarLeft
            ? element.TryHistograms(scalars[step], null, 0, histogram, out bool keep, out FloatHistogram? result)
            : element.TryHistograms(0, histogram, scalars[step], null, out keep, out result);
        if (!possible || !keep)
        {
            row.Remove(step);
        }
        else
        {
            row.Set(step, result!);
        }
    }
}

/// <summary>The sign of each series turned.</summary>
internal sealed class UnaryMinusOperator(QueryContext query, SeriesOperator input) : UnaryOperator(query, input)
{
    /// <inheritdoc/>
    protected override void Apply(StepSeries row)
    {
        foreach (ref double value in row.Values)
        {
            value = -value;
        }

        if (row.HasHistograms)
        {
            for (int step = Presence.Next(row.Present, 0); step >= 0; step = Presence.Next(row.Present, step + 1))
            {
                if (row.Histogram(step) is { } histogram)
                {
                    FloatHistogram negative = HistogramMath.Copy(histogram);
                    negative.Multiply(-1);
                    row.Set(step, negative);
                }
            }
        }

        row.DropName = true;
    }
}
