using RemoteStore.Chunks.Integers;

namespace RemoteStore.Chunks.Values;

/// <summary>One way to write a run of values, with its size.</summary>
internal readonly struct ValuePlan
{
    public ValuePlan(ValueDomain domain, ExtendedDomain extended, int exponent, in ColumnPlan column, in ColumnPlan second, FloatExceptions? exceptions)
    {
        Domain = domain;
        Extended = extended;
        Exponent = exponent;
        Column = column;
        Second = second;
        Exceptions = exceptions;
        ExceptionCount = exceptions?.Count ?? 0;
        TotalBytes = 1 + column.TotalBytes + (exponent > 0 ? 1 : 0) + (exceptions?.Bytes ?? 0)
            + (domain == ValueDomain.Extended ? 1 : 0) + (extended == ExtendedDomain.DecimalAndResidual ? 1 + second.TotalBytes : 0);
    }

    public ValueDomain Domain { get; }

    public ExtendedDomain Extended { get; }

    public int Exponent { get; }

    public ColumnPlan Column { get; }

    public ColumnPlan Second { get; }

    public FloatExceptions? Exceptions { get; }

    public int ExceptionCount { get; }

    /// <summary>All bytes; 0 for the default value, which stands for no plan.</summary>
    public int TotalBytes { get; }

    /// <summary>True when other domains are not worth their time: 1.5 bytes per sample, or four for decimals without exceptions, which nothing beats.</summary>
    public bool IsSmallEnough(int count) => TotalBytes != 0 && (2 * TotalBytes <= 3 * count || (ExceptionCount == 0 && TotalBytes <= 4 * count));

    /// <summary>The smaller of two; this one if they are equal.</summary>
    public ValuePlan OrLesser(in ValuePlan other) => TotalBytes != 0 && TotalBytes <= other.TotalBytes ? this : other;
}
