using Xunit;

namespace RemoteStore.CompatTests.Peers;

/// <summary>
/// A test that needs programs of others. Where one is missing it is skipped with the reason, or fails when <c>REMOTESTORE_REQUIRE_PEERS=1</c>.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class PeerFactAttribute : FactAttribute
{
    public PeerFactAttribute(params string[] programs)
    {
        string[] missing = [.. programs.Where(p => PeerProcess.Find(p) is null)];
        if (missing.Length > 0 && Environment.GetEnvironmentVariable("REMOTESTORE_REQUIRE_PEERS") != "1")
        {
            Skip = $"not installed: {string.Join(", ", missing)} (set REMOTESTORE_REQUIRE_PEERS=1 to fail instead)";
        }
    }
}
