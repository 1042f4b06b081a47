namespace RemoteStore.Chunks.Kernels;

/// <summary>Instruction sets that kernels are written for.</summary>
internal enum KernelLevel
{
    /// <summary>None beyond the base of the machine.</summary>
    Scalar,

    /// <summary>x86-64 with AVX2.</summary>
    Avx2,

    /// <summary>x86-64 with AVX-512 F, BW, CD, DQ, VL and VBMI.</summary>
    Avx512,
}

/// <summary>What this machine offers. The compiler folds the answers.</summary>
internal static class KernelLevels
{
    /// <summary>The fastest level that is supported.</summary>
    public static KernelLevel Best => KernelLevel.Scalar;

    /// <summary>True when the machine can run a level.</summary>
    public static bool IsSupported(KernelLevel level) => level <= Best;
}
