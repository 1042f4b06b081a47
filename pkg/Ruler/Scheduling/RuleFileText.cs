namespace RemoteStore.Ruler.Scheduling;

/// <summary>A rule file as it is on disk at one moment.</summary>
/// <param name="Name">Its path.</param>
/// <param name="Content">Its bytes; empty when it could not be read.</param>
/// <param name="Error">Why it could not be read, or null.</param>
internal sealed record RuleFileText(string Name, byte[] Content, string? Error);
