using System.Runtime.CompilerServices;

namespace RemoteStore.PromQL.Functions;

/// <summary>Compensated summation (Neumaier's variant of Kahan's), in the order and with the treatment of infinities that Prometheus has.</summary>
internal static class Kahan
{
    /// <summary>Adds to a sum and its compensation. An infinite sum keeps its compensation at 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)] // four operations, called per sample
    public static void Add(double increment, ref double sum, ref double compensation)
    {
        double total = sum + increment;
        if (double.IsInfinity(total))
        {
            compensation = 0;
        }
        else if (Math.Abs(sum) >= Math.Abs(increment))
        {
            compensation += sum - total + increment;
        }
        else
        {
            compensation += increment - total + sum;
        }

        sum = total;
    }
}
