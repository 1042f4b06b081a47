using System.Runtime.CompilerServices;
using RemoteStore.Primitives.Numerics;

namespace RemoteStore.PromQL.Functions;

/// <summary>Compensated summation (Neumaier's variant of Kahan's), in the order and with the treatment of infinities that Prometheus has.</summary>
internal static class Kahan
{
    /// <inheritdoc cref="CompensatedSums.Add(double, ref double, ref double)"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)] // four operations, called per sample
    public static void Add(double increment, ref double sum, ref double compensation) => CompensatedSums.Add(increment, ref sum, ref compensation);
}
