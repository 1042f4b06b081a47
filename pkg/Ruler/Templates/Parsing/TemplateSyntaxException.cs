namespace RemoteStore.Ruler.Templates.Parsing;

/// <summary>A template cannot be parsed.</summary>
/// <param name="message">Where and why, in the words of Go's text/template.</param>
internal sealed class TemplateSyntaxException(string message) : Exception(message);
