using System.Globalization;
using RemoteStore.Model.Histograms;
using RemoteStore.Model.Labels;
using RemoteStore.PromQL.Parser.Lexing;
using RemoteStore.PromQL.Parser.Series;

namespace RemoteStore.Tool.Commands.Rules;

/// <summary>Expectations and what came instead, spelt as promtool does.</summary>
internal static class UnitTestText
{
    private const string Indent = "            ";

    /// <summary>Alerts, one below the other.</summary>
    public static string Alerts(IReadOnlyList<AlertText> alerts)
    {
        if (alerts.Count == 0)
        {
            return "[]";
        }

        IEnumerable<string> texts = alerts.Select(static (alert, index) => string.Create(
            CultureInfo.InvariantCulture, $"{Indent}{index}:\n{Indent}  Labels:{Labels(alert.Labels)}\n{Indent}  Annotations:{Labels(alert.Annotations)}"));
        return $"[\n{string.Join(",\n", texts)}\n{Indent}]";
    }

    /// <summary>Samples, one behind the other.</summary>
    public static string Samples(IReadOnlyList<(LabelSet Labels, double Value, FloatHistogram? Histogram)> samples) => samples.Count == 0
        ? "nil"
        : string.Join(", ", samples.Select(static sample => $"{sample.Labels} {(sample.Histogram is { } histogram ? HistogramText.Print(histogram.ToNative()) : Exponent(sample.Value))}"));

    /// <summary>A duration as Go prints it: <c>1h5m0s</c>.</summary>
    public static string GoDuration(TimeSpan duration)
    {
        if (duration == TimeSpan.Zero)
        {
            return "0s";
        }

        if (duration < TimeSpan.FromSeconds(1))
        {
            return string.Create(CultureInfo.InvariantCulture, $"{duration.TotalMilliseconds:0.######}ms");
        }

        long seconds = (long)duration.TotalSeconds;
        string hours = seconds >= 3600 ? string.Create(CultureInfo.InvariantCulture, $"{seconds / 3600}h") : "";
        string minutes = seconds >= 60 ? string.Create(CultureInfo.InvariantCulture, $"{seconds / 60 % 60}m") : "";
        return string.Create(CultureInfo.InvariantCulture, $"{hours}{minutes}{duration.TotalSeconds - (seconds / 60 * 60):0.######}s");
    }

    /// <summary>Labels or annotations in braces.</summary>
    private static string Labels(IReadOnlyList<KeyValuePair<string, string>> labels) =>
        $"{{{string.Join(", ", labels.Select(static label => $"{label.Key}={GoText.Quote(label.Value)}"))}}}";

    /// <summary>The shortest digits with an exponent: <c>1.5E+00</c>.</summary>
    private static string Exponent(double value)
    {
        if (!double.IsFinite(value))
        {
            return double.IsNaN(value) ? "NaN" : value > 0 ? "+Inf" : "-Inf";
        }

        string shortest = value.ToString("R", CultureInfo.InvariantCulture);
        int digits = Math.Max(1, shortest.Split('E')[0].Where(char.IsAsciiDigit).SkipWhile(static c => c == '0').Count());
        string text = value.ToString($"E{digits - 1}", CultureInfo.InvariantCulture);
        int e = text.IndexOf('E', StringComparison.Ordinal);
        int exponent = int.Parse(text.AsSpan(e + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        string mantissa = text[..e].Contains('.', StringComparison.Ordinal) ? text[..e].TrimEnd('0').TrimEnd('.') : text[..e];
        return string.Create(CultureInfo.InvariantCulture, $"{mantissa}E{(exponent < 0 ? '-' : '+')}{Math.Abs(exponent):00}");
    }
}
