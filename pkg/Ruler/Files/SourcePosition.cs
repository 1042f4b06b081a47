namespace RemoteStore.Ruler.Files;

/// <summary>A place in a text, both from 1; 0 when there is none.</summary>
/// <param name="Line">Line.</param>
/// <param name="Column">Character in the line.</param>
public readonly record struct SourcePosition(int Line, int Column)
{
    /// <summary>As <c>3:14</c>.</summary>
    public override string ToString() => FormattableString.Invariant($"{Line}:{Column}");
}
