namespace RemoteStore.Ruler.Templates.Values;

/// <summary>A value that says itself how it is printed.</summary>
internal interface IGoStringer
{
    /// <summary>Its text.</summary>
    string Text { get; }
}
