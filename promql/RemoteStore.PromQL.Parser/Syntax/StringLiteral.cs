using System.Text;

namespace RemoteStore.PromQL.Parser.Syntax;

/// <summary>A text literal. Byte escapes may make it something else than UTF-8, so the bytes are what counts.</summary>
/// <param name="utf8">The bytes after unescaping.</param>
/// <param name="position">Where, quotes included.</param>
public sealed class StringLiteral(ReadOnlyMemory<byte> utf8, PositionRange position) : Expr
{
    /// <summary>The bytes after unescaping; usually, but not necessarily, UTF-8.</summary>
    public ReadOnlyMemory<byte> Utf8 { get; } = utf8;

    /// <summary>The text, with U+FFFD for what is not UTF-8.</summary>
    public string Value { get; } = Encoding.UTF8.GetString(utf8.Span);

    /// <inheritdoc/>
    public override ExprType Type => ExprType.Text;

    /// <inheritdoc/>
    public override PositionRange Position { get; } = position;
}
