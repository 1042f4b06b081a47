using System.Text.Unicode;
using RemoteStore.Model.Writes;

namespace RemoteStore.Model.Labels;

/// <summary>The rules for a single label, and the message for the sender of a series that breaks one.</summary>
internal static class LabelRejection
{
    private const int NameTextLength = 64;

    /// <summary>Checks one label that has a value. Lengths come first: text that is refused for its length is not scanned.</summary>
    public static AppendStatus Check(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value, LabelLimits limits)
    {
        if (name.IsEmpty)
        {
            return AppendStatus.InvalidLabelName;
        }

        if (limits.ExceedsName(name.Length))
        {
            return AppendStatus.LabelNameTooLong;
        }

        if (limits.ExceedsValue(value.Length))
        {
            return AppendStatus.LabelValueTooLong;
        }

        if (!Utf8.IsValid(name))
        {
            return AppendStatus.InvalidLabelName;
        }

        return Utf8.IsValid(value) ? AppendStatus.Ok
            : name.SequenceEqual("__name__"u8) ? AppendStatus.InvalidMetricName
            : AppendStatus.InvalidLabelValue;
    }

    /// <summary>The message for a refused series.</summary>
    public static string Describe(AppendStatus status, ReadOnlySpan<byte> raw, LabelLimits limits)
    {
        string fault = status switch
        {
            AppendStatus.MissingMetricName => "series has no metric name (__name__)",
            AppendStatus.InvalidMetricName => "metric name is not valid UTF-8",
            AppendStatus.MalformedSeries => "labels of the series are not well-formed protobuf",
            AppendStatus.TooManyLabels =>
                $"series has {Count(raw)} labels, the limit is {limits.MaxLabels} ({LabelLimits.MaxLabelsOption})",
            AppendStatus.DuplicateLabelName => DescribeDuplicate(raw),
            AppendStatus.InvalidLabelName or AppendStatus.InvalidLabelValue or AppendStatus.LabelNameTooLong or AppendStatus.LabelValueTooLong =>
                DescribeLabel(status, raw, limits),
            _ => $"series is refused ({status})",
        };
        return $"{fault}: {SeriesText.Shorten(raw)}";
    }

    private static int Count(ReadOnlySpan<byte> raw)
    {
        int count = 0;
        var reader = new RawLabelReader(raw);
        while (reader.MoveNext())
        {
            count += reader.Current.ValueLength > 0 ? 1 : 0;
        }

        return count;
    }

    private static string DescribeDuplicate(ReadOnlySpan<byte> raw)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var reader = new RawLabelReader(raw);
        while (reader.MoveNext())
        {
            RawLabel label = reader.Current;
            ReadOnlySpan<byte> name = raw.Slice(label.NameOffset, label.NameLength);
            if (label.ValueLength > 0 && !seen.Add(System.Text.Encoding.UTF8.GetString(name)))
            {
                return $"label {SeriesText.Quote(name, NameTextLength)} occurs twice";
            }
        }

        return "a label occurs twice";
    }

    private static string DescribeLabel(AppendStatus status, ReadOnlySpan<byte> raw, LabelLimits limits)
    {
        var reader = new RawLabelReader(raw);
        while (reader.MoveNext())
        {
            RawLabel label = reader.Current;
            ReadOnlySpan<byte> name = raw.Slice(label.NameOffset, label.NameLength);
            ReadOnlySpan<byte> value = raw.Slice(label.ValueOffset, label.ValueLength);
            if (value.IsEmpty || Check(name, value, limits) != status)
            {
                continue;
            }

            string quoted = SeriesText.Quote(name, NameTextLength);
            return status switch
            {
                AppendStatus.LabelNameTooLong =>
                    $"label name {quoted} has {name.Length} bytes, the limit is {limits.MaxNameLength} ({LabelLimits.MaxNameLengthOption})",
                AppendStatus.LabelValueTooLong =>
                    $"value of label {quoted} has {value.Length} bytes, the limit is {limits.MaxValueLength} ({LabelLimits.MaxValueLengthOption})",
                AppendStatus.InvalidLabelValue => $"value of label {quoted} is not valid UTF-8",
                _ => name.IsEmpty ? "a label name is empty" : $"label name {quoted} is not valid UTF-8",
            };
        }

        return $"a label is refused ({status})";
    }
}
