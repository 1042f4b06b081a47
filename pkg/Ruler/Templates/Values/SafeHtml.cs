namespace RemoteStore.Ruler.Templates.Values;

/// <summary>A text that is HTML already.</summary>
/// <param name="Text">The text.</param>
internal sealed record SafeHtml(string Text) : IGoStringer;
