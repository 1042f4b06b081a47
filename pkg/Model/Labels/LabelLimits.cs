namespace RemoteStore.Model.Labels;

/// <summary>Bounds on the labels of one series; 0 switches a bound off.</summary>
/// <param name="MaxLabels">Most labels of a series, the metric name included, labels with an empty value not.</param>
/// <param name="MaxNameLength">Longest label name, in bytes.</param>
/// <param name="MaxValueLength">Longest label value, in bytes.</param>
public readonly record struct LabelLimits(int MaxLabels, int MaxNameLength, int MaxValueLength)
{
    /// <summary>Option that sets <see cref="MaxLabels"/>.</summary>
    public const string MaxLabelsOption = "limits.max-label-names-per-series";

    /// <summary>Option that sets <see cref="MaxNameLength"/>.</summary>
    public const string MaxNameLengthOption = "limits.max-label-name-length";

    /// <summary>Option that sets <see cref="MaxValueLength"/>.</summary>
    public const string MaxValueLengthOption = "limits.max-label-value-length";

    /// <summary>Generous bounds that still stop accidents: 100 labels, names of 1 KiB, values of 8 KiB.</summary>
    public static LabelLimits Default { get; } = new(100, 1024, 8192);

    internal bool ExceedsLabels(int count) => MaxLabels > 0 && count > MaxLabels;

    internal bool ExceedsName(int lengthBytes) => MaxNameLength > 0 && lengthBytes > MaxNameLength;

    internal bool ExceedsValue(int lengthBytes) => MaxValueLength > 0 && lengthBytes > MaxValueLength;
}
