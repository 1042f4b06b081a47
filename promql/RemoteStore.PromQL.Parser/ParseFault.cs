using RemoteStore.PromQL.Parser.Syntax;

namespace RemoteStore.PromQL.Parser;

/// <summary>Why a query does not parse, in Prometheus' words.</summary>
/// <param name="Position">The part of the query at fault.</param>
/// <param name="Line">Line of its beginning, from 1; 0 when the query is empty.</param>
/// <param name="Column">Byte in that line, from 1.</param>
/// <param name="Message">What is wrong.</param>
public sealed record ParseFault(PositionRange Position, int Line, int Column, string Message)
{
    /// <summary>As Prometheus reports it: <c>1:5: parse error: …</c>.</summary>
    public override string ToString() =>
        Line == 0 ? $"unknown position: parse error: {Message}" : $"{Line}:{Column}: parse error: {Message}";
}
