using System.Globalization;

namespace RemoteStore.CompatTests.Queries;

/// <summary>Tells how an answer differs from the expected one.</summary>
internal static class AnswerComparison
{
    /// <summary>How far values may lie apart, as a fraction of the larger one.</summary>
    public const double Relative = 1e-12;

    /// <summary>The first difference, or null.</summary>
    /// <param name="expected">What Prometheus answered.</param>
    /// <param name="actual">What we answered.</param>
    /// <param name="absolute">How far values may lie apart in any case.</param>
    /// <param name="ordered">True when the order of series is part of the answer.</param>
    public static string? Find(QueryAnswer expected, QueryAnswer actual, double absolute, bool ordered)
    {
        if (expected.Error is not null || actual.Error is not null)
        {
            // Texts name one of several series that clash, whichever was seen first.
            return Kind(expected.Error) == Kind(actual.Error) ? null : $"error {expected.Error ?? "none"}, ours {actual.Error ?? "none"}";
        }

        if (expected.Type != actual.Type)
        {
            return $"a {expected.Type}, ours a {actual.Type}";
        }

        Dictionary<string, AnswerSeries> ours = [];
        foreach (AnswerSeries series in actual.Series)
        {
            if (!ours.TryAdd(series.Labels, series))
            {
                return $"ours has {{{series.Labels}}} twice";
            }
        }

        foreach (AnswerSeries series in expected.Series)
        {
            if (!ours.Remove(series.Labels, out AnswerSeries? other))
            {
                return $"{{{series.Labels}}} {Show(series)} is missing in ours";
            }

            if (FindPoint(series, other, absolute) is { } difference)
            {
                return $"{{{series.Labels}}}: {difference}";
            }
        }

        if (ours.Count > 0)
        {
            return $"ours has {{{ours.Values.First().Labels}}} {Show(ours.Values.First())} in addition";
        }

        return ordered ? FindOrder(expected, actual, absolute) : null;
    }

    private static string? FindPoint(AnswerSeries expected, AnswerSeries actual, double absolute)
    {
        for (int i = 0; i < Math.Min(expected.Points.Count, actual.Points.Count); i++)
        {
            ((decimal time, double value), (decimal ourTime, double ourValue)) = (expected.Points[i], actual.Points[i]);
            if (time != ourTime || !IsClose(value, ourValue, absolute))
            {
                return string.Create(CultureInfo.InvariantCulture, $"{value:R} at {time}, ours {ourValue:R} at {ourTime} (allowed {absolute:R})");
            }
        }

        return expected.Points.Count == actual.Points.Count ? null : $"{expected.Points.Count} points, ours {actual.Points.Count}";
    }

    /// <summary>Series with values that are as good as equal may stand in any order.</summary>
    private static string? FindOrder(QueryAnswer expected, QueryAnswer actual, double absolute)
    {
        for (int i = 0; i < expected.Series.Count; i++)
        {
            if (!IsClose(expected.Series[i].Points[0].Value, actual.Series[i].Points[0].Value, absolute))
            {
                return $"{{{expected.Series[i].Labels}}} in place {i}, ours {{{actual.Series[i].Labels}}}";
            }
        }

        return null;
    }

    private static bool IsClose(double a, double b, double absolute) =>
        a.Equals(b) || (double.IsFinite(a) && double.IsFinite(b) && Math.Abs(a - b) <= Math.Max(absolute, Relative * Math.Max(Math.Abs(a), Math.Abs(b))));

    private static string? Kind(string? error) => error?[..error.IndexOf(':')];

    private static string Show(AnswerSeries series) =>
        string.Create(CultureInfo.InvariantCulture, $"({series.Points.Count} points from {series.Points[0].Value:R} at {series.Points[0].Time})");
}
