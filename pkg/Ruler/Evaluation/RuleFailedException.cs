namespace RemoteStore.Ruler.Evaluation;

/// <summary>A rule has no result: its query gave something that it cannot use, or more than its limit.</summary>
/// <param name="message">Why, in Prometheus' words.</param>
internal sealed class RuleFailedException(string message) : Exception(message);
