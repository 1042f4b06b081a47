using System.Globalization;
using System.Text;
using RemoteStore.Model.Writes;
using RemoteStore.Storage.Appending;

namespace RemoteStore.Distributor;

/// <summary>Names of refusal reasons, and the answer that tells a sender what was refused.</summary>
internal static class RejectText
{
    // Prometheus logs the first line of an error, at most about a kilobyte of it: totals first, details after.
    private const int MaxDetailLength = 400;

    private static readonly string[] s_reasons = [.. Enum.GetValues<AppendStatus>().Select(static status => status.ReasonName())];

    /// <summary>All reasons as metric labels, by number of their status.</summary>
    public static IReadOnlyList<string> Reasons => s_reasons;

    /// <summary>One line: totals by reason, then the first refusals.</summary>
    public static string Describe(RejectTally rejects, AppendResult result)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"{rejects.Total} refused (");
        string separator = "";
        for (int i = 0; i < s_reasons.Length; i++)
        {
            long count = rejects.Count((AppendStatus)i);
            if (count > 0)
            {
                text.Append(separator).Append(s_reasons[i]).Append(": ").Append(count);
                separator = ", ";
            }
        }

        text.Append(CultureInfo.InvariantCulture, $"), the rest stored: {result.SamplesWritten} samples, {result.HistogramsWritten} histograms, ");
        text.Append(CultureInfo.InvariantCulture, $"{result.ExemplarsWritten} exemplars");
        separator = "; first refusals: ";
        foreach (string detail in rejects.Details)
        {
            text.Append(separator).Append(OneLine(detail));
            separator = "; ";
        }

        return text.ToString();
    }

    private static string OneLine(string detail)
    {
        string line = detail.ReplaceLineEndings(" ");
        return line.Length <= MaxDetailLength ? line : string.Concat(line.AsSpan(0, MaxDetailLength), "…");
    }
}
