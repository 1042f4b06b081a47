using RemoteStore.Primitives.Numerics;
using RemoteStore.PromQL.Execution;

namespace RemoteStore.PromQL.Functions;

/// <summary>
/// Calls kernels over the windows of all steps. Where a step has no samples, the windows between such steps are taken in one piece each.
/// </summary>
internal static class WholeRows
{
    /// <summary>Marks the steps that have samples and finds the next stretch of them.</summary>
    /// <param name="windows">The windows.</param>
    /// <param name="from">Where to go on; moved behind the stretch.</param>
    /// <param name="stretch">Steps that all have samples.</param>
    /// <returns>False when there is none left.</returns>
    public static bool TryNext(StepWindows windows, ref int from, out Range stretch)
    {
        stretch = default;
        int steps = windows.Grid.Count;
        if (windows.AllPresent)
        {
            bool any = from < steps;
            stretch = from..steps;
            from = steps;
            return any;
        }

        int first = Presence.Next(windows.Present, from);
        if (first < 0)
        {
            return false;
        }

        int end = first + 1;
        while (end < steps && Presence.Has(windows.Present, end))
        {
            end++;
        }

        stretch = first..end;
        from = end;
        return true;
    }

    /// <summary>Compensated sums of all windows.</summary>
    /// <param name="samples">The samples.</param>
    /// <param name="windows">The windows.</param>
    /// <param name="sums">Gets the sums.</param>
    /// <param name="compensations">Gets the compensations.</param>
    /// <param name="scratch">Memory to work in, kept from call to call.</param>
    public static void Sum(ReadOnlySpan<double> samples, StepWindows windows, Span<double> sums, Span<double> compensations, ref double[] scratch)
    {
        Grow(ref scratch, samples.Length);
        for (int from = 0; TryNext(windows, ref from, out Range stretch);)
        {
            CompensatedSums.SumWindows(samples, windows.First[stretch], windows.End[stretch], sums[stretch], compensations[stretch], scratch);
        }
    }

    /// <summary>Makes scratch memory long enough for kernels over a column.</summary>
    public static void Grow(ref double[] scratch, int samples)
    {
        if (scratch.Length < samples + 64)
        {
            scratch = GC.AllocateUninitializedArray<double>(samples + 64);
        }
    }
}
