using System.Text;
using RemoteStore.Model.Labels;

namespace RemoteStore.PromQL.Functions;

/// <summary>Text as Go prints it, because messages are compared with Prometheus'.</summary>
internal static class GoText
{
    /// <summary>A text in double quotes, escaped.</summary>
    public static string Quote(string text) => SeriesText.Quote(Encoding.UTF8.GetBytes(text), int.MaxValue);

    /// <summary>A label set as <c>{a="b", c="d"}</c>.</summary>
    public static string Labels(ReadOnlySpan<byte> labels) => LabelSetBuilder.Describe(labels);
}
