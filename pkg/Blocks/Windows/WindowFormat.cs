using System.Text;
using RemoteStore.Model.Labels;
using RemoteStore.Model.Samples;
using RemoteStore.Storage.Querying;

namespace RemoteStore.Blocks.Windows;

/// <summary>What is fixed about blocks of windows: the name of the reserved label and of the columns. Page: <c>docs/windows.md</c>.</summary>
public static class WindowFormat
{
    /// <summary>Name of the label that says which column of its series a stored series is: U+10FFFF, behind every other name that is not longer.</summary>
    public const string ColumnLabel = "\U0010FFFF";

    /// <summary>Columns in label order, which is the order in which those of a series follow each other.</summary>
    internal static readonly WindowColumns[] Columns =
    [
        WindowColumns.Count, WindowColumns.First, WindowColumns.Last, WindowColumns.Max, WindowColumns.Min, WindowColumns.Resets, WindowColumns.Sum,
    ];

    private static readonly byte[] s_label = Encoding.UTF8.GetBytes(ColumnLabel);
    private static readonly byte[][] s_names = [.. Columns.Select(static column => Encoding.UTF8.GetBytes(NameOf(column)))];
    private static readonly byte[][] s_fields = [.. s_names.Select(Field)];

    /// <summary>The histogram that stands for a stale marker in the column of last values.</summary>
    internal static byte[] StaleHistogram { get; } = HistogramPayload.Encode(new NativeHistogram { SumBits = SampleBits.StaleMarker });

    /// <summary>Name of the label as UTF-8.</summary>
    internal static ReadOnlySpan<byte> LabelUtf8 => s_label;

    /// <summary>Value of the label for a column, by its position in <see cref="Columns"/>.</summary>
    internal static ReadOnlyMemory<byte> NameUtf8(int column) => s_names[column];

    /// <summary>The whole label field of a column, by its position in <see cref="Columns"/>.</summary>
    internal static ReadOnlySpan<byte> FieldOf(int column) => s_fields[column];

    /// <summary>Value of the label for a column.</summary>
    internal static string NameOf(WindowColumns column) => column switch
    {
        WindowColumns.Count => "count",
        WindowColumns.First => "first",
        WindowColumns.Last => "last",
        WindowColumns.Max => "max",
        WindowColumns.Min => "min",
        WindowColumns.Resets => "resets",
        WindowColumns.Sum => "sum",
        _ => throw new ArgumentOutOfRangeException(nameof(column), column, "one column has a name"),
    };

    /// <summary>
    /// True when a series cannot be told apart from a column: a name of its labels begins with that of the reserved label. Names with it sort last, so that only
    /// the last label counts.
    /// </summary>
    public static bool IsReserved(LabelSet labels)
    {
        foreach (LabelPair label in labels)
        {
            if (label.Name.StartsWith(LabelUtf8))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Which column a stored series is, and how long the label bytes of its series are.</summary>
    /// <returns>Position in <see cref="Columns"/>; -1 when it is none that is known.</returns>
    internal static int ColumnOf(ReadOnlySpan<byte> labels, out int seriesLength)
    {
        for (int column = 0; column < s_fields.Length; column++)
        {
            if (labels.EndsWith(s_fields[column]))
            {
                seriesLength = labels.Length - s_fields[column].Length;
                return column;
            }
        }

        seriesLength = labels.Length;
        return -1;
    }

    private static byte[] Field(byte[] name)
    {
        byte[] field = new byte[LabelSetBuilder.FieldLength(s_label.Length, name.Length)];
        _ = LabelSetBuilder.WriteField(field, s_label, name);
        return field;
    }
}
