using RemoteStore.Model.Samples;

namespace RemoteStore.Model.Histograms;

/// <summary>Counter reset hints of results.</summary>
internal static class ResetHints
{
    /// <summary>
    /// The hint of a sum or difference: anything with a gauge is a gauge, equal hints stay, else nothing is known. A reset that meets "no reset" is a
    /// contradiction.
    /// </summary>
    public static (CounterResetHint Hint, bool Collision) Combine(CounterResetHint left, CounterResetHint right)
    {
        if (left == right || left == CounterResetHint.Gauge)
        {
            return (left, false);
        }

        return right == CounterResetHint.Gauge
            ? (CounterResetHint.Gauge, false)
            : (CounterResetHint.Unknown, left != CounterResetHint.Unknown && right != CounterResetHint.Unknown);
    }
}
