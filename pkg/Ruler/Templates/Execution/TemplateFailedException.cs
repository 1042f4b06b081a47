namespace RemoteStore.Ruler.Templates.Execution;

/// <summary>A template, or a function that it calls, goes no further.</summary>
/// <param name="message">Why.</param>
internal sealed class TemplateFailedException(string message) : Exception(message);
