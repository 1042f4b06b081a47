using Xunit;

namespace RemoteStore.CompatTests.Peers;

/// <summary>As <see cref="PeerFactAttribute"/>, for a test with several cases.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class PeerTheoryAttribute : TheoryAttribute
{
    public PeerTheoryAttribute(params string[] programs) => Skip = new PeerFactAttribute(programs).Skip;
}
