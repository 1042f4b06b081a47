using System.Runtime.Intrinsics.X86;

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
    /// <summary>True when <see cref="Avx512Kernels"/> can run.</summary>
    public static bool HasAvx512 => Avx512Vbmi.IsSupported && Avx512DQ.IsSupported && Avx512BW.IsSupported;

    /// <summary>True when <see cref="Avx2Kernels"/> can run.</summary>
    public static bool HasAvx2 => Avx2.IsSupported;

    /// <summary>True when the machine can run a level.</summary>
    public static bool IsSupported(KernelLevel level) => level switch
    {
        KernelLevel.Avx512 => HasAvx512,
        KernelLevel.Avx2 => HasAvx2,
        _ => true,
    };
}
