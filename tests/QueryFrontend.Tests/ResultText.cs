using System.Globalization;
using System.Text;
using RemoteStore.Model.Histograms;
using RemoteStore.Model.Samples;
using RemoteStore.PromQL.Results;

namespace RemoteStore.QueryFrontend.Tests;

/// <summary>Spells an answer so that equal texts are equal answers, bit for bit; what it cost and the order of annotations are left out.</summary>
internal static class ResultText
{
    public static string Of(QueryResult result)
    {
        var text = new StringBuilder().Append(result.Type).Append(' ').Append(result.Text).Append(' ').Append(result.TimeMs).AppendLine();
        foreach (string warning in result.Warnings.Order(StringComparer.Ordinal))
        {
            _ = text.Append("warning ").AppendLine(warning);
        }

        foreach (string info in result.Infos.Order(StringComparer.Ordinal))
        {
            _ = text.Append("info ").AppendLine(info);
        }

        foreach (ResultSeries series in result.Series)
        {
            _ = text.AppendLine(series.Labels.ToString());
            for (int i = 0; i < series.Times.Length; i++)
            {
                string value = series.Histograms?[i] is { } histogram
                    ? Describe(histogram)
                    : BitConverter.DoubleToInt64Bits(series.Values.Span[i]).ToString("x16", CultureInfo.InvariantCulture);
                _ = text.Append("  ").Append(series.Times.Span[i]).Append(' ').AppendLine(value);
            }
        }

        return text.ToString();
    }

    private static string Describe(FloatHistogram histogram) => Convert.ToHexString(HistogramPayload.Encode(histogram.ToNative()));
}
