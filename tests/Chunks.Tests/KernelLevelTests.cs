using RemoteStore.Chunks.Kernels;
using Shouldly;
using Xunit;

namespace RemoteStore.Chunks.Tests;

public sealed class KernelLevelTests
{
    /// <summary>The script that runs these tests with fewer instructions would prove nothing if a switch were misspelt.</summary>
    [Theory]
    [InlineData("DOTNET_EnableAVX512", KernelLevel.Avx512)]
    [InlineData("DOTNET_EnableAVX2", KernelLevel.Avx512)]
    [InlineData("DOTNET_EnableAVX2", KernelLevel.Avx2)]
    [InlineData("DOTNET_EnableHWIntrinsic", KernelLevel.Avx512)]
    [InlineData("DOTNET_EnableHWIntrinsic", KernelLevel.Avx2)]
    internal void IsSupported_SwitchedOffByTheEnvironment_IsFalse(string variable, KernelLevel level)
    {
        if (Environment.GetEnvironmentVariable(variable) == "0")
        {
            KernelLevels.IsSupported(level).ShouldBeFalse();
        }

        KernelLevels.IsSupported(KernelLevel.Scalar).ShouldBeTrue();
    }
}
