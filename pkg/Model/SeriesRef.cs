namespace RemoteStore.Model;

/// <summary>Dense number of a series in one tenant's registry, from 0. Means nothing outside that tenant.</summary>
public readonly record struct SeriesRef(uint Value) : IComparable<SeriesRef>
{
    /// <inheritdoc/>
    public int CompareTo(SeriesRef other) => Value.CompareTo(other.Value);

    /// <summary>Order of creation.</summary>
    public static bool operator <(SeriesRef left, SeriesRef right) => left.Value < right.Value;

    /// <summary>Order of creation.</summary>
    public static bool operator >(SeriesRef left, SeriesRef right) => left.Value > right.Value;

    /// <summary>Order of creation.</summary>
    public static bool operator <=(SeriesRef left, SeriesRef right) => left.Value <= right.Value;

    /// <summary>Order of creation.</summary>
    public static bool operator >=(SeriesRef left, SeriesRef right) => left.Value >= right.Value;
}
