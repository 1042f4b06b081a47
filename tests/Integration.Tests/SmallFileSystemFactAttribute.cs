using Xunit;

namespace RemoteStore.Integration.Tests;

/// <summary>A test that mounts a small file system; skipped with the reason where that is refused.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class SmallFileSystemFactAttribute : FactAttribute
{
    private static readonly Lazy<string?> s_refusal = new(static () =>
    {
        using SmallFileSystem? tried = SmallFileSystem.TryMount(1, out string reason);
        return tried is null ? $"a small file system cannot be mounted: {reason}" : null;
    });

    public SmallFileSystemFactAttribute() => Skip = s_refusal.Value;
}
