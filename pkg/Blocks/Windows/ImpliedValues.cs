namespace RemoteStore.Blocks.Windows;

/// <summary>
/// What a window that does not store a value is taken to have. Writers leave out what comes out bit by bit, readers put it back; neither looks at how the
/// samples of the window went.
/// </summary>
internal static class ImpliedValues
{
    /// <summary>Sum of samples that are all alike.</summary>
    public static double Sum(long count, double last) => count * last;

    /// <summary>Least value when no sample is below both ends; of equal ones the first, and NaN only when both are.</summary>
    public static double Min(double first, double last) => last < first || double.IsNaN(first) ? last : first;

    /// <summary>Greatest value when no sample is above both ends; of equal ones the first, and NaN only when both are.</summary>
    public static double Max(double first, double last) => last > first || double.IsNaN(first) ? last : first;

    /// <summary>True when two values have the same bits.</summary>
    public static bool Same(double left, double right) => BitConverter.DoubleToInt64Bits(left) == BitConverter.DoubleToInt64Bits(right);
}
