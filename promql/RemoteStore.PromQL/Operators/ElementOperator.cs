using RemoteStore.Model.Histograms;
using RemoteStore.Model.Samples;
using RemoteStore.PromQL.Annotations;
using RemoteStore.PromQL.Functions;
using RemoteStore.PromQL.Parser.Syntax;

namespace RemoteStore.PromQL.Operators;

/// <summary>A binary operator between two samples, floats or histograms.</summary>
/// <param name="op">The operator.</param>
/// <param name="annotations">Where operands that do not go together are reported.</param>
/// <param name="position">Place of the operation.</param>
internal sealed class ElementOperator(BinaryOperator op, AnnotationSet annotations, int position)
{
    /// <summary>The operator.</summary>
    public BinaryOperator Op => op;

    /// <summary>Computes with two floats.</summary>
    /// <returns>True when a comparison holds; always for arithmetic.</returns>
    public bool Floats(double left, double right, out double result)
    {
        if (op.IsComparison())
        {
            result = left;
            return FloatArithmetic.Compare(op, left, right);
        }

        result = FloatArithmetic.Compute(op, left, right);
        return true;
    }

    /// <summary>Computes with at least one histogram, or trims.</summary>
    /// <param name="left">Left float, when <paramref name="leftHistogram"/> is null.</param>
    /// <param name="leftHistogram">Left histogram.</param>
    /// <param name="right">Right float, when <paramref name="rightHistogram"/> is null.</param>
    /// <param name="rightHistogram">Right histogram.</param>
    /// <param name="keep">True when a comparison holds; always for arithmetic.</param>
    /// <param name="result">The resulting histogram.</param>
    /// <returns>False when the operands do not go together, which has then been reported.</returns>
    public bool TryHistograms(
        double left, FloatHistogram? leftHistogram, double right, FloatHistogram? rightHistogram, out bool keep, out FloatHistogram? result)
    {
        keep = true;
        result = null;
        switch (leftHistogram, rightHistogram, op)
        {
            case (null, not null, BinaryOperator.Multiply):
                result = Scaled(rightHistogram, left, divide: false);
                return true;
            case (not null, null, BinaryOperator.Multiply):
                result = Scaled(leftHistogram, right, divide: false);
                return true;
            case (not null, null, BinaryOperator.Divide):
                result = Scaled(leftHistogram, right, divide: true);
                return true;
            case (not null, null, BinaryOperator.TrimUpper or BinaryOperator.TrimLower):
                result = Trimmed(leftHistogram, right);
                return true;
            case (not null, not null, BinaryOperator.Add or BinaryOperator.Subtract):
                return TryAdd(leftHistogram, rightHistogram, out result);
            case (not null, not null, BinaryOperator.Equal):
                result = leftHistogram;
                keep = leftHistogram.ContentEquals(rightHistogram);
                return true;
            case (not null, not null, BinaryOperator.NotEqual):
                result = leftHistogram;
                keep = !leftHistogram.ContentEquals(rightHistogram);
                return true;
            default:
                annotations.Info(AnnotationText.IncompatibleTypes(Kind(leftHistogram), op.Symbol(), Kind(rightHistogram)), position);
                keep = false;
                return false;
        }
    }

    private static string Kind(FloatHistogram? histogram) => histogram is null ? "float" : "histogram";

    private static FloatHistogram Scaled(FloatHistogram histogram, double factor, bool divide)
    {
        FloatHistogram result = HistogramMath.Copy(histogram);
        if (divide)
        {
            result.Divide(factor);
        }
        else
        {
            result.Multiply(factor);
        }

        result.Compact(0);
        return result;
    }

    private FloatHistogram Trimmed(FloatHistogram histogram, double bound)
    {
        FloatHistogram result = HistogramMath.Copy(histogram);
        if (op == BinaryOperator.TrimUpper)
        {
            result.TrimAbove(bound);
        }
        else
        {
            result.TrimBelow(bound);
        }

        return result;
    }

    private bool TryAdd(FloatHistogram left, FloatHistogram right, out FloatHistogram? result)
    {
        bool add = op == BinaryOperator.Add;
        string word = add ? AnnotationText.Addition : AnnotationText.Subtraction;
        result = HistogramMath.Copy(left);
        HistogramNotes notes = add ? result.Add(right) : result.Subtract(right);
        if ((notes & HistogramNotes.MixedSchemas) != 0)
        {
            annotations.Warn(AnnotationText.IncompatibleBucketLayout(op.Symbol()), position);
            result = null;
            return false;
        }

        if ((notes & HistogramNotes.CounterResetCollision) != 0)
        {
            annotations.Warn(AnnotationText.CounterResetCollision(word), position);
        }

        if ((notes & HistogramNotes.BoundsReconciled) != 0)
        {
            annotations.Info(AnnotationText.ReconciledBounds(word), position);
        }

        if (!add)
        {
            result.CounterResetHint = CounterResetHint.Gauge;
        }

        result.Compact(0);
        return true;
    }
}
